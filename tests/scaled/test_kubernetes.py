"""The manifests hold by Kubernetes' own schemas, by each other, and by the exported Dockerfile."""

from __future__ import annotations

import re
import runpy
from typing import Any

import kubernetes_validate
import pytest
import yaml

from examples.scaled.cluster import HERE, NOTEBOOK
from examples.scaled.processes import STOP_TIMEOUT_S
from nbflask.export import build_project, read_notebook

FOLDER = HERE / "kubernetes"
MANIFESTS = {
    f"{path.relative_to(FOLDER)}: {document['kind']}": document
    for path in sorted(FOLDER.rglob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text("utf-8"))
}
#: One that many clusters still run, and one that is newer by four.
VERSIONS = ("1.30", "1.34")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_valid_by_kubernetes_own_schema(name: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


def test_a_misspelt_manifest_is_not() -> None:
    text = (FOLDER / "deployment.yaml").read_text("utf-8")
    wrong = yaml.safe_load(text.replace("readOnlyRootFilesystem", "readonlyRootFilesystem"))
    with pytest.raises(kubernetes_validate.ValidationError, match="readonlyRootFilesystem"):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def find(kind: str, name: str = "basket") -> Any:
    """Give a manifest."""
    (found,) = (
        each
        for each in MANIFESTS.values()
        if each["kind"] == kind and each["metadata"]["name"] == name
    )
    return found


def test_the_deployment_runs_what_the_exported_dockerfile_builds() -> None:
    project = build_project(read_notebook(NOTEBOOK))
    dockerfile = project.files["Dockerfile"].decode()
    pod = find("Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (port,) = container["ports"]
    assert f"EXPOSE {port['containerPort']}\n" in dockerfile
    assert f"USER {pod['securityContext']['runAsUser']}\n" in dockerfile
    (asked,) = re.findall(r"'GET', '(.*?)'", dockerfile)
    probes = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    assert probes == [{"path": asked, "port": port["name"]}] * 3
    # The code's own variables: each is given, or has a value for whoever does not.
    read = set(re.findall(r'os\.environ(?:\.get\(|\[)"(\w+)"', project.files["app.py"].decode()))
    given = {each["name"] for each in container["env"]}
    assert read == given - {"FLASK_SESSION_COOKIE_SECURE"}
    assert "gunicorn.conf.py" in project.files


def test_what_refers_to_something_finds_it() -> None:
    for kind, app in (("Deployment", "basket"), ("StatefulSet", "basket-redis")):
        workload, service = find(kind, app)["spec"], find("Service", app)["spec"]
        pod = workload["template"]
        labels = pod["metadata"]["labels"]
        ports = [each["name"] for each in pod["spec"]["containers"][0]["ports"]]
        assert workload["selector"]["matchLabels"] == labels
        assert service["selector"] == labels
        assert [each["targetPort"] for each in service["ports"]] == ports
    selector = find("Deployment")["spec"]["selector"]
    assert find("PodDisruptionBudget")["spec"]["selector"] == selector
    backend = find("Ingress")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "basket", "port": {"name": "http"}}
    scaled = find("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (scaled["kind"], scaled["name"]) == ("Deployment", "basket")


def test_a_secret_is_referred_to_and_never_written() -> None:
    assert not [each for each in MANIFESTS.values() if each["kind"] == "Secret"]
    containers = [
        each["spec"]["template"]["spec"]["containers"][0]
        for each in MANIFESTS.values()
        if each["kind"] in ("Deployment", "StatefulSet")
    ]
    secret = {
        variable["name"]
        for each in containers
        for variable in each["env"]
        if "secretKeyRef" in variable.get("valueFrom", {})
    }
    assert secret == {"SECRET_KEY", "REDIS_URL", "REDIS_PASSWORD"}


def test_the_times_that_several_programs_are_told_fit() -> None:
    gunicorn = runpy.run_path(str(HERE / "gunicorn.conf.py"))
    nginx = (HERE / "nginx.conf.template").read_text("utf-8")
    (repeating_s,) = re.findall(r"proxy_next_upstream_timeout (\d+)s;", nginx)
    pod = find("Deployment")["spec"]["template"]["spec"]
    _sleep, waiting_s = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    stopping_s = gunicorn["graceful_timeout"]
    assert stopping_s < int(repeating_s)
    assert int(waiting_s) + stopping_s < pod["terminationGracePeriodSeconds"]
    assert stopping_s < STOP_TIMEOUT_S
    # nginx closes a quiet connection to a host after 60 s where nothing else is said.
    assert "keepalive_timeout" not in nginx
    assert gunicorn["keepalive"] > 60


def test_the_ingress_says_what_nginx_is_told() -> None:
    nginx = (HERE / "nginx.conf.template").read_text("utf-8")
    told = find("Ingress")["metadata"]["annotations"]
    for name in ("proxy-next-upstream", "proxy-next-upstream-tries", "proxy-next-upstream-timeout"):
        (words,) = re.findall(rf"^ +{name.replace('-', '_')} (.*?)s?;", nginx, re.MULTILINE)
        assert told[f"nginx.ingress.kubernetes.io/{name}"] == words
