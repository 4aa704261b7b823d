"""The secrets that stand in code as literals: by the name they are given, or by how they look."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nbflask.exchanges.redaction.secrets import is_literal, is_nothing
from nbflask.values.secret_names import STRONG_WORDS, is_secret_setting, is_strong_name

from .looks import find_named_within, has_secret_look
from .named_values import Named, find_named, reads_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: What makes a secret of a text that is given to it.
_WRAPPERS = frozenset(
    {"fromhex", "SecretStr", "b64decode", "urlsafe_b64decode", "encode", "Fernet", "str", "bytes"}
    | {"strip", "generate_password_hash", "unhexlify"}
)
_GENERATORS = ("token_hex", "token_bytes", "token_urlsafe", "urandom", "uuid4", "hex")
#: Whose a secret is that nobody has named.
_OWNERS = {
    r"gh[pousr]_|github_pat_": "GITHUB_TOKEN",
    r"glpat-": "GITLAB_TOKEN",
    r"xox[abeoprs]-": "SLACK_TOKEN",
    r"[sr]k_(?:live|test)_|whsec_": "STRIPE_KEY",
    r"sk-ant-": "ANTHROPIC_API_KEY",
    r"sk-proj-": "OPENAI_API_KEY",
    r"AIza|ya29": "GOOGLE_API_KEY",
    r"AKIA|ASIA": "AWS_ACCESS_KEY_ID",
    r"hooks\.slack\.com": "SLACK_WEBHOOK_URL",
    r"hf_": "HF_TOKEN",
    r"SG\.": "SENDGRID_API_KEY",
    r"-----BEGIN": "PRIVATE_KEY",
    r"rediss?://": "REDIS_URL",
    r"(?:postgres|mysql|mariadb|mssql|oracle)[\w+]*://": "DATABASE_URL",
    r"\w+://": "SERVICE_URL",
}
#: Before "key" they say that it opens something.
_OF_KEYS = frozenset(
    {"access", "admin", "api", "auth", "encryption", "hmac", "master", "private", "secret"}
    | {"signing", "ssh", "webhook"}
)
_PLAIN_WORD = re.compile(r"[A-Za-z][a-z_ .-]{0,14}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MIN_ODD_CHARS = 16
_PASSWORD_IN_URL = re.compile(r"://[^/?#\s:@]*:([^/?#\s]+)@")


@dataclass(frozen=True, kw_only=True)
class FoundSecret:
    """A secret in a text.

    :param node: What stands for it, and is to be replaced.
    :param name: What it is called, as the name of a variable of the environment.
    :param texts: The literals in it.
    :param is_bytes: The code wants bytes of it.
    :param is_part: The node's text holds more than the secret, and stays around it.
    """

    node: ast.expr
    name: str
    texts: tuple[str, ...]
    is_bytes: bool = False
    is_part: bool = False


def find_secret_values(tree: ast.AST) -> Iterator[FoundSecret]:
    """Find the secrets in a tree, an outer expression before what is in it.

    What has several names is found once, by the first of them.
    """
    seen: set[tuple[ast.expr, tuple[str, ...]]] = set()
    for each in _find(tree):
        if (each.node, each.texts) not in seen:
            seen.add((each.node, each.texts))
            yield each


def _find(tree: ast.AST) -> Iterator[FoundSecret]:
    named: dict[ast.AST, str] = {}
    for each in find_named(tree):
        yield from _of_named(each)
        for inner in ast.walk(each.value):
            named[inner] = each.name or named.get(inner, "")
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts = text_of(node)
            marked = ast.unparse(node)
            if has_secret_look(texts) or has_secret_look(marked):
                yield _found(node, named.get(node) or _owner_of(texts), texts)
        elif isinstance(node, ast.Constant) and (text := text_of(node)):
            yield from _of_text(node, text, named.get(node, ""))


def text_of(node: ast.expr) -> str:
    """Give the text of a literal, ``""`` for what is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(data)):
            return data.decode("utf-8", "backslashreplace")
        case ast.JoinedStr(values=values):
            return "".join(text_of(each) for each in values)
    return ""


def to_variable(name: str) -> str:
    """Write a name as those of the environment are written: ``apiKey`` as ``API_KEY``."""
    divided = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"[^A-Z0-9]+", "_", divided.upper()).strip("_")
    return f"SECRET_{plain}".rstrip("_") if not plain or plain[0].isdigit() else plain


def _of_text(node: ast.expr, text: str, name: str) -> Iterator[FoundSecret]:
    if has_secret_look(text):
        yield _found(node, name or _owner_of(text), text)
        return
    for inner, value in find_named_within(text):
        variable = to_variable(inner or name or "secret")
        yield FoundSecret(node=node, name=variable, texts=(value,), is_part=True)


