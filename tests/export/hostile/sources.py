"""Cells that are wrong in a way of their own, and a few that only look so."""

from __future__ import annotations

from .large import LARGE

_SYNTAX = """\
def f(:
x = (
x = [1, 2
print "hello"
x = 'unclosed
x = \"\"\"unclosed
if True
    y = 1
return 1
yield 1
await x
break
continue
nonlocal x
global x; x = 1; global x
def f(a, a): pass
def f(*, **k): pass
x = yield
lambda: (yield)
1 = x
f() = 1
None = 1
__debug__ = 1
del f()
import *
from . import *
from __future__ import braces
from __future__ import annotations; x: y = 1
import a.b as c.d
async def f(): yield from g()
class C: return 1
x = 0777
x = 1_
x = 1__0
x = 0b2
f(a=1, a=2)
f(**k, *a)
f(a for a in b, c)
[*a for a in b]
{**a for a in b}
{a: *b}
x = f'{'
x = f'{a b}'
x = f'{!r}'
x = f'{a!z}'
x = f"{a['b\\n']}"
match x: case _: pass
with open(x) as 1: pass
try: pass
else: pass
@
@app.route
@app.route('/') x = 1
x := 1
(x := 1) = 2
x = *y
print(*)
a, *b, *c = d
for x in y: pass else: pass else: pass
x = $y
x = y?
?x?
x = ?
!!x
!
%
%%
%% route /
%%route
%%route x
%%route /a/<
%%route /<int:>
%%route /<a>/<a>
%%route /<class>
%%route /<1>
%%route /<int(min=):n>
%%route /a --endpoint 'a b'
%%route /a --endpoint a.b
%%route /a --defaults {
%%route /a --nonsense
%%route "/a
%%route /a GET POST NONSENSE
%%route /a -b missing
%%template
%%template ../../x.html
%%template /etc/passwd
%%template a/../../x
%%template a\\b
%%template .
%%template a b
%%template ''
%%static ..
%%static ../app.py
%%static a//b
%%static /x
%%static ~/x
%%module
%%module app.py
%%module wsgi.py
%%module ../x.py
%%module /x.py
%%module a-b.py
%%module class.py
%%module x
%%module tests/conftest.py
%%module os.py
%%module __init__.py
%%errorhandler
%%errorhandler nonsense
%%errorhandler 999
%%errorhandler 404 505
%%template_filter 1x
%%before_request x
%%flask_post
%%flask_post /a -d
%%flask_get
%flask_get
%flask_get /a -H nonsense
%flask_get 'x
%flask_get http://[::1
%flask_get //evil
%flask_post /a -F file=@/etc/passwd
%flask_post /a -d @/etc/passwd
%flask_config
%flask_config x
%flask_config A=
%flask_config A={
%flask_config SECRET_KEY
%flask_config --from-file /etc/passwd
%flask_config --from-object os.system
%flask_config --prefixed-env
%flask_app 1x
%flask_app class
%flask_app a b
%%flask_nonsense /x
%%http
%run /etc/passwd
%load /etc/passwd
%cd /
%env A=B
%%writefile /etc/passwd
%%bash
%%python
%%time
%%timeit
%%capture x
%%html
!rm -rf /
x = !ls
x = %flask_get /
files = !!ls
app = None
app = Flask
app = Flask()
app = Flask(__name__); app = Flask(__name__)
app = app
del app
app.run(host='0.0.0.0')
import app
from app import app
from wsgi import *
import nonexistent_package_of_nobody
from .x import y
exec('app = 1')
eval('__import__("os").system("touch /tmp/hostile")')
__import__('os').system('touch /tmp/hostile')
open('/tmp/hostile', 'w').write('x')
import os; os.system('touch /tmp/hostile')
raise SystemExit(3)
exit()
quit()
import sys; sys.exit(5)
assert False
1 / 0
class Flask: pass
def create_app(): pass
def app(): pass
client = app = nbflask = get_ipython = None
get_ipython().system('touch /tmp/hostile')
get_ipython().run_line_magic('cd', '/')
get_ipython().run_cell_magic('route', '/x', 'y')
get_ipython().run_line_magic(*x)
from flask import *
from os import *
import flask as f; app = f.Flask('x')
apps = [Flask(str(n)) for n in range(3)]
app.config[()] = 1
app.config.update({**{}})
app.config.update(*[], **{})
app.config = {}
app.secret_key = None
app.secret_key = b'\\xff\\xfe'
app.secret_key = '''a
b'''
app.config['SECRET_KEY'] = {'a': [f'{x}', ('b', ('c',))]}
app.config['API_KEY'] = f'{"a"!r:>{10}}{{}}secret0123456789'
password = 'a' 'b' f'{c}' 'd0123456789abcdef'
x = {'password': {'password': {'password': 'q0123456789abcdef'}}}
x = '-----BEGIN RSA PRIVATE KEY-----'
x = 'postgres://a:b@c' + 'd://e:f@g'
lambda password='q0123456789abcdef': 0
def f(password='q0123456789abcdef', /, *, token=b'q0123456789abcdef'): ...
match x:
"""

