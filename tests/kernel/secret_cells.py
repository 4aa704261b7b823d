"""A notebook whose app has a secret in every place, and cells that show all that can be shown.

The secrets are in a file, so that none is in a cell. What views print and log goes below the cell
that asks, as it always does; it is left out there, to see what becomes of it elsewhere.
"""

from __future__ import annotations

# Each is found by its name, by its look, or because the app's configuration names it.
PLACES = (
    *("bearer", "basic", "api_key_header", "proxy_authorization", "cookie", "set_cookie"),
    *("response_header", "query", "signed_url", "form", "multipart", "json", "nested", "escaped"),
    *("truncated", "response_json", "response_html", "sse", "log", "log_argument", "printed"),
    *("exception", "template", "session", "secret_key", "setting", "setting_url", "pem", "jwt"),
    *("view_args", "referer", "redirect", "flash", "jupyter_token", "jupyter_cookie", "xsrf"),
)

LOAD = "%load_ext nbflask"

APP = r"""
import base64, json, logging
from pathlib import Path
from flask import Response, flash, redirect, render_template_string, request, session
S = json.loads(Path("secrets.json").read_text())
app.secret_key = S["secret_key"]
app.config["MAIL_PASSWORD"] = S["setting"]
app.config["DATABASE_URL"] = f"postgres://ann:{S['setting_url']}@db/shop"
app.config["PROPAGATE_EXCEPTIONS"] = False

@app.route("/echo", methods=["GET", "POST"])
def echo():
    request.get_data()
    return {"ok": True, "client_secret": S["response_json"], "got": request.get_json(silent=True)}

@app.route("/form", methods=["POST"])
def form():
    return {"fields": sorted(request.form)}

@app.get("/text")
def text():
    pem = f"-----BEGIN PRIVATE KEY-----\n{S['pem']}\n-----END PRIVATE KEY-----"
    return Response(f"{S['secret_key']} {S['setting']} {app.config['DATABASE_URL']}\n{pem}\n"
                    f"{S['jwt']}", mimetype="text/plain")

@app.get("/loud")
def loud():
    print(f"token: {S['printed']}")
    app.logger.warning("password=%s", S["log"])
    logging.getLogger("shop").error("connected with %s", {"password": S["log_argument"]})
    raise RuntimeError(f"access_token={S['exception']} was refused")

@app.get("/page")
def page():
    session["api_token"] = S["session"]
    flash(f"Your password: {S['flash']}")
    return render_template_string(
        '<input type="hidden" name="csrf_token" value="{{ html }}">',
        api_token=S["template"], html=S["response_html"])

@app.get("/fields")
def fields():
    response = Response("done", headers={"X-Auth-Token": S["response_header"]})
    response.set_cookie("remember_token", S["set_cookie"])
    return response

@app.get("/away")
def away():
    return redirect(f"/echo?access_token={S['redirect']}")

@app.get("/events")
def events():
    return Response([f"data: {json.dumps({'token': S['sse']})}\n\n"], mimetype="text/event-stream")

@app.get("/reset/<token>")
def reset(token):
    return "reset"
"""

ASK = r"""%%capture
import io
c, bare = app.test_client(), app.test_client(use_cookies=False)
c.get("/echo", headers={"Authorization": f"Bearer {S['bearer']}",
                        "Proxy-Authorization": f"Basic {S['proxy_authorization']}",
                        "Referer": f"http://localhost/?token={S['referer']}"}).data
basic = base64.b64encode(f"ann:{S['basic']}".encode()).decode()
bare.get("/echo", headers={"Authorization": f"Basic {basic}", "X-Api-Key": S["api_key_header"],
                        "Cookie": f"auth_token={S['cookie']}; theme=dark"}).data
bare.get("/echo", headers={"Authorization": f"token {S['jupyter_token']}",
                        "Cookie": f"username-localhost-8888={S['jupyter_cookie']};"
                                  f" _xsrf={S['xsrf']}"}).data
c.get(f"/echo?page=2&access_token={S['query']}&X-Amz-Signature={S['signed_url']}").data
c.post("/form", data={"name": "ann", "password": S["form"]}).data
c.post("/form", data={"secret": S["multipart"], "file": (io.BytesIO(b"x"), "a.txt")}).data
c.post("/echo", json={"password": S["json"]}).data
c.post("/echo", json={"a": {"b": [{"api_key": S["nested"]}]}}).data
c.post("/echo", json={"secret": f'quote " and \\ {S["escaped"]}'}).data
head = '{"password": "'
room = 64 * 1024 - len(head) - 10
c.post("/echo", data='{"pad": "' + "x" * (room - len('{"pad": "", ')) + '", ' + head[1:]
       + S["truncated"] + '"}', content_type="application/json").data
for path in ("/text", "/loud", "/page", "/page", "/fields", "/away", "/events"):
    c.get(path).data
c.get(f"/reset/{S['view_args']}").data
"""

SHOW = (
    "%flask_requests",
    "%flask_inspect",
    "import nbflask\nfrom IPython.display import display\ninsp = nbflask.inspect()\ninsp",
    "for each in insp: display(each, each.request, each.response, each.errors, each.session)",
    "insp.to_frame()",
    "print(repr(insp), [repr(each.exchange) for each in insp])",
    "for each in insp:\n"
    "    print(each.to_curl(), each.to_httpie(), each.to_httpx(), each.to_http())\n"
    "    print(each.to_pytest(), each.to_client(), each.to_raw(), each.to_har())",
    "insp.to_har('run.har').name",
    "%flask_har all.har",
    "insp.where('has:error')",
    "%flask_replay 4",
    "%flask_config",
    "%flask_session",
    "%flask_templates",
)
