"""A notebook's steps become the pieces of one app's module, and the files beside it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nbflask.errors import NotebookError
from nbflask.values.words import did_you_mean

from .functions import write_function
from .hook_names import name_hook
from .made_apps import find_made_apps
from .names import BUILTINS, flask_names
from .ordering import in_order
from .own_modules import OwnModules
from .own_settings import name_own_settings
from .program import Piece, name_pieces, needed, with_keys
from .prose import find_sections, find_summary, find_title
from .registering import with_redefined_apart
from .replacing import latest
from .rivals import settle_rivals
from .set_variables import default_variables
from .statements import parse_statements
from .steps import Ask, Code, Configure, Declare, Keep, MakeApp, Part, Place, Refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .notebooks import SourceNotebook
    from .own_modules import OwnModule
    from .statements import Statement
    from .steps import Step


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a notebook comes to, for one of its apps.

    :param name: The notebook's, without its ending.
    :param app: The app's variable.
    :param pieces: The module's statements in order, imports too.
    :param imports: Further imports, as statements.
    :param files: Templates and static files, each name once.
    :param asks: Requests to the app, in order.
    :param left: What stays in the notebook, though an app might want it.
    :param summary: The first paragraph below the title, in Markdown; ``""`` for none.
    :param environment: Names of the variables that the project reads, ``"SECRET_KEY"`` first.
    :param modules: Those that the notebook holds in cells of their own.
    :param others: The variables of its other apps, which are not exported.
    :param root: The folder in which the app looks for its files, below the project's.
    """

    title: str
    app: str
    pieces: tuple[Piece, ...]
    imports: tuple[str, ...]
    files: tuple[Keep, ...]
    asks: tuple[Ask, ...]
    left: tuple[Refuse, ...]
    summary: str = ""
    environment: tuple[str, ...] = ()
    modules: tuple[OwnModule, ...] = ()
    root: str = ""
    others: tuple[str, ...] = ()
    name: str = ""


def build_program(
    notebook: SourceNotebook, steps: Sequence[Step], app: str | None = None
) -> Program:
    """Find what an app of a notebook is made of.

    :param app: The app's variable; by default ``app``, else the one that was current at the end.
    :raises NotebookError: The notebook has no app, or none of that name.
    """
    collected = _Collector(headings=find_sections(notebook))
    for step in steps:
        collected.take(step)
    chosen = _choose(collected, app, notebook.file or notebook.name)
    kept, imports = _select(collected, chosen, frozenset(collected.apps))
    # An app that is mounted comes along. A view may be named as one that does not.
    along = frozenset(collected.apps) & (name_pieces(kept, frozenset()) | {chosen})
    kept, imports = _select(collected, chosen, along)
    return Program(
        name=notebook.name,
        title=find_title(notebook),
        app=chosen,
        pieces=kept,
        imports=imports,
        files=tuple({(each.folder, each.name): each for each in collected.files(along)}.values()),
        asks=tuple(each for each in collected.asks if (each.app or chosen) == chosen),
        left=tuple(each for each in steps if isinstance(each, Refuse)),
        summary=find_summary(notebook),
        modules=collected.own.write(notebook),
        root=collected.roots.get(chosen, ""),
        others=tuple(
            each for each in collected.apps if each not in along and not collected.is_idle(each)
        ),
    )


