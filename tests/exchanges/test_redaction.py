"""What is secret is covered wherever it stands, and what is not stays readable."""

from __future__ import annotations

import base64
import gzip
import json
import random
import time
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from nbflask.exchanges.exchange import (
    Content,
    Exchange,
    FormFile,
    LogRecord,
    Output,
    Request,
    Response,
    SessionChange,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.redaction import (
    NO_SECRETS,
    REDACTED,
    Secrets,
    is_secret_name,
    read_jupyter_tokens,
    redact,
    redact_pairs,
    redact_text,
)
from nbflask.exchanges.redaction.literals import spell
from tests.exchanges.planted import (
    PLANTED,
    PLANTED_EXCHANGE,
    READABLE,
    SECRETS,
    content,
    written_out,
)

if TYPE_CHECKING:
    from collections.abc import Callable

WRITTEN = written_out(PLANTED_EXCHANGE)
REDACTED_EXCHANGE = redact(PLANTED_EXCHANGE, SECRETS)
SHOWN = written_out(REDACTED_EXCHANGE)


def test_enough_is_planted_and_stands_where_it_was_planted() -> None:
    assert len(PLANTED) >= 60
    assert [secret for secret in PLANTED if secret not in WRITTEN] == []


@pytest.mark.parametrize("secret", PLANTED)
def test_a_planted_secret_is_nowhere(secret: str) -> None:
    assert secret not in SHOWN


@pytest.mark.parametrize("text", READABLE)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert text in SHOWN


def test_redacting_again_changes_nothing() -> None:
    assert redact(REDACTED_EXCHANGE, SECRETS) == REDACTED_EXCHANGE
    assert REDACTED_EXCHANGE.redactions > len(PLANTED) / 2


def test_an_exchange_without_secrets_is_the_same() -> None:
    exchange = Exchange(id=1, request=Request(method="GET", headers=Fields([("Accept", "*/*")])))
    assert redact(exchange, SECRETS) == exchange


@pytest.mark.parametrize(
    "name",
    [
        *("api_key", "apiKey", "APIKey", "X-API-Key", "apikey", "key", "Authorization", "sid"),
        *("PHPSESSID", "JSESSIONID", "connect.sid", "csrf_token", "csrfmiddlewaretoken", "_xsrf"),
        *("XSRF-TOKEN", "password", "newPassword", "user_password", "userpassword", "passwd"),
        *("pwd", "pass", "secret", "clientSecret", "token", "id_token", "oauth_token", "jwt"),
        *("authtoken", "X-Auth", "SAML", "sso", "session", "session_id", "credentials"),
        *("user[password]", "X-Amz-Signature", "X-Amz-Credential", "AWSAccessKeyId", "sig"),
        *("X-Goog-Signature", "username-localhost-8888", "jupyterhub-session-id", "cookie"),
    ],
)
def test_a_name_of_a_secret_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("keyboard", "side", "monkey", "design", "turkey", "inside", "author", "authority"),
        *("passenger", "compass", "signal", "assign", "consider", "tokenizer", "secretary", "keys"),
        *("token_type", "session_name", "key_prefix", "is_secret", "has_password", "max_tokens"),
        *("password_field", "KeyError", "auth_url", "expires_in", "user", "name", "", "résumé"),
    ],
)
def test_a_name_that_only_looks_like_one_is_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"token": 1234, "n": 1}', '{"token": "REDACTED", "n": 1}'),
        (
            '{"token": null, "secret": true, "pwd": ""}',
            '{"token": null, "secret": true, "pwd": ""}',
        ),
        ('{"keys": ["a"], "token_type": "bearer"}', '{"keys": ["a"], "token_type": "bearer"}'),
        (
            '{"auth": {"user": "a", "n": [1, "b"]}}',
            '{"auth": {"user": "REDACTED", "n": ["REDACTED", "REDACTED"]}}',
        ),
        ('{"password": "a\\"b\\\\", "n": 1}', '{"password": "REDACTED", "n": 1}'),
        ("{'password': b'a\\'b', 'n': 1}", "{'password': b'REDACTED', 'n': 1}"),
        (
            '{"j": "{\\"pwd\\": \\"x\\\\\\"y\\", \\"n\\": 1}"}',
            '{"j": "{\\"pwd\\": \\"REDACTED\\", \\"n\\": 1}"}',
        ),
        ("{&#34;pwd&#34;: &#34;xyz&#34;, 1}", "{&#34;pwd&#34;: &#34;REDACTED&#34;, 1}"),
        ("%7B%22pwd%22%3A%22xyz%22%7D", "%7B%22pwd%22%3A%22REDACTED%22%7D"),
        ("pwd%3Dxyz%26a%3D1", "pwd%3DREDACTED%26a%3D1"),
        ('"password": "cut', '"password": "REDACTED'),
        ("password=hunter2&n=1", "password=REDACTED&n=1"),
        ("api_key: xyz, n: 1", "api_key: REDACTED, n: 1"),
        ("Cookie: a=b; c=d\nAccept: e", "Cookie: REDACTED\nAccept: e"),
        ("('password', 'x'), ('n', 'y')", "('password', 'REDACTED'), ('n', 'y')"),
        ('["username", "password", "email"]', '["username", "password", "email"]'),
        ('[{"name": "pwd", "value": "x"}]', '[{"name": "pwd", "value": "REDACTED"}]'),
        ('[{"name": "a", "value": "x"}]', '[{"name": "a", "value": "x"}]'),
        ("<a:password>x y</a:password><b>1</b>", "<a:password>REDACTED</a:password><b>1</b>"),
        ("<token><![CDATA[x<y]]></token>", "<token><![CDATA[REDACTED]]></token>"),
        ("<token>cut", "<token>REDACTED"),
        (
            "{'HTTP_COOKIE': 'a=b', 'HTTP_HOST': 'c'}",
            "{'HTTP_COOKIE': 'REDACTED', 'HTTP_HOST': 'c'}",
        ),
        ("Bearer abc.def-1", "Bearer REDACTED"),
        ("Bearer authentication is Basic here", "Bearer authentication is Basic here"),
        ('Basic realm="x"', 'Basic realm="x"'),
        ("Basic YW5uOnB3", "Basic REDACTED"),
        ("redis://:pw@host:1/0", "redis://REDACTED:REDACTED@host:1/0"),
        ("http://host:80/a@b?c=d@e", "http://host:80/a@b?c=d@e"),
        ("KeyError: 'name'", "KeyError: 'name'"),
        ("keyboard=qwerty side: left; monkey: 'bob'", "keyboard=qwerty side: left; monkey: 'bob'"),
        (
            "the session was opened, the key is missing",
            "the session was opened, the key is missing",
        ),
    ],
)
def test_a_text_is_covered_by_names_and_looks(text: str, shown: str) -> None:
    assert redact_text(text) == shown
    assert redact_text(shown) == shown


