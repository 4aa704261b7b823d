"""A URL map that rules can be added to and taken from while it serves.

Werkzeug's map only grows, and sorts all of it when it has grown. This one puts
a rule into its place, takes it out again, and touches nothing else: the cost
is the rule's, not the map's. Lists that a request may be walking through are
replaced, never changed.

Rule 1: of the rules for one path, those of the run that came last go first.

Rule 2: a rule whose endpoint another cell has taken, or this cell has given
another view, keeps the view that it was declared with until it is gone.

Rule 3: a request gets the view that belonged to its rule when it was matched,
whatever the cells do before it is called. It still builds the URLs of endpoints
that were withdrawn since.

What is private to Werkzeug is touched in this file only: ``Map._matcher``,
``_rules_by_endpoint``, ``_remap``, ``StateMachineMatcher``, ``State`` and
``Rule._parts`` (the same since Werkzeug 2.2). :mod:`.private_names` checks them.
"""

from __future__ import annotations

import bisect
from collections import deque
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any

import flask.globals
from werkzeug.routing import Map, Rule, RuleFactory

from .cells import Run, parties, running
from .private_names import State, StateMachineMatcher
from .tables import MISSING, Claim, Ledger, LiveDict, Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Flask 3.2 merges the request's context into the app's.
_context = getattr(flask.globals, "_cv_request", None) or flask.globals._cv_app
_REQUEST = "request" if hasattr(flask.globals, "_cv_request") else "_request"

# More than a cell withdraws; a request that outlives as many changes is an endless stream.
MAX_WITHDRAWN = 100

AUTOMATIC_METHODS = frozenset({"HEAD", "OPTIONS"})


class LiveMap(Map, Slots):
    """Werkzeug's map of URL rules, open to change."""

    path = ("url_map",)
    _matcher: LiveMatcher

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.added: list[Rule] = []
        self._withdrawn: deque[tuple[int, Rule]] = deque(maxlen=MAX_WITHDRAWN)
        super().__init__(*args, **kwargs)
        self._matcher = LiveMatcher(self._matcher.merge_slashes)
        for rule in self.added:
            self._leaf_of(rule).rules.append(rule)
        self._remap = False

    def attach(self, ledger: Ledger, views: ViewTable) -> None:
        """Enter this map's changes in a ledger from now on, and serve the views of a table."""
        self.ledger = self._matcher.ledger = ledger
        self._matcher.views = views
        views.url_map = self

    def add(self, rulefactory: RuleFactory) -> None:
        """Add a rule, or those that a factory makes, in the name of whoever runs here."""
        for rule in rulefactory.get_rules(self):
            rule.bind(self)
            claim = Claim(rule, parties())
            vars(rule).update(
                claim=claim,
                run=running() if claim.parties else None,
                declared_view=None,
                pinned=None,
            )
            if not rule.build_only:
                leaf = self._leaf_of(rule)
                self.put(leaf, _placed(self.claims_of(leaf), rule))
            self.put(rule.endpoint, _placed(self.claims_of(rule.endpoint), rule, _build_rank))
            self.added.append(rule)
            self.enter(rule, claim)

    def put(self, key: Any, claims: tuple[Any, ...]) -> None:
        """Replace a list of rules; before the map has a ledger there is nothing to undo."""
        if hasattr(self, "ledger"):
            super().put(key, claims)
        else:
            self.publish(key, claims)

    def enter(self, rule: Rule, claim: Claim) -> None:
        """Write down on whose behalf a rule was added."""
        for party in claim.parties:
            party.claims[claim] = (self, rule)

    def claims_of(self, key: Any) -> tuple[Any, ...]:
        """Give the rules at a leaf of the matcher, or of an endpoint."""
        if isinstance(key, State):
            return tuple(key.rules)
        return tuple(self._rules_by_endpoint.get(key, ()))

    def publish(self, key: Any, claims: tuple[Any, ...]) -> None:
        """Make some rules those of a leaf, or of an endpoint."""
        if isinstance(key, State):
            key.rules = list(claims)
        else:
            self._rules_by_endpoint[key] = list(claims)

    def drop(self, _key: Any, claim: Claim) -> None:
        """Take a rule out.

        Its states stay: matching walks past empty ones, and a request may be
        between finding one and stepping into it.
        """
        rule: Rule = claim.value
        with self.ledger:
            places = [rule.endpoint] if rule.build_only else [rule.endpoint, self._leaf_of(rule)]
            for place in places:
                rules = self.claims_of(place)
                kept = tuple(other for other in rules if other is not rule)
                if len(kept) != len(rules):
                    self.put(place, kept)
            self.ledger.strike_claim(self, rule, claim)
            self._withdrawn.append((self.ledger.version, rule))

    def build_withdrawn(self, endpoint: Any, values: dict[str, Any]) -> str | None:
        """Build the path of an endpoint that was withdrawn after this request was matched.

        :returns: ``None`` outside a request, and where the endpoint was gone before it.
        """
        request: Any = getattr(_context.get(None), _REQUEST, None)
        matched = getattr(request, "view_args", None)
        if type(matched) is not MatchedArgs:
            return None
        given = {k: v for k, v in values.items() if k[0] != "_" and v is not None}
        for version, rule in list(self._withdrawn):
            if version > matched.version and rule.endpoint == endpoint and rule.suitable_for(given):
                built = rule.build(given)
                return built and f"{request.script_root}/{built[1].lstrip('/')}"
        return None

    def rivals(self, rule: Rule) -> Iterator[Rule]:
        """Give the other rules that answer the same path and a method of this one."""
        if rule.build_only:
            return
        methods = asked_methods(rule)
        for other in self._leaf_of(rule).rules:
            is_same_kind = other is not rule and other.websocket == rule.websocket
            if is_same_kind and (asked_methods(other) & methods or not methods):
                yield other

    def is_covered(self, rule: Rule) -> bool:
        """Say whether rules before it answer its path and all of its methods."""
        if rule.build_only:
            return False
        before = takewhile(lambda other: other is not rule, self._leaf_of(rule).rules)
        kind = [asked_methods(other) for other in before if other.websocket == rule.websocket]
        return bool(kind) and asked_methods(rule) <= frozenset().union(*kind)

    def _leaf_of(self, rule: Rule) -> State:
        state = self._matcher._root
        for part in rule._parts:
            if part.static:
                state = state.static.setdefault(part.content, State())
                continue
            known = next((child for test, child in state.dynamic if test == part), None)
            if known is None:
                known = State()
                rank = bisect.bisect_right([test.weight for test, _ in state.dynamic], part.weight)
                state.dynamic = [*state.dynamic[:rank], (part, known), *state.dynamic[rank:]]
            state = known
        return state

    def update(self) -> None:
        """Do nothing: every rule is put in its place when it is added."""

    @property
    def _rules(self) -> list[Rule]:
        # A copy in one step: a cell may add an endpoint meanwhile.
        return list(chain.from_iterable(list(self._rules_by_endpoint.values())))


