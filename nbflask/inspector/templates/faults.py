"""What is wrong with a template: where, in which words, and with the source around it.

Jinja rewrites a traceback so that it names files; templates of cells are in none. So the
frames are looked at before: the innermost of a template says which one it is, and in which line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError

from .blame import find_line
from .sentences import say
from .tags import find_open, find_tag, read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from jinja2 import Environment, Template

    from .reading import Reading

_UNCLOSED = re.compile(r"^Unexpected end of template.* needs to be closed is '(?P<tag>\w+)'")
# Enough to see the tag and what it stands in.
LINES_AROUND = 3


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line of a template that led to another one."""

    template: str
    line: int

    def __str__(self) -> str:
        """Say where."""
        return f"{self.template!r}, line {self.line}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a template's source.

    :param is_marked: Whether the fault is in it.
    """

    number: int
    text: str
    is_marked: bool


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a template does not render.

    :param template: Where the fault is; ``""`` for what is no template's.
    :param line: Of the fault itself; ``None`` where there is none.
    :param last_line: Of the tag that it is in, included.
    :param error: The exception, as its class and message.
    :param sentence: What that means, and what to do.
    :param trail: The lines that led there, the outermost first.
    :param function: The Python function that failed; ``""`` if none did.
    """

    template: str
    line: int | None
    last_line: int | None
    error: str
    sentence: str
    excerpt: tuple[Line, ...] = ()
    trail: tuple[Step, ...] = ()
    function: str = ""

    def __str__(self) -> str:
        """Say where, what and how, with the source below."""
        where = f"{self.template!r}, line {self.line}: " if self.line is not None else ""
        lines = [f"{where}{self.sentence}"]
        lines += [f"  from {step}" for step in self.trail]
        width = max((len(str(each.number)) for each in self.excerpt), default=0)
        for each in self.excerpt:
            arrow = "->" if each.is_marked else "  "
            lines.append(f"{arrow} {each.number:>{width}}  {each.text}".rstrip())
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A template's source, and what was read of it."""

    source: str
    reading: Reading


def build_fault(
    error: BaseException,
    environment: Environment,
    find: Callable[[str], Text | None] = lambda _name: None,
) -> Fault:
    """Say what an exception that a template raised means.

    :param find: Gives the source of a template by its name; a syntax error may have its own.
    """
    steps = list(dict.fromkeys(_steps(error.__traceback__)))
    if isinstance(error, TemplateSyntaxError):
        # The template that is at fault never ran: all steps led to it.
        return _syntax_fault(error, tuple(steps), environment, find(error.name or ""))
    if steps:
        *before, at = steps
        trail = tuple(before)
    else:
        return Fault(
            template="",
            line=None,
            last_line=None,
            error=_name(error),
            sentence=say(error, environment, _function(error.__traceback__)),
        )
    return _fault_at(at, trail, error, environment, find(at.template))


def _syntax_fault(
    error: TemplateSyntaxError,
    trail: tuple[Step, ...],
    environment: Environment,
    text: Text | None,
) -> Fault:
    source = text.source if text is not None else error.source or ""
    line = error.lineno
    sentence = say(error, environment)
    unclosed = _UNCLOSED.search(str(error.message))
    word = unclosed["tag"] if unclosed is not None else ""
    tag = find_open(read_tags(environment, source), word)
    if tag is not None:
        # Jinja names the end of the template; what is to be mended is further up.
        line = tag.first_line
        sentence = f"This `{{% {word} %}}` is not closed. Write `{{% end{word} %}}` where it ends."
    return Fault(
        template=error.name or "",
        line=line,
        last_line=line,
        error=_name(error),
        sentence=sentence,
        excerpt=excerpt(source, line, range(line, line + 1)),
        trail=trail,
    )


def _fault_at(
    at: Step,
    trail: tuple[Step, ...],
    error: BaseException,
    environment: Environment,
    text: Text | None,
) -> Fault:
    source = text.source if text is not None else getattr(error, "source", None) or ""
    tag = find_tag(text.reading.tags, at.line) if text is not None else None
    first = tag.first_line if tag is not None else at.line
    last = max(tag.last_line if tag is not None else at.line, at.line)
    # The compiled code knows the tag alone.
    lines = range(first, last + 1)
    blamed = find_line(error, environment, source, lines) if last > first else None
    line = blamed or at.line
    marked = range(first, last + 1) if blamed is None else range(blamed, blamed + 1)
    function = _function(error.__traceback__)
    return Fault(
        template=at.template,
        line=line,
        last_line=last,
        error=_name(error),
        sentence=say(error, environment, function),
        excerpt=excerpt(source, line, marked),
        trail=trail,
        function=function,
    )


def excerpt(source: str, line: int, marked: range) -> tuple[Line, ...]:
    """Give the lines around a line."""
    lines = source.splitlines()
    first = max(1, min(line, marked.start) - LINES_AROUND)
    last = min(len(lines), max(line, marked.stop - 1) + LINES_AROUND)
    return tuple(
        Line(number=number, text=lines[number - 1], is_marked=number in marked)
        for number in range(first, last + 1)
    )


def template_of(globals_: dict[str, object]) -> Template | None:
    """Give the template whose compiled code a frame runs, if it does."""
    # What Jinja itself puts into the namespace of each; not documented, since 2.x.
    return globals_.get("__jinja_template__")  # type: ignore[return-value]


def _steps(traceback: TracebackType | None) -> Iterator[Step]:
    while traceback is not None:
        template = template_of(traceback.tb_frame.f_globals)
        if template is not None:
            line = template.get_corresponding_lineno(traceback.tb_lineno)
            yield Step(template=template.name or "", line=line)
        traceback = traceback.tb_next


def _function(traceback: TracebackType | None) -> str:
    """Give the innermost function of Python's below the templates; not Jinja's own."""
    found = ""
    while traceback is not None:
        frame = traceback.tb_frame
        module = str(frame.f_globals.get("__name__", ""))
        if template_of(frame.f_globals) is not None:
            found = ""
        elif module.partition(".")[0] not in ("jinja2", "markupsafe", "nbflask"):
            found = frame.f_code.co_qualname.rpartition("<locals>.")[2]
        traceback = traceback.tb_next
    return found


def _name(error: BaseException) -> str:
    message = str(error.message) if isinstance(error, TemplateSyntaxError) else str(error)
    return f"{type(error).__name__}: {message}".removesuffix(": ")
