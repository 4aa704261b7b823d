"""What code may change besides its own variables, as far as its text tells.

It is read with suspicion: a local variable that was made of something may be that thing, so what
changes the one changes the other.
"""

from __future__ import annotations

import ast

from ..statements import free_names

#: Methods that leave their object as it was.
_READING = frozenset(
    {
        *("get", "keys", "values", "items", "copy", "index", "count", "format", "join", "split"),
        *("lower", "upper", "title", "strip", "lstrip", "rstrip", "startswith", "endswith"),
        *("replace", "encode", "decode", "isdigit", "most_common", "getlist", "get_json", "head"),
        *(
            "isoformat",
            "strftime",
            "groupby",
            "mean",
            "sum",
            "to_dict",
            "to_csv",
            "query",
            "exists",
        ),
        *("read_text", "read_bytes", "is_file", "iterdir", "glob", "match", "search", "fullmatch"),
        *("scalars", "scalar", "fetchall", "fetchone", "all", "first", "one", "filter", "where"),
        *(
            "filter_by",
            "order_by",
            "predict",
            "predict_proba",
            "render",
            "dumps",
            "loads",
            "select",
        ),
        *("round", "tolist", "astype", "agg", "count", "trace", "min", "max", "std", "median"),
        *("to_numpy", "sort_values", "reset_index", "rename", "iterrows", "nlargest", "tail"),
        *("isin", "between", "describe", "merge", "capitalize", "casefold", "partition", "zfill"),
        *("info", "debug", "warning", "error", "exception", "log", "get_or_404", "first_or_404"),
    }
)
#: Methods that change it.
_CHANGING = frozenset(
    {
        *("append", "extend", "insert", "add", "add_all", "remove", "discard", "pop", "popitem"),
        *("clear", "update", "setdefault", "sort", "reverse", "appendleft", "popleft", "put"),
        *("put_nowait", "write", "write_text", "write_bytes", "writelines", "unlink", "mkdir"),
        *("touch", "rmdir", "commit", "delete", "execute", "executemany", "save", "send"),
        *("set", "flush", "merge", "create_all", "drop_all", "executescript", "publish", "record"),
    }
)
#: Functions that change what they are given.
_CHANGING_CALLS = frozenset(
    {
        *("next", "setattr", "delattr", "heappush", "heappop", "shuffle", "open", "copyfile"),
        *("move", "copy", "save", "dump", "rmtree"),
    }
)
#: Methods that give something new, so that what changes it changes nothing else.
_MAKING_ANEW = frozenset(
    {
        *("copy", "groupby", "agg", "round", "astype", "tolist", "to_dict", "to_numpy", "rename"),
        *("sort_values", "reset_index", "merge", "split", "strip", "lower", "upper", "replace"),
        *("encode", "decode", "join", "format", "mean", "sum", "predict", "predict_proba"),
    }
)
_MAKING = frozenset({"dict", "list", "set", "tuple", "sorted", "str", "int", "float", "len", "sum"})


def find_writes(node: ast.AST, *, is_suspicious: bool) -> frozenset[str]:
    """Give the names from around a piece of code whose objects it may change.

    ``"*"`` stands for whatever it is given as an argument. A class that changes its own objects
    is itself among the names.

    :param is_suspicious: A method that nobody knows is taken to change its object.
    """
    return frozenset(_Writes(node, is_suspicious).find())


class _Writes:
    def __init__(self, node: ast.AST, is_suspicious: bool) -> None:
        self._node = node
        self._is_suspicious = is_suspicious
        self._free = set(free_names(node))
        self._alias = self._find_aliases()

    def find(self) -> set[str]:
        found: set[str] = set()
        making = _find_making(self._node)
        for each in ast.walk(self._node):
            if each in making:
                continue
            match each:
                case ast.Global(names=names) | ast.Nonlocal(names=names):
                    found.update(names)
                case ast.AugAssign(target=ast.Name() as target):
                    found |= self._roots(target)
                case (
                    ast.Attribute(value=owner, ctx=ast.Store() | ast.Del())
                    | ast.Subscript(value=owner, ctx=ast.Store() | ast.Del())
                ):
                    found |= self._roots(owner)
                case ast.Call():
                    found |= self._changed_by(each)
        return found

    def _changed_by(self, call: ast.Call) -> set[str]:
        found: set[str] = set()
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if isinstance(call.func, ast.Attribute):
            known = name in _READING
            if name in _CHANGING:
                found |= self._roots(call.func.value)
            elif self._is_suspicious and not known:
                # By its name a constant is not changed.
                roots = self._roots(call.func.value) - {"*"}
                found |= {each for each in roots if not each.isupper()}
        elif isinstance(call.func, ast.Name):
            name = call.func.id
        if name in _CHANGING_CALLS:
            for each in call.args:
                found |= self._roots(each)
        return found

    def _find_aliases(self) -> dict[str, set[str]]:
        alias: dict[str, set[str]] = {}
        if isinstance(self._node, ast.ClassDef):
            # What changes one of its objects is noted as a change of the class.
            alias = {"self": {self._node.name}, "cls": {self._node.name}}
        for function in ast.walk(self._node):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                arguments = function.args
                for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                    alias.setdefault(each.arg, {"*"})
        self._alias = alias
        # Twice, as a name may be made of one that stands further below in a loop.
        for _ in range(2):
            for target, value in _assignments(self._node):
                roots = self._made_of(value)
                for name in _stored(target):
                    alias.setdefault(name, set()).update(roots)
        return alias

    def _made_of(self, value: ast.AST) -> set[str]:
        match value:
            case ast.Constant() | ast.JoinedStr() | ast.Dict() | ast.List() | ast.Set():
                return set()
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.Compare():
                return set()
            case ast.Call(func=ast.Name(id=name)) if name in _MAKING:
                return set()
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in _MAKING_ANEW:
                return set()
        return self._roots(value)

    def _roots(self, value: ast.AST) -> set[str]:
        found: set[str] = set()
        for each in ast.walk(value):
            if isinstance(each, ast.Name):
                found |= self._alias.get(each.id, set())
                if each.id in self._free and each.id not in self._alias:
                    found.add(each.id)
        return found


def _find_making(node: ast.AST) -> frozenset[ast.AST]:
    """Give what of a class only makes its objects, and changes none that is there."""
    if not isinstance(node, ast.ClassDef):
        return frozenset()
    makers = (
        each
        for each in node.body
        if isinstance(each, ast.FunctionDef) and each.name in ("__init__", "__post_init__")
    )
    return frozenset(
        each
        for maker in makers
        for each in ast.walk(maker)
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "self"
    )


def _assignments(node: ast.AST) -> list[tuple[ast.AST, ast.AST]]:
    found: list[tuple[ast.AST, ast.AST]] = []
    for each in ast.walk(node):
        match each:
            case ast.Assign(targets=targets, value=value):
                found += [(target, value) for target in targets]
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.NamedExpr(target=target, value=value)
                | ast.For(target=target, iter=value)
                | ast.AsyncFor(target=target, iter=value)
                | ast.comprehension(target=target, iter=value)
                | ast.withitem(optional_vars=ast.expr() as target, context_expr=value)
            ):
                found.append((target, value))
    return found


def _stored(target: ast.AST) -> list[str]:
    return [
        each.id
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]