def page_of(text: str, media_type: str, **more: object) -> str:
    """Give a response's content, redacted."""
    given = replace(content(text, media_type), **more)  # type: ignore[arg-type]
    exchange = Exchange(
        id=1, request=Request(method="GET"), response=Response(status_code=200, content=given)
    )
    response = redact(exchange, SECRETS).response
    assert response is not None
    return response.content.data.decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            '<input type="hidden" name="csrf_token" value="abc">',
            '<input type="hidden" name="csrf_token" value="REDACTED">',
        ),
        ("<input value=abc name=csrf_token>", "<input value=REDACTED name=csrf_token>"),
        ('<meta name="csrf-token" content="abc">', '<meta name="csrf-token" content="REDACTED">'),
        ('<input type="password" value="abc">', '<input type="password" value="REDACTED">'),
        ('<a href="/x?token=abc&amp;n=1">', '<a href="/x?token=REDACTED&amp;n=1">'),
        ("<script>const token = 'abc'</script>", "<script>const token = 'REDACTED'</script>"),
        (
            "<script>const key = keys[i]; f({token: t})</script><p>password=abc</p>",
            "<script>const key = keys[i]; f({token: t})</script><p>password=REDACTED</p>",
        ),
        ('<label for="password">Password: <b>*</b>', '<label for="password">Password: <b>*</b>'),
        ('<input type="hidden" value="cut', '<input type="hidden" value="REDACTED'),
    ],
)
def test_a_page_is_covered_in_its_tags(text: str, shown: str) -> None:
    assert page_of(text, "text/html; charset=utf-8") == shown


def test_code_keeps_its_names() -> None:
    code = "let token = store.token; const key = e => ({key: e, pass: 1}); secret = 'x';"
    shown = code.replace("'x'", "'REDACTED'")
    assert page_of(code, "text/javascript") == shown


