"""The templates of an exchange, with what they were given."""

from __future__ import annotations

from time import perf_counter_ns, thread_time_ns
from typing import TYPE_CHECKING, Any

from .snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template

    from .trace import Trace

#: What Flask gives to every template.
_FLASKS_OWN = frozenset({"g", "request", "session"})


class Render:
    """One template that is or was rendered.

    :param variables: Each name with its class, its copy and whether that is all of it.
    """

    __slots__ = (
        "end_ns",
        "error",
        "file",
        "key",
        "name",
        "start_ns",
        "variable_count",
        "variables",
    )

    def __init__(self, template: Template, context: Mapping[str, Any]) -> None:
        self.name = template.name
        # "<template>" is what comes from a string, "<template NAME>" what a cell declares.
        file = template.filename or ""
        self.file = "" if file.startswith("<template") else file
        #: Flask gives the same dict when it is done.
        self.key = id(context)
        self.variables: list[tuple[str, type, Any, bool]] = []
        self.variable_count = 0
        self.error = ""
        self.end_ns: int | None = None
        self.start_ns = perf_counter_ns()


def begin_render(trace: Trace, template: Template, context: Mapping[str, Any]) -> None:
    """Note that a template is going to be rendered."""
    began_ns = perf_counter_ns()
    bounds = trace.tape.bounds
    if len(trace.renders) >= bounds.templates:
        trace.omit("templates")
        return
    render = Render(template, context)
    own = {name: value for name, value in context.items() if name not in _FLASKS_OWN}
    render.variable_count = len(own)
    # With g, which holds what hooks found; and behind it come the names of context processors.
    kept = {name: value for name, value in context.items() if name not in ("request", "session")}
    trace.tape.keepsakes.keep_context(template.name, kept)
    if not trace.is_private:
        _copy_variables(trace, render, own, began_ns)
    trace.append("renders", render)
    render.start_ns = now = perf_counter_ns()
    trace.overhead_ns += now - began_ns


def _copy_variables(trace: Trace, render: Render, context: dict[str, Any], began_ns: int) -> None:
    bounds, limits = trace.tape.bounds, trace.tape.summary_limits
    budget_ns = bounds.summary_us * 1000 - trace.summary_ns
    began_cpu_ns = thread_time_ns()
    for name, value in context.items():
        if len(render.variables) >= bounds.variables:
            break
        # Other threads' work is not this one's, but to ask for its own time is a system call.
        is_late = perf_counter_ns() - began_ns > budget_ns
        if is_late and thread_time_ns() - began_cpu_ns > budget_ns:
            break
        copied, is_exact = snapshot(value, limits)
        render.variables.append((name, type(value), copied, is_exact))
    trace.summary_ns += thread_time_ns() - began_cpu_ns


def end_render(trace: Trace, context: Mapping[str, Any]) -> None:
    """Note that a template was rendered."""
    now = perf_counter_ns()
    key = id(context)
    for render in reversed(trace.renders):
        if render.key == key and render.end_ns is None:
            render.end_ns = now
            return


def break_off_renders(trace: Trace, error: BaseException) -> None:
    """Note that an exception ended the templates that were being rendered."""
    for render in trace.renders:
        if render.end_ns is None:
            render.end_ns = perf_counter_ns()
            render.error = type(error).__name__
