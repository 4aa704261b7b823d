"""The preview's Python half: its traits, and what a notebook's file keeps of it."""

from __future__ import annotations

import pytest
import traitlets

from nbflask.widgets.preview import Preview

MOUNT = "nbflask/1234-abcd/hello/"


def test_the_repr_names_the_app_and_the_page_and_nothing_that_changes() -> None:
    preview = Preview(app_name="hello", mount=MOUNT, path="/hello/Ada")
    assert repr(preview) == "Preview(hello, '/hello/Ada')"


def test_a_file_keeps_no_port_and_no_kernel_of_it() -> None:
    preview = Preview(app_name="hello", mount=MOUNT, direct_url="http://127.0.0.1:5000/", path="/a")
    bundle = preview._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    widget = data.pop("application/vnd.jupyter.widget-view+json")
    assert widget["model_id"] == preview.model_id
    assert data == {
        "text/plain": "Preview(hello, '/a')",
        "text/html": data["text/html"],
    }
    text, _script = data["text/html"].split("<script>")
    assert text == (
        "<p>Preview of the Flask app <strong>hello</strong> at <code>/a</code>. "
        "It is live in Jupyter: run this cell there.</p>\n"
    )
    other = Preview(app_name="hello", mount="nbflask/5678/hello/", path="/a")._repr_mimebundle_()
    assert other is not None
    assert other[0]["text/html"] == data["text/html"]


def test_names_are_text_in_the_kept_html() -> None:
    bundle = Preview(app_name="<b>", path="/</script>")._repr_mimebundle_()
    assert bundle is not None
    assert "<strong>&lt;b&gt;</strong> at <code>/&lt;/script&gt;</code>" in bundle[0]["text/html"]


def test_a_path_begins_with_a_slash() -> None:
    assert Preview(path="hello").path == "/hello"


def test_each_reload_is_a_new_version() -> None:
    preview = Preview()
    preview.reload()
    preview.reload()
    assert preview.version == 2


def test_it_stops_and_starts_where_the_app_then_is() -> None:
    preview = Preview(mount=MOUNT)
    preview.stop()
    assert preview.state == "stopped"
    preview.start(mount="nbflask/5678/hello/")
    assert (preview.state, preview.mount) == ("running", "nbflask/5678/hello/")


def test_the_page_is_told_in_one_message_where_the_app_is_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preview = Preview(mount=MOUNT)
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(preview, "_send", lambda message, **_: sent.append(message["state"]))
    preview.start(direct_url="http://127.0.0.1:5000/?t", proof="p")
    assert sent == [{"direct_url": "http://127.0.0.1:5000/?t", "proof": "p"}]


def test_the_base_url_can_be_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLASK_BASE_URL", "/a/")
    assert Preview().base_url == "/a/"
    assert Preview(base_url="/b/").base_url == "/b/"


def test_a_height_is_not_negative() -> None:
    with pytest.raises(traitlets.TraitError):
        Preview(height_px=-1)


def test_a_page_that_has_said_anything_shows_the_widget() -> None:
    preview = Preview()
    assert not preview.is_heard
    # As ipywidgets is called with each message of the widget's comm.
    preview._handle_msg({"content": {"data": {"method": "custom", "content": {"kind": "shown"}}}})
    assert preview.is_heard