def asked_methods(rule: Rule) -> frozenset[str]:
    """Give the methods that a rule was declared for, without those that come with them."""
    methods = frozenset(rule.methods or ())
    return methods - AUTOMATIC_METHODS or methods


def _build_rank(rule: Rule) -> Any:
    return rule.build_compare_key()


def _placed(
    rules: tuple[Rule, ...], rule: Rule, rank: Callable[[Rule], Any] = lambda _rule: 0
) -> tuple[Rule, ...]:
    """Put a rule behind those of its own run and before those of others, within its rank."""
    ranks = [rank(other) for other in rules]
    first, end = bisect.bisect_left(ranks, rank(rule)), bisect.bisect_right(ranks, rank(rule))
    run: Run | None = rule.run  # type: ignore[attr-defined]
    if run is None:
        place = end
    else:
        own = [i for i in range(first, end) if rules[i].run is run]  # type: ignore[attr-defined]
        place = own[-1] + 1 if own else first
    return (*rules[:place], rule, *rules[place:])


class MatchedArgs(dict[str, Any]):
    """A rule's variables as a request has them, with the view that was the rule's then."""

    __slots__ = ("version", "view")
    version: int
    view: Callable[..., Any] | None


# By name, since each request comes by here and super() has its price.
_match = StateMachineMatcher.match


class LiveMatcher(StateMachineMatcher):
    """A matcher that matches the map as it is between two changes, never amid one."""

    ledger: Ledger
    views: ViewTable

    def match(
        self, domain: str, path: str, method: str, websocket: bool
    ) -> tuple[Rule, MatchedArgs]:
        """Match as Werkzeug does, and bind the view to what was matched."""
        ledger = self.ledger
        while True:
            version = ledger.version
            if version % 2:
                version = ledger.settled_version()
            try:
                rule, values = _match(self, domain, path, method, websocket)
            except Exception:
                if ledger.version != version:
                    continue
                raise
            matched = MatchedArgs(values)
            matched.version = version
            pinned = rule.pinned  # type: ignore[attr-defined]
            matched.view = pinned or dict.get(self.views, rule.endpoint)
            if ledger.version == version:
                return rule, matched


class ViewTable(LiveDict[Any, Any]):
    """The views by endpoint; during a request, the one that was matched with it."""

    url_map: LiveMap | None = None

    def __getitem__(self, endpoint: Any) -> Any:
        context = _context.get(None)
        request = getattr(context, _REQUEST, None)
        if request is not None:
            rule, matched = request.url_rule, request.view_args
            is_bound = type(matched) is MatchedArgs and matched.view is not None
            if is_bound and rule.endpoint == endpoint and rule.map is self.url_map:
                return matched.view
        return super().__getitem__(endpoint)

    def seen(self, key: Any) -> Any:
        """Give a view; while a rule is being declared, only if this run declared it.

        What another cell declared is no reason to refuse: the later one serves.
        """
        run = running()
        if run is None or not self.is_declaring:
            return super().seen(key)
        own = [claim for claim in self.claims_of(key) if run in claim.parties]
        return own[-1].value if own else MISSING

    def get(self, key: Any, default: Any = None) -> Any:
        """Give a view as the running cell may know of it."""
        if not self._slots and not self.is_declaring:
            return dict.get(self, key, default)
        value = self.seen(key)
        return default if value is MISSING else value

    def publish(self, key: Any, claims: tuple[Claim, ...]) -> None:
        """Bring a view into force, and settle which rules of its endpoint it does not serve."""
        super().publish(key, claims)
        self.pin(key)

    def pin(self, endpoint: Any) -> None:
        """Settle for each rule of an endpoint whether it keeps the view it was declared with."""
        if self.url_map is None:
            return
        claims = self.claims_of(endpoint)
        for rule in self.url_map._rules_by_endpoint.get(endpoint, ()):
            rule.pinned = _pinned_view(rule, claims)  # type: ignore[attr-defined]


def _pinned_view(rule: Any, claims: tuple[Claim, ...]) -> Callable[..., Any] | None:
    own = [i for i, claim in enumerate(claims) if claim.parties == rule.claim.parties]
    if not own:
        view: Callable[..., Any] | None = rule.declared_view
        return view
    rule.declared_view = claims[own[-1]].value
    is_covered = any(claim.declares for claim in claims[own[-1] + 1 :])
    return rule.declared_view if is_covered else None
