"""Prefixes, cookies and fields on their way between browser and app."""

from __future__ import annotations

import pytest

from nbflask.values.mount import (
    Mount,
    drop_cookies,
    drop_parameter,
    is_cross_site,
    is_jupyter_authorization,
    is_jupyter_cookie,
    is_vouching,
    keep_end_to_end,
    split_fallback,
)

MOUNT = Mount(prefix="/user/ann/nbflask/k/app")


@pytest.mark.parametrize(
    ("location", "placed"),
    [
        pytest.param("/", "/user/ann/nbflask/k/app/", id="root"),
        pytest.param("/x?a=/b#c", "/user/ann/nbflask/k/app/x?a=/b#c", id="path with query"),
        pytest.param("/user/ann/nbflask/k/app2/", None, id="longer segment"),
        pytest.param("/user/ann/nbflask/k/ap", None, id="shorter segment"),
        pytest.param("/user/ann/nbflask/k/app", "as it is", id="the prefix alone"),
        pytest.param("/user/ann/nbflask/k/app/x", "as it is", id="below the prefix"),
        pytest.param("/user/ann/nbflask/k/app?x", "as it is", id="the prefix with a query"),
        pytest.param("/user/ann/nbflask/k/app#x", "as it is", id="the prefix with a fragment"),
        pytest.param("x", "as it is", id="relative"),
        pytest.param("../x", "as it is", id="relative upwards"),
        pytest.param("", "as it is", id="empty"),
        pytest.param("?x", "as it is", id="a query alone"),
        pytest.param("//example.org/x", "as it is", id="another host"),
        pytest.param("/\\example.org/x", "as it is", id="another host to browsers"),
        pytest.param("https://example.org/x", "as it is", id="full URL"),
    ],
)
def test_a_location_is_prefixed_once(location: str, placed: str | None) -> None:
    expected = location if placed == "as it is" else placed or MOUNT.prefix + location
    assert MOUNT.locate(location) == expected
    assert MOUNT.locate(MOUNT.locate(location)) == expected
    assert Mount().locate(location) == location


def test_a_prefix_is_the_same_in_any_quoting() -> None:
    mount = Mount(prefix="/user/ann%40example.org/nbflask/k/app")
    assert mount.script_name == "/user/ann@example.org/nbflask/k/app"
    assert mount.locate("/user/ann@example.org/nbflask/k/app/x").count("ann") == 1
    assert Mount(prefix="/%C3%A9").script_name == "/é".encode().decode("latin-1")


@pytest.mark.parametrize("prefix", ["x", "/x/", "//evil.example", "/\\evil", "/a b", "/\r\nX: y"])
def test_a_prefix_that_a_browser_could_misread_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match=r"Write it as '/base/app'\."):
        Mount(prefix=prefix)


@pytest.mark.parametrize(
    ("sent", "scoped"),
    [
        pytest.param("a=1", "a=1", id="no path"),
        pytest.param("a=1; Path=/", "a=1; Path=/p/app/", id="root"),
        pytest.param("a=1; path=/; HttpOnly", "a=1; Path=/p/app/; HttpOnly", id="lower case"),
        pytest.param("a=1; Path=/x", "a=1; Path=/p/app/x", id="path"),
        pytest.param("a=1; Path=/p/app/x", "a=1; Path=/p/app/x", id="prefixed"),
        pytest.param("a=1; Path=/p/app", "a=1; Path=/p/app", id="the prefix alone"),
        pytest.param("a=1; Path=/p/app2", "a=1; Path=/p/app/p/app2", id="another app's path"),
        pytest.param("a=1; Path=x", "a=1; Path=x", id="no path to browsers"),
        pytest.param("a=1; Domain=x.org; Secure", "a=1; Secure", id="domain"),
        pytest.param("a=Path=/; Path=/", "a=Path=/; Path=/p/app/", id="a value like a path"),
        pytest.param("__Host-a=1; Path=/; Secure", "__Host-a=1; Path=/; Secure", id="__Host-"),
    ],
)
def test_a_cookie_stays_with_its_app(sent: str, scoped: str) -> None:
    mount = Mount(prefix="/p/app")
    assert mount.scope_cookie(sent) == scoped
    assert mount.scope_cookie(scoped) == scoped
    assert Mount().scope_cookie(sent) == sent


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("/proxy/absolute/5000/x", ("/proxy/absolute/5000", "/x")),
        ("/user/ann/proxy/absolute/5000/", ("/user/ann/proxy/absolute/5000", "/")),
        ("/a@b/proxy/absolute/5000//x", ("/a@b/proxy/absolute/5000", "//x")),
        ("/a b/proxy/absolute/5000/x", ("/a%20b/proxy/absolute/5000", "/x")),
        ("/proxy/absolute/50001/x", None),
        ("/proxy/5000/x", None),
        ("/x", None),
    ],
)
def test_the_fallbacks_prefix_is_told_by_our_own_port(
    path: str, split: tuple[str, str] | None
) -> None:
    assert split_fallback(path, 5000) == split


