"""What may stand in a notebook and must not stand in its project, each in cells of its own.

A canary is told from all else by its text. Each entry is ``(cells, canary)``.
"""

from __future__ import annotations

#: It looks like a secret only by the name that it is given.
ODD = "c4nary81Zq7xyz55w"
#: So short that nothing tells it but a name.
SHORT = "tig3rcub"
PATH = "/home/canary-ada/teas"
GITHUB = "ghp_" + "a1B2" * 9
SLACK = "xoxb-" + "1234567890-" * 2 + "aBcD" * 4
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c4nary81Zq7xyz55wAbCd"
AWS = "AKIA" + "Q3EGZ7XYV2WB5TLK"
PEM_BODY = "MIIEpAIBAAKCAQEAc4nary81Zq7xyz55w"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_BODY}\n-----END RSA PRIVATE KEY-----"

USES = "%%route /\nstr(x)"

SECRETS: dict[str, tuple[tuple[str, ...], str]] = {
    "attribute": ((f"app.secret_key = {ODD!r}",), ODD),
    "attribute, short": ((f"app.secret_key = {SHORT!r}",), SHORT),
    "key": ((f"app.config['SECRET_KEY'] = {ODD!r}",), ODD),
    "key with a type": ((f"key: str = {ODD!r}\napp.config['SECRET_KEY'] = key",), ODD),
    "update": ((f"app.config.update(SECRET_KEY={ODD!r}, A=1)",), ODD),
    "mapping": ((f"app.config.from_mapping({{'SECRET_KEY': {ODD!r}}})",), ODD),
    "mapping of words": ((f"app.config.from_mapping(MAIL_PASSWORD={SHORT!r})",), SHORT),
    "or": ((f"app.config |= {{'API_KEY': {ODD!r}}}",), ODD),
    "line": ((f"%flask_config SECRET_KEY={ODD}",), ODD),
    "line, in quotes": ((f"%flask_config MAIL_PASSWORD='{ODD} x'",), ODD),
    "class": ((f"class Config:\n    API_KEY = {ODD!r}\napp.config.from_object(Config)",), ODD),
    "class of settings": (
        (
            "from dataclasses import dataclass",
            f"@dataclass\nclass S:\n    token: str = {ODD!r}\nx = S()",
            USES,
        ),
        ODD,
    ),
    "enumeration": ((f"import enum\nclass x(enum.Enum):\n    API_KEY = {ODD!r}", USES), ODD),
    "named tuple": (
        (f"from collections import namedtuple\nx = namedtuple('S', 'token')(token={ODD!r})", USES),
        ODD,
    ),
    "environment": (
        (f"import os\nos.environ['API_KEY'] = {ODD!r}", "%%route /\nos.environ['API_KEY']"),
        ODD,
    ),
    "environment, updated": (
        (f"import os\nos.environ.update(API_KEY={ODD!r})", "%%route /\nos.environ['API_KEY']"),
        ODD,
    ),
    "environment, put": (
        (f"import os\nos.putenv('API_KEY', {ODD!r})", "%%route /\nos.environ['API_KEY']"),
        ODD,
    ),
    "environment's fallback": ((f"import os\nx = os.environ.get('API_KEY', {ODD!r})", USES), ODD),
    "environment by a line": ((f"%env API_KEY={ODD}", "%%route /\nos.environ['API_KEY']"), ODD),
    "environment by another line": ((f"%set_env API_KEY {ODD}", "%%route /\n'x'"), ODD),
    "shell": ((f"!export API_KEY={ODD} && echo {ODD}", "%%route /\n'x'"), ODD),
    "shell of a cell": ((f"%%bash\nexport API_KEY={ODD}", "%%route /\n'x'"), ODD),
    "package index": ((f"%pip install -i https://ada:{ODD}@pypi.example/simple tea",), ODD),
    "dictionary": ((f"x = {{'db': {{'user': 'ada', 'password': {ODD!r}}}}}", USES), ODD),
    "list": ((f"api_keys = ['a', {ODD!r}]\nx = api_keys", USES), ODD),
    "walrus": ((f"if (token := {ODD!r}):\n    x = token", USES), ODD),
    "tuple": ((f"user, password = 'ada', {ODD!r}\nx = password", USES), ODD),
    "default": ((f"def x(password={ODD!r}): return password", USES), ODD),
    "lambda": ((f"x = lambda token={ODD!r}: token", USES), ODD),
    "formatted": ((f"name = 'a'\nx = {{'Authorization': f'Bearer {ODD}'}}", USES), ODD),
    "formatted in parts": ((f"who = 'a'\npassword = f'{ODD}{{who}}'\nx = password", USES), ODD),
    "joined": ((f"api_key = 'c4nary-' + {ODD!r}\nx = api_key", USES), ODD),
    "two lines": ((f"api_key = ('c4nary-'\n    {ODD!r})\nx = api_key", USES), ODD),
    "bytes": ((f"x = dict(secret=b'{ODD}')", USES), ODD),
    "compared": ((f"%%route /\ntoken = request.args.get('t')\nstr(token == {ODD!r})",), ODD),
    "compared with several": (
        (f"%%route /\nstr(request.headers['X-Api-Key'] in {{{ODD!r}}})",),
        ODD,
    ),
    "matched": (
        (f"%%route /\ntoken = request.args['t']\nmatch token:\n    case {ODD!r}: return 'a'\n'b'",),
        ODD,
    ),
    "basic authentication": (
        (
            f"def x(get): return get('https://a.example', auth=('ada', {SHORT!r}))",
            USES,
        ),
        SHORT,
    ),
    "basic authentication's class": (
        (f"def x(HTTPBasicAuth): return HTTPBasicAuth('ada', {SHORT!r})", USES),
        SHORT,
    ),
    "login of mail": ((f"def x(smtp): smtp.login('ada@a.example', {SHORT!r})", USES), SHORT),
    "hash": (
        (
            "from werkzeug.security import generate_password_hash as hashed",
            f"import werkzeug.security\nx = werkzeug.security.generate_password_hash({SHORT!r})",
            USES,
        ),
        SHORT,
    ),
    "database": (
        (f"app.config['SQLALCHEMY_DATABASE_URI'] = 'postgresql://ada:{SHORT}@db/shop'",),
        SHORT,
    ),
    "URL": ((f"x = 'https://ada:{SHORT}@a.example/b'", USES), SHORT),
    "URL of redis": ((f"x = 'redis://:{SHORT}@cache:6379/0'", USES), SHORT),
    "URL of mongo": ((f"x = 'mongodb+srv://ada:{SHORT}@a.example/b'", USES), SHORT),
    "hook of Slack": (
        (
            "x = 'https://hooks.slack.com/services/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'",
            USES,
        ),
        ODD,
    ),
    "GitHub's": ((f"x = [{GITHUB!r}]", USES), GITHUB),
    "Slack's": ((f"x = {SLACK!r}", USES), SLACK),
    "AWS's": ((f"x = {AWS!r}", USES), AWS),
    "JWT": ((f"x = {JWT!r}", USES), JWT),
    "PEM": ((f"x = '''{PEM}'''", USES), PEM_BODY),
    "PEM in a line": ((f"x = {PEM!r}", USES), PEM_BODY),
    "PEM in a formatted text": ((f"e = ''\nx = f'''{PEM}{{e}}'''", USES), PEM_BODY),
    "comment": ((f"# the password: {ODD}\nx = 1  # token={ODD}", USES), ODD),
    "comment of what is known": (
        (f"x = 1  # not {ODD}\napi_key = {ODD!r}", "%%route /\nstr((x, api_key))"),
        ODD,
    ),
    "comment of what is left out": (
        (f"# is {ODD}\nx = 1", f"api_key = {ODD!r}\nprint(api_key)", USES),
        ODD,
    ),
    "docstring": ((f'def x():\n    """Say token={ODD}."""\n    return 1', USES), ODD),
    "comment in a view": ((f"%%route /\n# password = {ODD!r}\n'x'",), ODD),
    "text": ((f"# Teas\n\nThe password is `{ODD}`.", f"app.secret_key = {ODD!r}"), ODD),
    "text that names it": ((f"# Teas\n\nLog in with password: {ODD}",), ODD),
    "title": ((f"# Teas {GITHUB}", "%%route /\n'x'"), GITHUB),
    "heading": ((f"# Teas\n\n## Token: {ODD}", "x = 1", USES), ODD),
    "template of what is known": (
        (f"%%template a.html\n<b>{ODD}</b>", f"app.secret_key = {ODD!r}"),
        ODD,
    ),
    "template with a token": ((f"%%template a.html\n<b>{GITHUB}</b>",), GITHUB),
    "template with a field": (
        (f'%%template a.html\n<input type="hidden" name="api_key" value="{ODD}">',),
        ODD,
    ),
    "template with a script": (
        (f"%%template a.html\n<script>const apiKey = '{ODD}'</script>",),
        ODD,
    ),
    "static file": ((f"%%static a.js\nconst config = {{apiKey: '{ODD}'}};",), ODD),
    "static file of JSON": ((f'%%static a.json\n{{"client_secret": "{ODD}"}}',), ODD),
    "name of a template": ((f"%%template {GITHUB}.html\nx",), GITHUB),
    "rule": ((f"%%route /hook/{GITHUB}\n'x'",), GITHUB),
    "rule of a function": ((f"@app.route('/hook/{GITHUB}')\ndef hook(): return 'x'",), GITHUB),
    "module": (
        (f"%%module shop.py\nAPI_KEY = {ODD!r}  # {ODD}", "from shop import API_KEY as x", USES),
        ODD,
    ),
    "module's comment": (
        (f"%%module shop.py\n# password: {ODD}\nX = 1", "from shop import X as x", USES),
        ODD,
    ),
    "cell of magics": ((f"%%time\nx = dict(token={ODD!r})", USES), ODD),
    "cell that is shown": ((f"api_key = {ODD!r}\nprint(api_key)", USES.replace("x", "1")), ODD),
}