def test_a_size_is_what_passed_whatever_is_shown() -> None:
    given = content('{"password": "x"}', "application/json")
    shown = redact(Exchange(id=1, request=Request(method="POST", content=given))).request.content
    assert shown.data == b'{"password": "REDACTED"}'
    assert (shown.size, shown.kept, shown.is_truncated, shown.sha256) == (17, 17, False, "")


def test_a_truncated_content_is_still_truncated() -> None:
    given = Content(size=20, data=b"token=x&a=1", media_type="application/x-www-form-urlencoded")
    shown = redact(Exchange(id=1, request=Request(method="POST", content=given))).request.content
    assert shown.data == b"token=REDACTED&a=1"
    assert shown.is_truncated


def encoded(data: bytes, encoding: str) -> bytes:
    """Encode a content."""
    encoders: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
    }
    return encoders[encoding](data)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_encoded_content_is_looked_into_at_every_cut(encoding: str) -> None:
    secret = "n0body-kn0ws"
    whole = encoded(json.dumps({"a": 1, "password": secret, "b": 2}).encode(), encoding)
    for length in range(len(whole) + 1):
        given = Content(
            size=len(whole), data=whole[:length], media_type="application/json", encoding=encoding
        )
        shown = redact(Exchange(id=1, request=Request(method="POST", content=given)))
        data = shown.request.content.data
        assert data == whole[:length] or shown.request.content.encoding == ""
        assert secret[:4].encode() not in (data if data != whole[:length] else b"")
    assert shown.request.content.data == b'{"a": 1, "password": "REDACTED", "b": 2}'


def test_an_encoding_that_nobody_reads_is_dropped() -> None:
    given = content(b"\x0b\x02\x80{}\x03", "application/json", "zstd")
    shown = redact(Exchange(id=1, request=Request(method="POST", content=given))).request.content
    assert (shown.data, shown.encoding, shown.size) == (REDACTED.encode(), "", 6)


def test_an_encoded_content_without_secrets_stays_encoded() -> None:
    given = content(gzip.compress(b"hello, world"), "text/plain", "gzip")
    exchange = Exchange(id=1, request=Request(method="POST", content=given))
    assert redact(exchange, SECRETS) == exchange


#: With all that some way of writing escapes.
LONG_SECRET = "kJ8 \"x'é<&>/\\%q~LmZ"

#: As Jinja escapes.
HTML = str.maketrans({"&": "&amp;", '"': "&#34;", "'": "&#39;", "<": "&lt;", ">": "&gt;"})

