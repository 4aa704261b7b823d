"""The page that greets whoever opens a project: what it is, how to run it, what it answers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..data_folder import VARIABLE
from ..layout import write_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..rules import DeclaredRule
    from ..variables import Prefix
    from .commands import Command

# More rows are looked up by `flask routes`.
_MAX_ROUTES = 60
# More of them fill a line, and are kept in a file.
_MAX_VARIABLES = 3
_NEW_KEY = 'python -c "import secrets; print(secrets.token_hex(32))"'


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a README tells.

    :param title: In a line; ``""`` for none.
    :param summary: A paragraph of Markdown, or ``""``.
    :param environment: Names of the variables that the project cannot do without.
    :param made_up: Names of those in whose place each process makes up a value.
    :param optional: Names of those that it reads if they are there.
    :param signed_with: The word in the code that signs sessions if no configuration has another.
    :param prefixes: What the names of those begin with that it takes as settings.
    :param has_tests: There is a folder of tests.
    :param has_data: The app keeps data in its instance folder, or where a variable says.
    :param databases: Files in whatever folder the app is started from.
    :param workers: How many processes serve it: 1 where a second one would be another app.
    """

    name: str
    title: str
    summary: str = ""
    environment: tuple[str, ...] = ()
    made_up: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    signed_with: str = ""
    prefixes: tuple[Prefix, ...] = ()
    routes: tuple[DeclaredRule, ...] = ()
    commands: tuple[Command, ...] = ()
    has_tests: bool = False
    has_data: bool = False
    databases: tuple[str, ...] = ()
    workers: int = 2

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of the variables that whoever runs the project gives it."""
        return (*self.environment, *self.made_up)


def write_readme(facts: Facts) -> str:
    """Write the README in Markdown."""
    return "\n\n".join(_sections(facts))


def _sections(facts: Facts) -> Iterator[str]:
    yield f"# {facts.title or write_name(facts.name)}"
    if facts.summary:
        yield facts.summary
    yield "## Run it"
    yield f"With Python {sys.version_info.major}.{sys.version_info.minor}:"
    yield _console(
        "python -m venv .venv",
        ". .venv/bin/activate",
        "pip install -r requirements.txt",
        *_exports(facts),
        "flask --app wsgi run --debug",
    )
    yield "The app is then at <http://127.0.0.1:5000>."
    yield from _describe_variables(facts)
    if facts.commands:
        yield "The app has commands of its own:"
        yield _console(*map(_write_command, facts.commands))
    if facts.has_tests:
        yield "## Test it"
        yield _console("pip install -r requirements-dev.txt", "pytest")
    yield "## Serve it"
    yield from _describe_serving(facts)
    if facts.routes:
        yield "## Routes"
        yield _table(facts.routes)


def _describe_serving(facts: Facts) -> Iterator[str]:
    """Say how the app is served, and in a container."""
    yield _console(f"gunicorn --bind 0.0.0.0:8000 --workers {facts.workers} --threads 8 wsgi:app")
    if facts.workers == 1:
        yield (
            "Run one worker: requests share what the app keeps in its process, and a second one "
            "would have its own."
        )
    yield "Or in a container:"
    image = _image(facts.name)
    variables = "".join(f" -e {name}" for name in facts.wanted)
    if len(facts.wanted) > _MAX_VARIABLES:
        variables = " --env-file .env"
    volume = f" -v {image}-data:/home/app/instance" if facts.has_data else ""
    yield _console(
        f"docker build -t {image} .", f"docker run -p 8000:8000{variables}{volume} {image}"
    )
    if facts.databases:
        mounted = " ".join(f'-v "$PWD/{each}:/home/app/{each}"' for each in facts.databases)
        yield (
            f"What it stores goes with the container. A file that is there is mounted: `{mounted}`."
        )


def _describe_variables(facts: Facts) -> Iterator[str]:
    """Say what the app reads from the environment, and where it keeps its data."""
    if facts.wanted:
        yield " ".join(_describe_wanted(facts))
    if facts.signed_with:
        yield (
            f"Sessions are signed with `{facts.signed_with}` until a configuration gives another "
            "`SECRET_KEY`: whoever knows the word can forge them."
        )
    if facts.optional:
        they = "they are" if len(facts.optional) > 1 else "it is"
        yield f"The app also reads {_enumerate(facts.optional)} if {they} set."
    if facts.has_data:
        elsewhere = (
            f", or in the folder that `{VARIABLE}` names" if VARIABLE in facts.optional else ""
        )
        yield f"Its data are in `instance/`{elsewhere}."
    if facts.databases:
        names = _enumerate(facts.databases)
        yield f"Its data are in {names}, in the folder that the app is started from."
    yield from map(_describe_prefix, facts.prefixes)


def _describe_prefix(prefix: Prefix) -> str:
    named = f"Variables that begin with `{prefix.text}_`"
    if not prefix.setting:
        return f"{named} are read as settings, by the rest of their names."
    setting = prefix.setting
    return f"{named} override settings: `{prefix.text}_{setting}` is `{setting}`."


def _console(*lines: str) -> str:
    return "\n".join(["```console", *(f"$ {line}" for line in lines), "```"])


def _write_command(command: Command) -> str:
    purpose = f"  # {command.purpose}" if command.purpose else ""
    return f"flask --app wsgi {command.line}{purpose}"


def _exports(facts: Facts) -> Iterator[str]:
    for name in facts.wanted:
        yield f"export {name}=$({_NEW_KEY})" if name == "SECRET_KEY" else f"export {name}=..."


def _describe_wanted(facts: Facts) -> Iterator[str]:
    is_key_alone = facts.wanted == ("SECRET_KEY",)
    if "SECRET_KEY" in facts.environment:
        yield "`SECRET_KEY` signs the session cookie."
    if facts.environment and not is_key_alone:
        yield (
            f"The app reads {_enumerate(facts.environment)} from the environment, and does not "
            "start without."
        )
    if facts.made_up:
        yield (
            f"Without {_enumerate(facts.made_up)} each process makes up a value, which nobody "
            "else knows."
        )
    them, same = ("the values", "ones") if len(facts.wanted) > 1 else ("the value", "one")
    yield (
        f"Keep {'it' if is_key_alone else them} out of version control, and give all processes "
        f"that serve the app the same {same}."
    )


def _enumerate(names: tuple[str, ...]) -> str:
    *first, last = (f"`{each}`" for each in names)
    return f"{', '.join(first)} and {last}" if first else last


def _image(name: str) -> str:
    """Give a name that Docker takes."""
    letters = "".join(each if each.isascii() and each.isalnum() else "-" for each in name.lower())
    return "-".join(filter(None, letters.split("-"))) or "app"


def _table(routes: tuple[DeclaredRule, ...]) -> str:
    has_purpose = any(each.purpose for each in routes)
    rows = [("Rule", "Methods", "Endpoint", *(["What it does"] if has_purpose else []))]
    rows.append(("---",) * len(rows[0]))
    rows += [
        (
            f"`{_cell(each.rule)}`",
            ", ".join(each.methods),
            f"`{_cell(each.endpoint)}`",
            *([_cell(each.purpose)] if has_purpose else []),
        )
        for each in routes[:_MAX_ROUTES]
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if len(routes) > _MAX_ROUTES:
        lines += ["", f"`flask --app wsgi routes` lists the other {len(routes) - _MAX_ROUTES}."]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