def _of_named(named: Named) -> Iterator[FoundSecret]:
    if not is_secret_setting(named.name):
        return
    if isinstance(named.value, ast.Call) and "password_hash" in ast.unparse(named.value.func):
        # What is hidden is what it is made of.
        named = replace(named, name=re.sub(r"(?i)_?hash$", "", named.name) or "password")
    if to_variable(named.name) == "SECRET_KEY" and is_generated(named.value):
        yield FoundSecret(node=named.value, name="SECRET_KEY", texts=())
        return
    yield from _of_value(named, named.value)


def _of_value(named: Named, value: ast.expr) -> Iterator[FoundSecret]:
    if isinstance(value, (ast.Constant, ast.JoinedStr)):
        text = text_of(value)
        is_made = any(isinstance(each, ast.FormattedValue) for each in ast.walk(value))
        if is_made and not _is_odd(text):
            return
        if text and _is_secret(named, text):
            yield _found(value, named.name, text)
    elif isinstance(value, ast.Dict):
        for key, each in zip(value.keys, value.values, strict=True):
            inner = str(key.value) if isinstance(key, ast.Constant) else ""
            yield from _of_value(Named(name=f"{inner}_{named.name}", value=each), each)
    elif reads_environment(value):
        texts = tuple(filter(None, map(text_of, value.args[1:])))  # type: ignore[attr-defined]
        if any(_is_secret(named, each) for each in texts):
            yield FoundSecret(node=value, name=to_variable(named.name), texts=texts)
    else:
        found = [each for part in _parts_of(value) for each in _of_value(named, part)]
        yield from _of_fallback(value, found) or found


def _parts_of(value: ast.expr) -> Iterable[ast.expr]:
    """Give the parts that a secret may be made of."""
    match value:
        case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            return parts
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [left, right]
        case ast.Set(elts=parts) | ast.Call(func=ast.Name(), args=parts) if _wraps(value):
            return parts
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.Call(func=ast.Attribute(value=owner), args=parts) if _wraps(value):
            return [owner, *parts]
    return []


def _wraps(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return True
    return ast.unparse(value.func).rpartition(".")[2] in _WRAPPERS


def _of_fallback(value: ast.expr, found: list[FoundSecret]) -> list[FoundSecret]:
    """Give the whole of a variable that is read with a secret for when it is not set."""
    match value:
        case ast.BoolOp(values=[ast.Call(args=[ast.Constant(value=name), *_]) as first, *_]) if (
            found and reads_environment(first)
        ):
            texts = tuple(text for each in found for text in each.texts)
            return [FoundSecret(node=value, name=to_variable(str(name)), texts=texts)]
    return []


def _found(node: ast.expr, name: str, text: str) -> FoundSecret:
    is_bytes = isinstance(node, ast.Constant) and isinstance(node.value, bytes)
    passwords = (found[1] for found in _PASSWORD_IN_URL.finditer(text))
    return FoundSecret(
        node=node, name=to_variable(name), texts=(text, *passwords), is_bytes=is_bytes
    )


def _owner_of(text: str) -> str:
    return next((name for start, name in _OWNERS.items() if re.search(start, text)), "SECRET")


def _is_secret(named: Named, text: str) -> bool:
    """Say whether a text under a secret's name is one, and no label, column or message."""
    if is_nothing(text) or not text.strip():
        return False
    words = [each.lower() for each in _WORD.findall(named.name)]
    has_space = any(each.isspace() for each in text)
    if _is_odd(text):
        return True
    if named.is_setting and (named.name.isupper() or named.name == "secret_key"):
        return not has_space or words[-1:] == [] or words[-1] in STRONG_WORDS
    if not is_literal(text) or not any(map(str.isalnum, text)):
        return False
    if has_space and not (named.is_setting and words[-1] in STRONG_WORDS):
        return False
    # "key" and "pass" alone are names of anything.
    is_strong = is_strong_name(named.name) or bool(_OF_KEYS & set(words[:-1]))
    return is_strong or not _PLAIN_WORD.fullmatch(text)


def _is_odd(text: str) -> bool:
    has_space = any(each.isspace() for each in text)
    return not has_space and len(text) >= _MIN_ODD_CHARS and any(map(str.isdigit, text))


def is_generated(value: ast.expr) -> bool:
    """Say whether a value is made by chance, as secrets are."""
    calls = (ast.unparse(each.func) for each in ast.walk(value) if isinstance(each, ast.Call))
    return any(each.rpartition(".")[2] in _GENERATORS for each in calls)
