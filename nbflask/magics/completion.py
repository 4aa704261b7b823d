"""What Tab offers on a magic's line: its options, and the names that the notebook knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from nbflask.exchanges.filters import completions
from nbflask.inspector.matching import read_facts
from nbflask.magics import magic_classes
from nbflask.magics.arguments import LineParser, parser_of
from nbflask.values.lines import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.notebook import Notebook

_IDENTIFIER = "nbflask"


def _rules(notebook: Notebook) -> Iterable[str]:
    return (rule.rule for rule in notebook.resolve()[1].url_map.iter_rules())


def _endpoints(notebook: Notebook) -> Iterable[str]:
    return notebook.resolve()[1].view_functions


def _templates(notebook: Notebook) -> Iterable[str]:
    return notebook.resolve()[1].jinja_env.list_templates()


def _static(notebook: Notebook) -> Iterable[str]:
    return getattr(notebook.resolve()[1], "static_files", ())


def _blueprints(notebook: Notebook) -> Iterable[str]:
    return notebook.blueprints()


def _exchanges(notebook: Notebook) -> Iterable[str]:
    return (str(each.id) for each in notebook.recorder().exchanges())


def _config_keys(notebook: Notebook) -> Iterable[str]:
    return (f"{key}=" for key in notebook.resolve()[1].config)


#: By the word that ``argument(completes=...)`` names.
SOURCES: dict[str, Callable[[Notebook], Iterable[str]]] = {
    "apps": lambda notebook: notebook.apps.by_name(),
    "rules": _rules,
    "endpoints": _endpoints,
    "templates": _templates,
    "static": _static,
    "blueprints": _blueprints,
    "config": _config_keys,
    "exchanges": _exchanges,
    "methods": lambda _notebook: METHODS,
    "errors": lambda _notebook: ("400", "401", "403", "404", "405", "413", "429", "500"),
}


def install(shell: InteractiveShell, notebook: Notebook) -> None:
    """Offer completions on the lines of all our magics, and there only ours.

    A matcher of IPython's second kind is used: with a hook Jedi would add all Python names.
    """
    parsers = dict(_parsers())

    @context_matcher(identifier=_IDENTIFIER)
    def complete(context: CompletionContext) -> SimpleMatcherResult:
        line = context.text_until_cursor.lstrip()
        command, space, _rest = line.partition(" ")
        parser = parsers.get(command) if space else None
        found = [] if parser is None else offer(notebook, parser, line, context.token)
        return SimpleMatcherResult(
            completions=[SimpleCompletion(text=each, type="param") for each in found],
            suppress=bool(found),
            ordered=True,
        )

    shell.Completer.custom_matchers.append(complete)


def uninstall(shell: InteractiveShell) -> None:
    """Offer nothing any more. May be called twice."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [
        each for each in matchers if getattr(each, "matcher_identifier", "") != _IDENTIFIER
    ]


def offer(notebook: Notebook, parser: LineParser, line: str, symbol: str) -> list[str]:
    """Give what can stand at the end of a line.

    :param line: The line up to the cursor, with the magic.
    :param symbol: What IPython takes for the last word; its words end at ``<``, ``=`` and more.
    :returns: Texts that replace the symbol.
    """
    words = line.split()[1:]
    word = words.pop() if words and not line[-1].isspace() else ""
    kept = word[: len(word) - len(symbol)] if word.endswith(symbol) else ""
    found = sorted(set(_candidates(notebook, parser, words, word)))
    return [each[len(kept) :] for each in found if each.startswith(word)]


def _candidates(
    notebook: Notebook, parser: LineParser, before: list[str], word: str
) -> Iterable[str]:
    by_option = {name: each for each in parser.declared if each.is_option for name in each.names}
    last = by_option.get(before[-1]) if before else None
    if last is not None and last.takes_value:
        return _names(notebook, last.completes)
    options = [name for name in by_option if name not in before]
    if parser.verbatim and not word.startswith("--"):
        return [*_filters(notebook, parser, before, word), *(options if not word else ())]
    if word.startswith("-"):
        return options
    positional = [each for each in parser.declared if not each.is_option]
    values = [
        each
        for at, each in enumerate(before)
        if not each.startswith("-")
        and not (at and before[at - 1] in by_option and by_option[before[at - 1]].takes_value)
    ]
    at = min(len(values), len(positional) - 1)
    names = _names(notebook, positional[at].completes) if positional else ()
    return [*names, *(options if not word else ())]


def _filters(notebook: Notebook, parser: LineParser, before: list[str], word: str) -> Iterable[str]:
    """Give what the last word of a filter can become."""
    options, text = parser.divide(" ".join([*before, word]))
    try:
        app = parser.parse_line(options).app
        facts = read_facts(notebook.recorder(app))
    except Exception:  # noqa: BLE001 - a Tab must never show a traceback, whatever an app does.
        facts = []
    head = len(text) - len(word)
    return [each[head:] for each in completions(facts, text, len(text))]


def _names(notebook: Notebook, source: str) -> Iterable[str]:
    if source not in SOURCES:
        return ()
    try:
        return tuple(SOURCES[source](notebook))
    except Exception:  # noqa: BLE001 - a Tab must never show a traceback, whatever an app does.
        return ()


def _parsers() -> list[tuple[str, LineParser]]:
    found = []
    for each in magic_classes():
        for kind, names in each.magics.items():
            mark = "%%" if kind == "cell" else "%"
            for name, method in names.items():
                function = method if callable(method) else getattr(each, method)
                parser = parser_of(function)
                if parser is not None:
                    found.append((f"{mark}{name}", parser))
    return found