WAYS: dict[str, Callable[[str], tuple[str, str]]] = {
    "form": lambda s: (f"a=1&password={quote_plus(s)}&b=2", "application/x-www-form-urlencoded"),
    "json": lambda s: (json.dumps({"a": 1, "password": s, "b": 2}), "application/json"),
    "json in json": lambda s: (
        json.dumps({"a": json.dumps({"x": json.dumps({"pwd": s}), "b": 2})}),
        "application/json",
    ),
    "list": lambda s: (json.dumps({"credentials": ["ok", {"x": s}], "b": 2}), "application/json"),
    "page": lambda s: (f'<input name="csrf_token" value="{s.translate(HTML)}"><p>b', "text/html"),
    "multipart": lambda s: (
        f'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        f'--xx\r\nContent-Disposition: form-data; name="password"\r\n\r\n{s}\r\n--xx--\r\n',
        "multipart/form-data; boundary=xx",
    ),
    "repr": lambda s: (repr({"a": 1, "password": s, "b": 2}), "text/plain"),
    "known, in a text": lambda s: (f"it is {s} indeed", "text/plain"),
    "known, in JSON": lambda s: (json.dumps({"a": f"it is {s} indeed"}), "application/json"),
    "known, in a URL": lambda s: (f"/a/{quote(s, safe='')}/b", "text/plain"),
    "known, in base64": lambda s: (base64.b64encode(s.encode()).decode() + " b", "text/plain"),
    "known, in a page": lambda s: (f"<p>{s.translate(HTML)}</p>", "text/html"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_content_cut_at_any_byte_tells_nothing(way: str) -> None:
    text, media_type = WAYS[way](LONG_SECRET)
    whole = text.encode()
    secrets = Secrets(literals=(LONG_SECRET,) if way.startswith("known") else ())
    plain, _ = WAYS[way]("#")
    spellings = [each.encode() for each in {*spell(LONG_SECRET), LONG_SECRET.translate(HTML)}]
    pieces = {each[n : n + 4] for each in spellings for n in range(len(each) - 3)}
    pieces -= {plain.encode()[n : n + 4] for n in range(len(plain.encode()))}
    for length in range(len(whole) + 1):
        given = Content(size=len(whole), data=whole[:length], media_type=media_type)
        exchange = Exchange(id=1, request=Request(method="POST", content=given))
        shown = redact(exchange, secrets)
        left = [piece for piece in pieces if piece in shown.request.content.data]
        assert left == [], whole[:length]
        assert redact(shown, secrets) == shown


def test_a_random_secret_is_found_in_random_places() -> None:
    chance = random.Random(20261122)
    alphabet = "abcXYZ019 \"'\\/<>&%=;:,@?#+~é漢\U0001f600"
    for _ in range(150):
        secret = "".join(chance.choices(alphabet, k=chance.randint(8, 24))) + "7Q"
        way = chance.choice([name for name in WAYS if name.startswith("known")])
        text, media_type = WAYS[way](secret)
        exchange = Exchange(
            id=1,
            request=Request(
                method="POST",
                content=content(text, media_type),
                form=Fields([("password", secret)]),
            ),
            logs=(LogRecord(at_us=1, level="INFO", logger="a", message=f"got {secret!r}."),),
        )
        shown = redact(exchange)
        written = written_out(shown)
        assert not [each for each in spell(secret) if each in written], (way, secret)
        assert redact(shown) == shown


PIECES = [
    *("password", "token", "api_key", "session", "Cookie", "Authorization", "name", "value"),
    *(
        ":",
        "=",
        ": ",
        '="',
        '"',
        "'",
        '\\"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        ", ",
        "&",
        "?",
    ),
    *("%22", "%3A", "%3D", "%26", "&quot;", "&#34;", "<", "</", ">", "<input ", "<script>"),
    *("</script>", "type=hidden", "Bearer ", "Basic ", "YW5uOnB3", "eyJabcdefgh.abc.def", "://"),
    *("@", "/", "#", ";", "\n", "\r\n", " ", "hunter2", "1234", "true", "null", REDACTED, "é"),
    *("-----BEGIN X-----", "-----END X-----", "<![CDATA[", "]]>", "_", "-", "x", "l1teral-0"),
]
MEDIA_TYPES = [
    *("application/json", "text/html", "application/x-www-form-urlencoded", "text/css", ""),
    *("multipart/form-data; boundary=x", "text/plain; charset=utf-16", "image/png"),
]


def test_whatever_stands_in_a_content_redacting_twice_is_redacting_once() -> None:
    chance = random.Random(20261122)
    secrets = Secrets(literals=("l1teral-0",))
    for _ in range(800):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 14)))
        data = text.encode(chance.choice(["utf-8", "utf-8", "utf-16"]))
        given = Content(
            size=len(data) + chance.choice([0, 5]),
            data=data,
            media_type=chance.choice(MEDIA_TYPES),
            encoding=chance.choice(["", "", "gzip"]),
        )
        once = redact(Exchange(id=1, request=Request(method="POST", content=given)), secrets)
        assert redact(once, secrets) == once, given.data


def test_a_value_from_one_place_is_covered_in_the_others() -> None:
    exchange = Exchange(
        id=1,
        request=Request(
            method="POST",
            path="/u/tiger/x",
            target="/u/tiger/x",
            content=content("password=tiger&note=tigers", "application/x-www-form-urlencoded"),
        ),
        logs=(LogRecord(at_us=1, level="INFO", logger="a", message="tiger, not tigers"),),
    )
    shown = redact(exchange)
    assert shown.request.target == "/u/REDACTED/x"
    assert shown.request.content.data == b"password=REDACTED&note=tigers"
    assert shown.logs[0].message == "REDACTED, not tigers"


@pytest.mark.parametrize("value", ["abc", "true", "password", "test", "", "admin"])
def test_a_common_or_short_value_is_covered_only_under_its_name(value: str) -> None:
    exchange = Exchange(
        id=1,
        request=Request(method="POST", form=Fields([("password", value)])),
        logs=(LogRecord(at_us=1, level="INFO", logger="a", message=f"a {value} b"),),
    )
    shown = redact(exchange)
    assert shown.logs == exchange.logs
    assert shown.request.form == Fields(
        [("password", value if value in ("", "true") else REDACTED)]
    )


