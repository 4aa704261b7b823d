"""Where the pages come from: the front end, its server's environment, the way through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.notebook.doctor.finding import Finding
from nbflask.values.base_url import Source, choose_base_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.notebook.doctor.environments import Environment
    from nbflask.notebook.surroundings import ServerExtension, Surroundings

_FRONT_ENDS = {
    "jupyter": "a notebook of a Jupyter server",
    "voila": "Voila, as a part of a Jupyter server",
    "vscode": "VS Code, whose kernels have no Jupyter server",
    "colab": "Google Colab, whose own proxy leads to the kernel's ports",
    "terminal": "a terminal: widgets are tables, previews are links",
    "none": "a kernel without a page (nbclient, nbval, a test)",
}
_VOILA_ALONE = (
    "Render it through a Jupyter server that has nbflask: start `jupyter lab`, and open "
    "voila/render/<the notebook's path> below its address."
)
_RESTART = "and restart the Jupyter server."


def look_at_front_end(
    around: Surroundings, kernel: Environment, server: Environment | None
) -> Iterator[Finding]:
    """Say what shows the notebook, and whether its server knows the way to the kernel."""
    if around.front_end == "voila" and not around.is_behind_jupyter:
        yield _finding(
            "front end",
            "Voila by itself, which passes no requests on to kernels: an app is at its own port, "
            "for browsers of this machine alone",
            _VOILA_ALONE,
        )
    else:
        shown_by = _name_pages(server) if around.front_end == "jupyter" else ""
        yield _finding("front end", f"{_FRONT_ENDS[around.front_end]}{shown_by}")
    if around.is_behind_jupyter:
        yield from _environments(around, kernel, server)
        yield _extension(around, kernel, server)
        yield _base_url(around)


def _name_pages(server: Environment | None) -> str:
    """Name what the server can show pages with; no kernel is told which one does."""
    names = {"jupyterlab": "JupyterLab", "notebook": "Notebook"}
    versions = server.versions if server is not None else {}
    found = [f"{names[each]} {versions[each]}" for each in names if each in versions]
    return f" ({' or '.join(found)}; kernels are not told which)" if found else ""


def _environments(
    around: Surroundings, kernel: Environment, server: Environment | None
) -> Iterator[Finding]:
    yield _finding("kernel's environment", kernel.prefix)
    if server is None:
        yield _finding("server's environment", "not known: its process is not to be seen from here")
        return
    if server.is_same(kernel):
        yield _finding("server's environment", "the same")
        return
    theirs, ours = server.versions.get("nbflask"), kernel.versions.get("nbflask")
    remedy = ""
    if theirs is not None and theirs != ours:
        remedy = f"Run `{server.pip} install nbflask=={ours}`, {_RESTART}"
    elif theirs is None and around.has_extension:
        remedy = "Restart the Jupyter server: nbflask was removed from its environment."
    version = f"nbflask {theirs}, here it is {ours}" if theirs != ours else f"nbflask {theirs}"
    has = "without nbflask" if theirs is None else f"with {version}"
    yield _finding("server's environment", f"another one: {server.prefix}, {has}", remedy)


def _extension(around: Surroundings, kernel: Environment, server: Environment | None) -> Finding:
    if around.has_extension:
        return _finding("server extension", "loaded by the Jupyter server")
    is_apart = server is not None and not server.is_same(kernel)
    where = "" if is_apart else f" (for the kernel's environment: {describe(around.extension)})"
    return _finding(
        "server extension",
        f"not loaded by the Jupyter server{where}",
        _remedy(around.extension, kernel, server),
    )


def describe(extension: ServerExtension) -> str:
    """Say what Jupyter's configuration says of our extension."""
    if extension.is_enabled:
        return f"enabled by {extension.file}"
    return f"disabled by {extension.file}" if extension.file else "not enabled in any file"


def _remedy(extension: ServerExtension, kernel: Environment, server: Environment | None) -> str:
    if server is None:
        return "Install nbflask in the Jupyter server's environment and restart it."
    if "nbflask" not in server.versions:
        version = kernel.versions.get("nbflask", "")
        wanted = f"nbflask=={version}" if version else "nbflask"
        return f"Run `{server.pip} install {wanted}`, {_RESTART}"
    if extension.is_enabled and server.is_same(kernel):
        return (
            "Restart the Jupyter server: nbflask was installed after it began, or its command "
            "line disables the extension."
        )
    return f"Run `{server.command('jupyter')} server extension enable nbflask`, {_RESTART}"


def _base_url(around: Surroundings) -> Finding:
    found = choose_base_url(around.server)
    if found is None:
        return _finding("base URL", "nothing says it to the kernel; a preview asks its page")
    hub = " of a JupyterHub" if around.server.hub and found.source is not Source.HUB else ""
    return _finding("base URL", f"{found.value}{hub}, from {found.source.value}")


def _finding(subject: str, found: str, remedy: str = "") -> Finding:
    return Finding(about="front end", subject=subject, found=found, remedy=remedy)