def _select(
    collected: _Collector, app: str, along: frozenset[str]
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Give the pieces that an app needs, in order, and what written functions import.

    :param along: The apps that may be in the module, this one among them.
    """
    pieces, imports = collected.write_pieces(along)
    others = frozenset(collected.apps) - {app}
    kept = needed(latest(pieces), app, others)
    # What only looked at the data kept what was replaced since.
    ordered = in_order(needed(latest(kept), app, others), app)
    return with_redefined_apart(settle_rivals(ordered)), imports


@dataclass
class _Collector:
    """Takes steps in order, and notes which app each is about.

    :param headings: The heading that each cell stands under, by the cell's number.
    :param apps: The variables of apps, in the order in which they were made.
    """

    headings: dict[int, str]
    apps: list[str] = field(default_factory=list)
    current: str = ""
    order: list[tuple[str, Step]] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    makers: set[str] = field(default_factory=set)
    own: OwnModules = field(default_factory=OwnModules)
    roots: dict[str, str] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        match step:
            case MakeApp():
                self._take_app(step)
            case Part():
                self.own.take(step)
            case Code():
                self._take_code(step)
            case Declare() | Keep() | Configure():
                self.order.append((step.app or self.current, step))
            case Ask():
                # It is about the app that is current when it is sent.
                self.asks.append(replace(step, app=step.app or self.current))

    def _take_app(self, step: MakeApp) -> None:
        if step.is_default and self.apps:
            return
        if step.name not in self.apps:
            self.order.append((step.name, step))
        self._make(step.name)

    def _take_code(self, step: Code) -> None:
        node = step.statement.node
        imported = self.own.imported_apps(node, self.makers)
        for name in (*find_made_apps(node, self.makers), *imported):
            # What %load_ext made under the name is another app, and gone.
            self.order = [each for each in self.order if not _makes_default(each[1], name)]
            self.roots[name] = "" if _calls_flask(node) else self.own.root
            self._make(name)
        self.order.append((self.current, step))

    def is_idle(self, name: str) -> bool:
        """Whether an app is there by loading the extension alone, and nothing is said of it."""
        said = [step for owner, step in self.order if owner == name and not isinstance(step, Code)]
        used = {
            each for _, step in self.order if isinstance(step, Code) for each in step.statement.uses
        }
        asked = {each.app for each in self.asks}
        return [_makes_default(each, name) for each in said] == [True] and name not in used | asked

    def _make(self, name: str) -> None:
        if name not in self.apps:
            self.apps.append(name)
        self.current = name

    def files(self, along: frozenset[str]) -> Iterable[Keep]:
        return (step for owner, step in self.order if owner in along and isinstance(step, Keep))

    def write_pieces(self, along: frozenset[str]) -> tuple[list[Piece], tuple[str, ...]]:
        """Write each step of these apps; a view's name is one that nothing else has."""
        gone = frozenset(self.apps) - along
        taken = set(name_pieces(list(self._write_code()), BUILTINS | flask_names()) - gone) | along
        code = self._write_code()
        pieces: list[Piece] = []
        imports: list[str] = []
        # A view that is declared again keeps the name that it was given.
        names: dict[tuple[str, str, str], str] = {}
        for owner, step in self.order:
            if isinstance(step, Code):
                pieces.append(next(code))
            elif owner in along and isinstance(step, Declare):
                view = (owner, step.blueprint, _endpoint_of(step))
                name = names.get(view, "") if step.kind == "route" else ""
                name = name or _free_name(step, taken)
                names[view] = name
                taken.add(name)
                written = write_function(step, step.blueprint or owner, name)
                imports += written.imports
                pieces += self._pieces(step.place, written.text, is_declared=step.body.is_body)
            elif owner in along and isinstance(step, (MakeApp, Configure)):
                pieces += self._pieces(step.place, _write_step(step, owner))
        return pieces, tuple(imports)

    def _write_code(self) -> Iterator[Piece]:
        """Give the statements of plain cells."""
        settings: dict[str, None] = {}
        for _, step in self.order:
            if isinstance(step, Code):
                statement = name_own_settings(default_variables(step.statement), settings)
                settings |= dict.fromkeys(sorted(statement.binds))
                yield self._piece(step.place, statement)

    def _pieces(self, place: Place, text: str, *, is_declared: bool = False) -> list[Piece]:
        statements = parse_statements(text)
        return [self._piece(place, each, is_declared=is_declared) for each in statements]

    def _piece(self, place: Place, statement: Statement, *, is_declared: bool = False) -> Piece:
        heading = self.headings.get(place.cell.number, "")
        piece = Piece(
            statement=statement,
            place=place,
            heading=heading,
            is_declared=is_declared,
        )
        return with_keys(piece)


def _makes_default(step: Step, name: str) -> bool:
    return isinstance(step, MakeApp) and step.is_default and step.name == name


def _calls_flask(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Flask"


def _choose(collected: _Collector, app: str | None, notebook: str) -> str:
    if app is not None:
        if app in collected.apps:
            return app
        offer = did_you_mean(app, collected.apps)
        raise NotebookError(f"The notebook {notebook!r} has no app {app!r}.{offer}")
    if not collected.apps:
        raise NotebookError(
            f"The notebook {notebook!r} makes no Flask app: it has neither `%load_ext nbflask` nor "
            "`app = Flask(__name__)`."
        )
    is_there = "app" in collected.apps and not collected.is_idle("app")
    return "app" if is_there else collected.current


def _endpoint_of(step: Declare) -> str:
    return str(step.arguments.get("endpoint") or step.body.name)


def _free_name(step: Declare, taken: set[str]) -> str:
    """Name a view as its endpoint, or else so that nothing in the module is hidden."""
    name = step.body.name
    if not step.body.is_body:
        return name
    if _endpoint_of(step).isidentifier():
        name = _endpoint_of(step)
    candidates = [name]
    if step.kind == "route":
        candidates += [f"get_{name}", f"show_{name}", f"{name}_view"]
    elif step.kind == "template_filter":
        candidates += [f"{name}_filter"]
    elif told := name_hook(step):
        candidates = [told, name]
    candidates += [f"{name}_{number}" for number in range(2, len(taken) + 3)]
    return next(each for each in candidates if each not in taken)


def _write_step(step: MakeApp | Configure, app: str) -> str:
    if isinstance(step, MakeApp):
        return f"{app} = Flask(__name__)"
    lines: list[str] = []
    if step.file:
        lines.append(_write_config_file(app, step.file))
    if step.object:
        name = step.object if step.object.isidentifier() else repr(step.object)
        lines.append(f"{app}.config.from_object({name})")
    if step.environment:
        lines.append(f"{app}.config.from_prefixed_env({step.environment!r})")
    lines += [f"{app}.config[{key!r}] = {value!r}" for key, value in step.values.items()]
    return "\n".join(lines)


def _write_config_file(app: str, path: str) -> str:
    if path.endswith(".toml"):
        return f"{app}.config.from_file({path!r}, load=tomllib.load, text=False)"
    if path.endswith(".json"):
        return f"{app}.config.from_file({path!r}, load=json.load)"
    return f"{app}.config.from_pyfile({path!r})"
