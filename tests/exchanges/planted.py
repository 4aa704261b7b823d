"""An exchange with a secret in every place where one can be, and what must stay readable of it."""

from __future__ import annotations

import base64
import gzip
import html
import json
from dataclasses import asdict
from urllib.parse import quote, quote_plus

from nbflask.exchanges.exchange import (
    Client,
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    Frame,
    Initiator,
    LogRecord,
    Output,
    Request,
    Response,
    Route,
    SessionChange,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.redaction import Secrets

#: Of all characters that some way of writing has an escape for.
APP_KEY = "k3y&\"'<é>/+ \\~%42"
DATABASE_PASSWORD = "pg-Pa55-of-the-app"
JUPYTER_TOKEN = "0f3b" * 12
RAW_KEY = b'_5#y2L"F4Q8z\n\xec]/'

SECRETS = Secrets.of_config(
    {
        "SECRET_KEY": APP_KEY,
        "SECRET_KEY_FALLBACKS": [RAW_KEY],
        "SQLALCHEMY_DATABASE_URI": f"postgresql://ann:{DATABASE_PASSWORD}@db/shop",
        "SESSION_COOKIE_NAME": "visit",
        "DEBUG": True,
        "APPLICATION_ROOT": "/",
    },
    literals=[JUPYTER_TOKEN],
)

PLANTED: list[str] = []


def plant(stem: str = "pl4nted") -> str:
    """Give a secret that stands nowhere else."""
    PLANTED.append(f"{stem}-{len(PLANTED):02d}-zQ")
    return PLANTED[-1]


def content(text: str | bytes, media_type: str, encoding: str = "") -> Content:
    """Make a content that was kept whole."""
    data = text.encode() if isinstance(text, str) else text
    return Content(
        size=len(data), data=data, media_type=media_type, encoding=encoding, sha256="ab" * 32
    )


#: It comes by the form, and is repeated by the app.
PASSWORD = plant("Correct horse/&")
VIEW_TOKEN = plant()
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{plant('MIIEow')}\nq83vEjRW\n-----END RSA PRIVATE KEY-----"
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{plant()}.c2lnbmF0dXJl"
PLANTED += ["MIIEow", "q83vEjRW", "eyJzdWIiOiIx", "c2lnbmF0dXJl"]

FORM = f"user=ann&password={quote_plus(PASSWORD)}&next=%2Fa%3Ftoken%3D{plant()}&api%5Fkey={plant()}"

BASIC = base64.b64encode(b"ann:pl4nted-in-base64").decode()
PLANTED.append(BASIC)

REQUEST = Request(
    method="POST",
    target=f"/shop/reset/{VIEW_TOKEN}?access_token={plant()}&page=2&X-Amz-Signature={plant()}",
    script_name="/shop",
    path=f"/reset/{VIEW_TOKEN}",
    query_string=f"access_token={plant()}&page=2&back=https%3A%2F%2Fann%3A{plant()}%40host%2F",
    headers=Fields(
        [
            ("Host", "localhost:5000"),
            ("Authorization", f"Bearer {plant()}"),
            ("Proxy-Authorization", f"Basic {BASIC}"),
            ("X-API-Key", plant()),
            ("Cookie", f"visit={plant()}; theme={plant()}; PHPSESSID={plant()}"),
            ("Cookie", f"_xsrf={plant()}; username-localhost-8888={plant()}"),
            ("Referer", f"https://ann:{plant()}@host/a?sid={plant()}&page=3#id_token={plant()}"),
            ("X-Forwarded-Uri", f"/a?apiKey={plant()}&page=4"),
            ("X-CSRFToken", plant()),
            ("Accept", "text/html"),
        ]
    ),
    content=content(FORM, "application/x-www-form-urlencoded"),
    form=Fields([("user", "ann"), ("password", PASSWORD), ("csrf_token", plant())]),
)

#: The key within a longer text, as base64: but for the characters that neighbours have a part in.
SIGNED = base64.b64encode(b"x" + APP_KEY.encode() + b"y").decode()
PLANTED.append(SIGNED[2:-4])

JSON_TEXT = json.dumps(
    {
        "user": "ann",
        "keyboard": "qwerty",
        "auth": {"kind": "password", "list": [plant(), {"deep": plant()}], "pin": 90210777},
        "payload": json.dumps(
            {"clientSecret": plant() + '"quoted', "inner": json.dumps({"jwt": plant()})}
        ),
        "url": f"redis://:{plant()}@cache:6379/0",
        "echo": APP_KEY,
        "signed": SIGNED,
    }
)
PLANTED += ["90210777", '"quoted']

RESPONSE = Response(
    status_code=302,
    headers=Fields(
        [
            ("Location", f"/done?page=5&token={plant()}#access_token={plant()}&state=ok"),
            ("Set-Cookie", f"visit={plant()}; HttpOnly; Path=/; SameSite=Lax"),
            ("Set-Cookie", f"cart={plant()}; Path=/cart"),
            ("Content-Type", "application/json"),
            ("X-Trace", f"key={plant()}"),
        ]
    ),
    content=content(gzip.compress(JSON_TEXT.encode(), mtime=0), "application/json", "gzip"),
)

PLANTED_EXCHANGE = Exchange(
    id=7,
    uuid="0d5e",
    request=REQUEST,
    response=RESPONSE,
    client=Client(address="127.0.0.1", user_agent="pytest"),
    route=Route(
        rule="/reset/<token>",
        endpoint="reset",
        view_args=Fields([("token", VIEW_TOKEN), ("page", "2")]),
        cell=f"API_KEY = '{plant()}'",
    ),
    session=SessionChange(
        before={"user": "ann", "csrf_token": plant(), "cart": [1, 2]},
        after={"user": "ann", "oauth": {"state": "ok", "refresh": [plant(), 55512345]}},
        cookie_name="visit",
    ),
    templates=(
        TemplateRender(
            name="reset.html",
            context=(
                Summary(name="api_token", type="str", text=repr(plant())),
                Summary(name="form", type="dict", text=repr({"user": "ann", "passwd": plant()})),
                Summary(name="title", type="str", text="'Reset'"),
            ),
        ),
    ),
    flashes=Fields([("info", f"Your new password: {plant()}"), ("token", "Welcome, ann")]),
    logs=(
        LogRecord(at_us=1, level="INFO", logger="app", message=f"login ann {PASSWORD} ok"),
        LogRecord(at_us=2, level="INFO", logger="app", message=f"query page=2 token={plant()} end"),
        LogRecord(
            at_us=3, level="INFO", logger="app", message=f"{{'secret': {plant()!r}, 'n': 1}}"
        ),
        LogRecord(
            at_us=4, level="INFO", logger="app", message=f"sent {quote(APP_KEY)} to the bank"
        ),
        LogRecord(
            at_us=5,
            level="INFO",
            logger="app",
            message=f"sent {html.escape(APP_KEY)} and {APP_KEY}",
        ),
        LogRecord(
            at_us=6, level="INFO", logger="app", message=f"sent {[APP_KEY]!r} and {RAW_KEY!r}"
        ),
        LogRecord(
            at_us=7, level="INFO", logger="app", message=f"[('password', {plant()!r}), ('a', 'b')]"
        ),
        LogRecord(at_us=8, level="INFO", logger="app", message=f"key is\n{PEM}\nloaded"),
        LogRecord(
            at_us=9,
            level="ERROR",
            logger="app",
            message=f"Authorization: Bearer {plant()}",
            exception=f"Traceback (most recent call last):\nValueError: token={plant()}",
        ),
    ),
    output=(
        Output(at_us=1, stream="stdout", text=f"visit http://localhost/?token={JUPYTER_TOKEN}\n"),
        Output(at_us=2, stream="stdout", text=f"{JWT}\nJupyter has {JUPYTER_TOKEN}.\n"),
        Output(at_us=3, stream="stderr", text=f"connect {DATABASE_PASSWORD}\n"),
    ),
    errors=(
        ErrorRecord(
            kind=ErrorKind.UNHANDLED,
            type="ValueError",
            message=f"no user has {PASSWORD!r} as credential={plant()}",
            text=(
                "Traceback (most recent call last):\n"
                '  File "app.py", line 3, in login\n'
                f"    check(request.form['user'], password='{plant()}')\n"
                f"ValueError: no user has {PASSWORD!r}\n"
            ),
            frames=(
                Frame(
                    file="app.py",
                    line=3,
                    function="login",
                    code=f"check(request.form['user'], password='{plant()}')",
                ),
            ),
        ),
    ),
    initiator=Initiator(
        cell=f"client.post('/', headers={{'X-Api-Key': '{plant()}'}})",
        referer=f"http://localhost/?session_id={plant()}",
    ),
    note=f"try again with password {PASSWORD}",
    tags=("login", f"pwd={plant()}"),
)

PLANTED += [DATABASE_PASSWORD, JUPYTER_TOKEN]
PLANTED += [APP_KEY, quote(APP_KEY), html.escape(APP_KEY), json.dumps(APP_KEY)[1:-1]]
PLANTED += [repr(APP_KEY)[1:-1], repr(RAW_KEY)[2:-1], quote_plus(PASSWORD)]

#: What must be left, or nobody could work with what is shown.
READABLE = (
    *("page=2", "page=3", "page=4", "page=5", "state=ok", "localhost:5000", "text/html"),
    *("visit=REDACTED", "cart=REDACTED", "HttpOnly; Path=/; SameSite=Lax", "Path=/cart"),
    *("Bearer REDACTED", "Basic REDACTED", "theme=REDACTED", "/reset/REDACTED", "/reset/<token>"),
    *("user=ann", "password=REDACTED", "https://REDACTED:REDACTED@host/a", "Reset", "Welcome, ann"),
    *("login ann REDACTED ok", "the bank", "127.0.0.1", "pytest", "reset.html", '  File "app.py"'),
    *("request.form['user'], password='REDACTED'", "Traceback (most recent call last)"),
    *("try again with password REDACTED", "loaded", "'n': 1", "keyboard", "qwerty"),
)


def written_out(exchange: Exchange) -> str:
    """Give all that anybody could read of an exchange, contents without their encoding."""
    fields = asdict(exchange)
    pairs = [exchange.request.headers, exchange.request.form, exchange.flashes]
    pairs += [exchange.response.headers] if exchange.response else []
    pairs += [exchange.route.view_args] if exchange.route else []
    contents = [exchange.request.content]
    contents += [exchange.response.content] if exchange.response else []
    texts = [repr(exchange), json.dumps(fields, default=str), str(fields), repr(fields)]
    texts += [f"{name}: {value}" for each in pairs if each for name, value in each]
    for each in contents:
        data = gzip.decompress(each.data) if each.encoding == "gzip" else each.data
        texts.append(data.decode("utf-8", "surrogateescape"))
    texts += strings(fields)
    return "\n".join(texts)


def strings(value: object) -> list[str]:
    """Give each text within a value, as it is."""
    match value:
        case str():
            return [value]
        case bytes():
            return [value.decode("utf-8", "surrogateescape")]
        case dict():
            return [text for pair in value.items() for each in pair for text in strings(each)]
        case list() | tuple():
            return [text for each in value for text in strings(each)]
        case _:
            return [str(value)]