#: Cells that send a request, with the stored answer.
REQUESTS: dict[str, tuple[str, str, str]] = {
    "header": (f"%flask_get / -H 'Authorization: Bearer {ODD}'", "200 OK\n\nx", ODD),
    "own header": (f"%flask_get / -H 'X-Tea: {GITHUB}'", "200 OK\n\nx", GITHUB),
    "cookie": (f"%flask_get / -b session={ODD}", "200 OK\n\nx", ODD),
    "user": (f"%flask_get / -u ada:{SHORT}", "200 OK\n\nx", SHORT),
    "form": (f"%flask_post / -F name=ada -F password={SHORT}", "200 OK\n\nx", SHORT),
    "form, refused": (
        f"%flask_post / -F name=ada -F password={SHORT}",
        "401 UNAUTHORIZED\n\nx",
        SHORT,
    ),
    "JSON": (f'%flask_post / --json \'{{"password": "{SHORT}"}}\'', "200 OK\n\nx", SHORT),
    "query": (f"%flask_get /?token={ODD}", "200 OK\n\nx", ODD),
    "path": (f"%flask_get /reset/{JWT}", "404 NOT FOUND\n\nx", JWT),
    "content": (f"%%flask_post /\npassword={ODD}", "200 OK\n\nx", ODD),
    "text of HTTP": (
        f"%%http\nGET / HTTP/1.1\nAuthorization: Bearer {ODD}",
        "GET /\n200 OK\n\nx",
        ODD,
    ),
    "answer": ("%flask_get /", f"200 OK\n\nYour token: {ODD}", ODD),
    "answer with a token": ("%flask_get /", f"200 OK\n\nIt is {GITHUB}", GITHUB),
    "answer in JSON": (
        "%flask_get /",
        f'200 OK\nContent-Type: application/json\n\n{{"access_token": "{ODD}"}}',
        ODD,
    ),
    "answer's header": ("%flask_get /", f"200 OK\nX-Api-Key: {ODD}\n\nx", ODD),
    "answer's cookie": ("%flask_get /", f"200 OK\nSet-Cookie: session={ODD}; Path=/\n\nx", ODD),
    "answer's location": ("%flask_get /", f"302 FOUND\nLocation: /a?token={ODD}\n\nx", ODD),
    "answer with a path": ("%flask_get /", f"200 OK\n\nin {PATH}/a.csv", PATH),
    "answer with a traceback": (
        "%flask_get /",
        "500 INTERNAL SERVER ERROR\n\nx\n\nTraceback (most recent call last):\n"
        f'  File "{PATH}/a.py", line 1\n'
        f"ValueError: {ODD}",
        PATH,
    ),
}