def test_a_word_under_a_weak_name_is_not_looked_for_elsewhere() -> None:
    exchange = Exchange(
        id=1,
        request=Request(
            method="POST",
            path="/cart",
            target="/cart?key=cart",
            headers=Fields([("Cookie", "theme=dark; session=short")]),
        ),
        logs=(LogRecord(at_us=1, level="INFO", logger="a", message="a dark cart, in short"),),
    )
    shown = redact(exchange)
    assert (shown.request.path, shown.request.target) == ("/cart", "/cart?key=REDACTED")
    assert shown.request.headers == Fields([("Cookie", "theme=REDACTED; session=REDACTED")])
    assert shown.logs == exchange.logs


def test_a_session_keeps_its_shape() -> None:
    before = {"cart": {"a": [1, 2.5, None]}, "csrf_token": "abc", "tokens": [1, True, b"xyz"]}
    exchange = Exchange(id=1, request=Request(method="GET"), session=SessionChange(before=before))
    session = redact(exchange).session
    assert session is not None
    assert session.before == {
        "cart": {"a": [1, 2.5, None]},
        "csrf_token": REDACTED,
        "tokens": [REDACTED, True, REDACTED.encode()],
    }
    assert session.after is None


def test_a_summary_that_was_cut_tells_nothing_of_a_known_secret() -> None:
    secrets = Secrets(literals=("correct-horse-battery",))
    texts = ["'the key is correct-hor...", "'the key is correct-horse-bat…", "'the key is cor"]
    context = tuple(Summary(name="a", type="str", text=text, is_exact=False) for text in texts)
    exchange = Exchange(
        id=1, request=Request(method="GET"), templates=(TemplateRender(name="a", context=context),)
    )
    shown = redact(exchange, secrets).templates[0].context
    assert [each.text for each in shown] == [
        "'the key is REDACTED...",
        "'the key is REDACTED…",
        "'the key is REDACTED",
    ]


def test_an_output_that_was_torn_tells_nothing_of_a_known_secret() -> None:
    secrets = Secrets(literals=("correct-horse-battery",))
    output = (
        Output(at_us=1, stream="stdout", text="the key is correct-h"),
        Output(at_us=2, stream="stdout", text="battery, as you know"),
    )
    shown = redact(Exchange(id=1, request=Request(method="GET"), output=output), secrets)
    assert [each.text for each in shown.output] == [
        "the key is REDACTED",
        "REDACTED, as you know",
    ]


def test_a_long_text_that_was_cut_tells_nothing_of_a_known_secret() -> None:
    secrets = Secrets(literals=("correct-horse-battery",))
    cut = "x" * 300 + " the key is correct-hor"
    exchange = Exchange(
        id=1,
        request=Request(method="GET", headers=Fields([("X-Long", cut)])),
        logs=(LogRecord(at_us=1, level="INFO", logger="a", message=cut),),
    )
    shown = redact(exchange, secrets)
    assert shown.logs[0].message.endswith(" the key is REDACTED")
    assert shown.request.headers[0][1].endswith(" the key is REDACTED")


def test_a_configuration_gives_names_and_literals() -> None:
    secrets = Secrets.of_config(
        {
            "SECRET_KEY": "dev-key-1",
            "SECRET_KEY_FALLBACKS": ["old-key-1", "dev"],
            "SESSION_COOKIE_NAME": "Visit",
            "SESSION_COOKIE_PATH": "/shop",
            "WTF_CSRF_FIELD_NAME": "stamp",
            "WTF_CSRF_ENABLED": True,
            "JWT_TOKEN_LOCATION": ["headers"],
            "MAIL_PASSWORD": None,
            "STRIPE_API_KEY": 12345678,
            "OAUTH_CREDENTIALS": {"github": {"id": "client-id", "secret": "client-secret-1"}},
            "SERVICES": {"mail": {"host": "mail.example", "password": "mail-password-1"}},
            "DATABASE_URL": "pg://ann:db-password-1@host/db",
            "PUBLIC_KEY": "not-a-secret",
            "DEBUG": True,
        },
        literals=["jupyter-token-1", "", "true"],
    )
    assert secrets.names == {"visit", "stamp"}
    assert set(secrets.literals) == {
        *("jupyter-token-1", "dev-key-1", "old-key-1", "12345678", "client-id", "client-secret-1"),
        *("mail-password-1", "db-password-1"),
    }
    assert repr(secrets) == "<Secrets: 2 names, 8 literals>"