_CHARACTERS = {
    "NUL": "x = 1\0",
    "NUL in a text": "x = 'a\0b'",
    "NUL in a view": "%%route /nul\n'a\0b'",
    "NUL in a template": "%%template a.html\na\0b",
    "NUL in a name": "%%template a\0b.html\nx",
    "surrogate": "x = '\ud800'",
    "surrogate in a comment": "# \udc80\nx = 1",
    "surrogate in a view": "%%route /s\n'\udfff'",
    "surrogate in a template": "%%template a.html\n\ud800",
    "surrogate in a static file": "%%static a.txt\n\udcff",
    "surrogate in a name": "%%template \ud800.html\nx",
    "surrogate in a rule": "%%route /\ud800\n'x'",
    "surrogate in a module": "%%module s.py\nx = '\ud800'",
    "surrogate in a request": "%flask_get /\ud800",
    "surrogate in a setting": "%flask_config A='\ud800'",
    "surrogate in a magic": "%cd \ud800",
    "surrogate in a name of code": "\ud800 = 1",
    "byte order mark": "\ufeffx = 1",
    "form feed": "x = 1\f\ny = 2\f",
    "form feed before a block": "if True:\n\f    x = 1\n\f    y = 2",
    "vertical tab": "x = 1\v\ny = 2",
    "carriage returns": "x = 1\ry = 2\r\nz = 3\n\r",
    "carriage return in a text": "x = '''a\rb\r\nc'''",
    "carriage returns in a view": "%%route /cr\r\nx = 1\r\nstr(x)\r\n",
    "carriage return in a template": "%%template a.html\ra\r\nb",
    "line separators": "x = 'a\u2028b\u2029c\u0085d'\ny = 1",
    "line separator in a comment": "# a\u2028b = 1\nx = 1",
    "separators of files": "x = 'a\x1cb\x1dc\x1ed'\ny = 2",
    "tabs": "if True:\n\tx = 1\n\tif x:\n\t\ty = 2",
    "tabs and spaces": "if True:\n\tx = 1\n        y = 2",
    "no-break space": "x\u00a0= 1",
    "zero width": "x\u200b = 1",
    "right to left": "x = 'a\u202eb'",
    "terminal": "x = = '\x1b[2J\x1b]0;owned\x07'",
    "terminal in a label": "%cd \x1b[31m",
    "names of all kinds": "ﬁ = 1\nﬁ2 = fi\nК = '1'\n变量 = 2\nª = 3\nx = К, 变量, ª, 𝐱",
    "view of such a name": "@app.route('/𝐱')\ndef 𝐯𝐢𝐞𝐰(): return ﬁ",
    "continued": "x = 1 + \\\n    2\ny = \\",
    "continued at the end": "x = 1 \\",
    "backslashes": "x = '\\d\\N{BULLET}\\x41\\777'",
    "bad escape": "x = '\\N{nonsense}'",
    "bad escape, short": "x = '\\x4'",
    "semicolons": "x = 1; y = 2; def f(): pass",
    "semicolons that hold": "x = 1;; y = 2",
    "quotes": "x = '''\"\"\"''' + \"'''\" + r'\\' + '\\''",
    "coding": "# -*- coding: latin-1 -*-\nx = 'ä'",
    "coding of nobody": "# coding: nonsense\nx = 1",
    "coding below a view": "%%route /c\n# coding: utf-16\n'x'",
    "spaces": "   x = 1\n   y = 2",
    "nothing": " \n\t\n",
    "comment alone": "# nothing",
    "docstring alone": '"""nothing"""',
    "heading in a text": "x = '''\n# Title\n%%route /\n!rm -rf /\n%cd /\n'''",
}

_VIEWS = {
    "keyword": "%%route /class\n'x'",
    "keywords": "%%route /<lambda>\n'x'",
    "soft keyword": "%%route /match/<type>\nmatch = type\nstr(match)",
    "name of the app": "%%route /app\n'x'",
    "name of a module": "%%route /os/<json>\nos = json\nstr(os)",
    "name of the factory": "%%route /create_app\n'x'",
    "names twice": "@app.route('/t')\ndef t(): return '1'\n@app.route('/t2')\ndef t(): return '2'",
    "same rule": "%%route /same\n'1'",
    "same rule again": "%%route /same\n'2'",
    "yields and returns": "%%route /y\nyield 1\nreturn 2",
    "two functions": "%%route /two\ndef a(): pass\ndef b(): pass",
    "empty": "%%route /empty\n",
    "class": "%%route /klass\nclass A: pass",
    "calls the shell": "%%route /sh\nx = !ls\nstr(x)",
    "magic inside": "%%route /mi\n%cd /\n'x'",
    "recursive": "def f(): return f\nx = f()",
    "await": "%%route /aw\nimport asyncio\nawait asyncio.sleep(0)\n'x'",
    "global": "%%route /g\nglobal n\nn = 1\nstr(n)",
    "star": "%%route /star\n*a, b = [1, 2]\nstr(a)",
    "walrus": "%%route /w\n(x := 1)",
    "fails": "%%route /f\n1/0",
    "is not Python": "%%route /p\ndef (:",
    "dedents": "%%route /d\n    x = 1\n  'y'",
    "blueprint": "from flask import Blueprint\nb = Blueprint('b', __name__)\n"
    "b.register_blueprint(b)\napp.register_blueprint(b)",
    "blueprint of another name": "%%route /bp -b nobody\n'x'",
    "app of another name": "%%route /other -a nobody\n'x'",
}


def all_sources() -> dict[str, str]:
    """Give the source of a cell by what it is."""
    lines = {f"line: {line[:40]}": line for line in _SYNTAX.splitlines()}
    below = {f"{name}, with text": f"{line}\nx" for name, line in lines.items() if "%%" in line}
    return {**lines, **below, **LARGE, **_CHARACTERS, **_VIEWS}
