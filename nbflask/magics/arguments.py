"""How a magic takes its options: IPython hands over a line, the method gets what it means.

A magic is written as::

    @line_magic
    @arguments(
        argument("path", metavar="PATH", completes="rules", help="what to ask for"),
        argument("--follow", action="store_true", help="follow redirects"),
        example="%flask_get /hello/Ada",
    )
    def flask_get(self, options: Namespace) -> object:
        \"\"\"Send a GET request to the app.\"\"\"

A cell magic takes the cell's text after the options. ``verbatim="filter"`` gives the line without
its options as it is written: what has a language of its own is not divided into words. What is
also read without running it stands in :mod:`nbflask.values.lines`, and is given as it is:
``@arguments(ROUTE)``.

A faulty line is raised as :class:`~nbflask.errors.OptionError`: IPython's ``UsageError`` would be
printed, the cell would count as passed, and nbval's lax mode would not see it.
"""

from __future__ import annotations

import functools
import inspect
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from IPython.core.magic import no_var_expand
from IPython.core.magic_arguments import MagicHelpFormatter

from nbflask.values.lines import (
    Argument,
    LineParser,
    MagicLine,
    argument,
    json_object,
    one_of,
    pixels,
    port_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = [
    "Argument",
    "LineParser",
    "Namespace",
    "argument",
    "arguments",
    "json_object",
    "one_of",
    "parser_of",
    "pixels",
    "port_number",
]


def arguments(
    *declared: Argument | MagicLine, example: str = "", verbatim: str = ""
) -> Callable[[Callable[..., Any]], Any]:
    """Make a method of a ``Magics`` class take parsed options in place of its line.

    :param declared: The arguments, or a line that holds them and the rest.
    :param example: A line that can be copied.

    The line reaches it as it was written: IPython expands no ``{x}`` or ``$x`` in it, since a
    rule or a JSON text is full of braces.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        line = _build_line(function, declared, example, verbatim)
        description = inspect.getdoc(function) or ""
        parser = LineParser(line, description=description, formatter=MagicHelpFormatter)

        @functools.wraps(function)
        def run(self: Any, line: str, *cell: str) -> Any:
            try:
                return function(self, parser.parse_line(line), *cell)
            except (Exception, KeyboardInterrupt) as fault:
                fault.__traceback__ = _beyond_us(fault.__traceback__)
                raise

        run.__doc__ = parser.format_help()
        run.nbflask_parser = parser  # type: ignore[attr-defined]
        return no_var_expand(run)

    return decorate


def _build_line(
    function: Callable[..., Any],
    declared: tuple[Argument | MagicLine, ...],
    example: str,
    verbatim: str,
) -> MagicLine:
    """Give the line of a magic, whose name is its method's."""
    match declared:
        case (MagicLine() as line,):
            return line
    cell = inspect.signature(function).parameters.get("cell")
    needs_cell = cell is not None and cell.default is inspect.Parameter.empty
    name = function.__name__.removeprefix("magic_")
    own = tuple(each for each in declared if isinstance(each, Argument))
    return MagicLine(f"{'%%' if needs_cell else '%'}{name}", own, example, verbatim)


def _beyond_us(traceback: TracebackType | None) -> TracebackType | None:
    """Leave out the way through this package, where it only led to the cell's own code.

    A fault that is ours keeps its whole traceback.
    """
    package = __name__.partition(".")[0]
    beyond = traceback
    while beyond is not None:
        if beyond.tb_frame.f_globals.get("__name__", "").partition(".")[0] != package:
            return beyond
        beyond = beyond.tb_next
    return traceback


def parser_of(magic: Callable[..., Any]) -> LineParser | None:
    """Give the parser of a magic that :func:`arguments` made."""
    parser = getattr(magic, "nbflask_parser", None)
    return parser if isinstance(parser, LineParser) else None