def test_jupyters_tokens_are_read_from_the_environment() -> None:
    environ = {"JUPYTER_TOKEN": "jupyter-token-1", "JPY_API_TOKEN": "", "HOME": "/home/ann"}
    tokens = read_jupyter_tokens(environ)
    assert tokens == ("jupyter-token-1",)
    shown = redact_text("/lab?a=jupyter-token-1", Secrets.of_config({}, tokens))
    assert shown == "/lab?a=REDACTED"


def test_no_further_names_are_none_and_not_all() -> None:
    text = "user=ann&page=2"
    assert redact_text(text, NO_SECRETS) == text
    assert redact_text(text, Secrets.of_config({"SESSION_COOKIE_NAME": ""})) == text


def test_further_names_are_secret_everywhere() -> None:
    secrets = Secrets(names=frozenset({"stamp"}))
    assert redact_text("Stamp=abc&page=2", secrets) == "Stamp=REDACTED&page=2"
    assert redact_pairs([("STAMP", "abc"), ("page", "2")], secrets) == Fields(
        [("STAMP", REDACTED), ("page", "2")]
    )


def test_a_long_content_is_read_a_few_times_and_no_more() -> None:
    # A search that began anew at each character would not end within a test's life.
    for text in (
        "key" * 100_000,
        '{"token": ' * 20_000,
        "<input " * 40_000,
        "://" * 100_000,
        '"\\' * 150_000,
    ):
        redact_text(text, SECRETS)


HIDDEN = "hunter2Xq9"
FORM_PART = f'Content-Disposition: form-data; name="password"\r\n\r\n{HIDDEN}\r\n--b--\r\n'
ESCAPED = "".join(f"\\u{ord(each):04x}" for each in HIDDEN)
OF_A_CLIENT = {
    "a name escaped as JSON may": (f'{{"p\\u0061ssw\\u006Frd": "{HIDDEN}"}}', "application/json"),
    "a value escaped elsewhere": (
        f'{{"password": "{HIDDEN}", "a": "{ESCAPED}"}}',
        "application/json",
    ),
    "a colon on its own line": (f'{{"password"\n  :\n  "{HIDDEN}"}}', "application/json"),
    "a value before its name": (f'[{{"value": "{HIDDEN}", "name": "pwd"}}]', "application/json"),
    "a value far from its name": (
        f'[{{"name": "pwd", "type": "text", "value": "{HIDDEN}"}}]',
        "application/json",
    ),
    "JSON in base64": (
        "state=" + quote(base64.b64encode(f'{{"password": "{HIDDEN}"}}'.encode()).decode()),
        "application/x-www-form-urlencoded",
    ),
    "a URL in a URL in a URL": (
        "next=" + quote(quote(quote(f"/?token={HIDDEN}"))),
        "application/x-www-form-urlencoded",
    ),
    "JSON in UTF-16 that is not told": (
        f'{{"password": "{HIDDEN}"}}'.encode("utf-16-le"),
        "application/json",
    ),
    "another charset than is told": (
        f'{{"password": "{HIDDEN}"}}'.encode(),
        "application/json; charset=cp037",
    ),
    "a form without a boundary": (f"--b\r\n{FORM_PART}", "multipart/form-data"),
    "a form of another name": (f"--b\r\n{FORM_PART}", "text/plain"),
    "a form with short line ends": (
        f"--b\r\n{FORM_PART}".replace("\r", ""),
        "multipart/form-data; boundary=b",
    ),
    "a form's name with an escape": (
        f"--b\r\n{FORM_PART}".replace('name="', 'name="a\\"b '),
        "multipart/form-data; boundary=b",
    ),
    "a form's extended name": (
        f"--b\r\n{FORM_PART}".replace('name="password"', "name*=utf-8''password"),
        "multipart/form-data; boundary=b",
    ),
    "a file that is a key": (
        f"--b\r\n{FORM_PART}".replace('"password"', '"private_key"; filename="id_rsa"'),
        "multipart/form-data; boundary=b",
    ),
    "an element with attributes": (
        f'<w:Password Type="x#PasswordText">{HIDDEN}</w:Password>',
        "text/xml",
    ),
    "a field of many lines": (f'<textarea name="secret">{HIDDEN}</textarea>', "text/html"),
    "a script's template": (f"<script>let apiKey = `{HIDDEN}`</script>", "text/html"),
    "quotes as hexadecimal entities": (f"&#x22;password&#x22;:&#x22;{HIDDEN}&#x22;", "text/html"),
    "a hash of Ruby's or PHP's": (f'["password" => "{HIDDEN}"]', "text/plain"),
    "an option of a command": (f"psql --password {HIDDEN} shop", "text/plain"),
    "Digest": (f'Authorization: Digest username="a", response="{HIDDEN}"', "text/plain"),
    "the number of a card": (f'{{"cardNumber": "{HIDDEN}"}}', "application/json"),
    "a token of GitHub's": (f"git clone ghp_{HIDDEN}abcdefgh", "text/plain"),
}