def test_hop_by_hop_fields_are_dropped() -> None:
    fields = (
        ("Connection", "keep-alive, X-Once"),
        ("Keep-Alive", "5"),
        ("TE", "trailers"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "x"),
        ("x-once", "1"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    assert keep_end_to_end(fields) == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "x_forwarded_host", "FORWARDED", "X-Nbflask-Secret", "X-Real-IP"]
)
def test_only_a_proxy_may_vouch(name: str) -> None:
    assert is_vouching(name)
    assert not is_vouching(f"My-{name}")


@pytest.mark.parametrize(
    ("name", "is_jupyters"),
    [
        ("_xsrf", True),
        ("username-localhost-8888", True),
        ("jupyterhub-session-id", True),
        ("__Host-jupyterhub-user-ann", True),
        ("__Secure-_xsrf", True),
        ("chosen", True),
        ("session", False),
        ("__Host-session", False),
    ],
)
def test_jupyters_cookies_are_known_by_name(name: str, is_jupyters: bool) -> None:
    assert is_jupyter_cookie(name, "chosen") == is_jupyters


def test_other_cookies_stay_as_they_were_sent() -> None:
    assert drop_cookies('a=1; _xsrf=2;b="x y" ;; c', lambda it: it == "_xsrf") == 'a=1; b="x y"; c'
    assert drop_cookies("_xsrf=2", is_jupyter_cookie) == ""


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("/x?token=s%20t", "/x"),
        ("/x?token=s+t&a=%2F&&", "/x?a=%2F&&"),
        ("/x?a&tok%65n=s%20t&b", "/x?a&b"),
        ("/x?token=other", "/x?token=other"),
        ("/x?token=s%20tt", "/x?token=s%20tt"),
        ("/x", "/x"),
        ("/x?", "/x?"),
    ],
)
def test_a_parameter_goes_with_its_value_alone(target: str, left: str) -> None:
    assert drop_parameter(target, "token", "s t") == left
    assert drop_parameter(target, "token", "") == target


@pytest.mark.parametrize(
    ("value", "used", "is_jupyters"),
    [
        ("token anything", False, True),
        ("Token\tanything", False, True),
        ("Bearer\tthe-token", False, True),
        ("token", False, True),
        ("Bearer the-token", False, True),
        ("Bearer own", False, False),
        ("Bearer own", True, True),
        ("Basic the-token", True, False),
        ("", True, False),
    ],
)
def test_an_authorization_for_jupyter_is_told_from_the_apps(
    value: str,
    used: bool,
    is_jupyters: bool,
) -> None:
    assert is_jupyter_authorization(value, "the-token", used=used) is is_jupyters


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("same-origin", "http://evil.example", False),
        ("none", None, False),
        ("same-site", None, True),
        ("cross-site", None, True),
        ("", None, True),
        (None, None, False),
        (None, "http://LocalHost:80", False),
        (None, "http://localhost", True),
        (None, "null", True),
        (None, "http://localhost:80.evil.example", True),
    ],
)
def test_another_sites_request_is_known(
    site: str | None,
    origin: str | None,
    expected: bool,
) -> None:
    assert is_cross_site(sec_fetch_site=site, origin=origin, host="localhost:80") is expected