@pytest.mark.parametrize(("text", "media_type"), OF_A_CLIENT.values(), ids=OF_A_CLIENT)
def test_a_secret_is_covered_however_a_client_writes_it(text: str | bytes, media_type: str) -> None:
    exchange = Exchange(id=1, request=Request(method="POST", content=content(text, media_type)))
    shown = redact(exchange)
    data = shown.request.content.data.replace(b"\0", b"")
    assert HIDDEN.encode() not in data
    assert b"\\u0068\\u0075" not in data
    assert shown.request.content.sha256 == ""
    assert redact(shown) == shown


@pytest.mark.parametrize(
    "target",
    [
        f"/a;jsessionid={HIDDEN}/b",
        f"/a%3Ftoken={HIDDEN}",
        f"/callback?code={HIDDEN}&state=x",
        f"/token?code_verifier={HIDDEN}",
    ],
)
def test_a_secret_is_covered_in_a_path_and_in_a_callback(target: str) -> None:
    path = target.partition("?")[0].replace("%3F", "?")
    shown = redact(Exchange(id=1, request=Request(method="GET", target=target, path=path)))
    assert HIDDEN not in shown.request.target + shown.request.path
    assert shown.redactions


def test_a_cookie_in_quotes_is_covered_to_its_end() -> None:
    fields = Fields([("Set-Cookie", f'a="x;{HIDDEN}"; Path=/')])
    shown = redact(
        Exchange(
            id=1,
            request=Request(method="GET"),
            response=Response(status_code=200, headers=fields),
        )
    )
    assert shown.response is not None
    assert shown.response.headers == Fields([("Set-Cookie", "a=REDACTED; Path=/")])


def test_a_file_in_which_something_is_covered_has_no_digest() -> None:
    part = (
        '--b\r\nContent-Disposition: form-data; name="f"; filename=".env"\r\n\r\npwd=1234\r\n--b--'
    )
    shown = redact(
        Exchange(
            id=1,
            request=Request(
                method="POST",
                content=content(part, "multipart/form-data; boundary=b"),
                files=(FormFile(name="f", filename=".env", sha256="ab" * 32),),
            ),
        )
    )
    assert [each.sha256 for each in shown.request.files] == [""]


@pytest.mark.parametrize(
    "text",
    [
        '[{"key": "color", "value": "red"}, {"key": "sort order", "value": "asc"}]',
        '{"next_page_token": "CAUQAA12345", "primary_key": 7, "foreign_keys": ["a1"]}',
        '{"usage": {"prompt_tokens": 57, "completion_tokens": 1234, "max_tokens": 9}}',
        '{"author": "ann", "session_count": 3, "tokenize": true, "keywords": ["a"]}',
        "<Contents><Key>photos/cat.jpg</Key></Contents>",
        "GET /page?state=CA&country_code=US",
        "--version 1.2 -- password reset",
    ],
)
def test_what_an_api_often_says_stays_readable(text: str) -> None:
    exchange = Exchange(
        id=1, request=Request(method="POST", content=content(text, "application/json"))
    )
    assert redact(exchange) == exchange


def test_no_content_keeps_the_kernel_busy_for_long() -> None:
    # Each is of the size that is kept, and took minutes where a search began anew at each place.
    many = ",".join(f'"token{n}":"abcdefgh{n:06d}"' for n in range(2000))
    path = "/" + "a" * 65_000
    for text in (f"{{{many}}}", "{" * 65_000, "eyJ" + "a" * 65_000, "<textarea '" * 5_000):
        exchange = Exchange(
            id=1,
            request=Request(
                method="POST", path=path, target=path, content=content(text, "text/html")
            ),
        )
        began = time.process_time()
        redact(exchange)
        assert time.process_time() - began < 5
