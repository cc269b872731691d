"""Tag, decide, take back, tag again, import: whatever the order, what counts is what a few dictionaries say counts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from qualcode import flow
from qualcode.errors import StoreError
from qualcode.review import ActionKind, Decision, DecisionKind, Place
from qualcode.store import Store
from qualcode.study import Study
from reliability.tally import Tally, tries
from store.builders import RUN, TALK, Talk, codebook, coding, tagged
from studies import query

NAMES = ("crete/one.txt", "crete/two.txt")
TALKS: tuple[Talk, ...] = (TALK, (*TALK, ("R1", "respondent", ["And the price again."])))
"""Two versions of each document; sentences 1, 2, 3 and 5 of both are a respondent's."""
SENTENCES, CODES, RUNS = (1, 2, 3, 5), ("money", "price", "travel"), (0, 1, 2)
YES = ("accept", "add")

Cell = tuple[str, int, str]
"""Document id, sentence, code."""


def suggested(run: int, version: int) -> dict[tuple[int, str], str]:
    """What a run says of a version: some code on most sentences, some of them waiting."""
    return {
        (position, CODES[(position + run + turn) % 3]): "pending" if (position + run + version) % 3 == 0 else "auto"
        for position in SENTENCES
        for turn in range((position + run) % 3)
    }


@dataclass
class Action:
    """What a person did in one go."""

    coder: str
    is_settled: bool
    said: dict[Cell, str]
    looked: set[tuple[str, int]]
    stands: bool = True


@dataclass
class Covered:
    """A run over a version of a document."""

    run: int
    version: int
    stands: bool = True


@dataclass
class Expected:
    """What a store should say."""

    covered: dict[str, list[Covered]] = field(default_factory=lambda: {name: [] for name in NAMES})
    actions: dict[str, Action] = field(default_factory=dict)

    def tag(self, name: str, run: int, version: int) -> None:
        """The newest stands before the others; a run that was taken back is there again, where it was."""
        own = [one for one in self.covered[name] if one.run == run]
        for one in own:
            one.stands = True
        this = next((one for one in own if one.version == version), None)
        if this is None or self.current(name) is not this:
            self.covered[name] = [one for one in self.covered[name] if one is not this]
            self.covered[name].append(this or Covered(run, version))

    def undo_run(self, run: int) -> None:
        for covered in self.covered.values():
            for one in covered:
                one.stands = one.stands and one.run != run

    def current(self, name: str) -> Covered | None:
        return next((one for one in reversed(self.covered[name]) if one.stands), None)

    def opinion(self, coder: str, cell: Cell, *, is_settled: bool = False) -> str | None:
        """What a person last said of a code on a sentence."""
        said = [
            action.said[cell]
            for action in self.actions.values()
            if action.stands and cell in action.said and (action.coder == coder or is_settled)
            and action.is_settled == is_settled
        ]  # fmt: skip
        return said[-1] if said else None

    def outcome(self, cell: Cell, machine: str | None) -> str | None:
        """What holds; None = nobody has said anything."""
        people = {action.coder for action in self.actions.values()}
        done = {a.coder for a in self.actions.values() if a.stands and cell[:2] in a.looked}
        opinions = {coder: said for coder in people if (said := self.opinion(coder, cell))}
        settled = self.opinion("", cell, is_settled=True)
        if settled:
            return "accepted" if settled in YES else "rejected"
        if not opinions:
            return "pending" if machine and done else machine
        says_yes = any(said in YES for said in opinions.values())
        says_no = "reject" in opinions.values() or bool(done - opinions.keys())
        if says_yes == says_no:
            return "pending"
        return "accepted" if says_yes else "rejected"

    def all_outcomes(self, ids: dict[tuple[str, int], str]) -> dict[tuple[str, int, str], str]:
        """What holds of every code on every sentence of the current documents."""
        found: dict[tuple[str, int, str], str] = {}
        for name in NAMES:
            if (now := self.current(name)) is not None:
                machine = suggested(now.run, now.version)
                for position in SENTENCES:
                    for code in CODES:
                        cell = (ids[name, now.version], position, code)
                        if outcome := self.outcome(cell, machine.get((position, code))):
                            found[name, position, code] = outcome
        return found


names, runs, versions = st.sampled_from(NAMES), st.sampled_from(RUNS), st.sampled_from((0, 1))
positions, codes = st.sampled_from(SENTENCES), st.sampled_from(CODES)
words: st.SearchStrategy[DecisionKind] = st.sampled_from(("accept", "reject", "add", "unsure"))


class TwoStores(RuleBasedStateMachine):
    """Ana and Cleo work in one store, Ben in another one with the same documents, and sends packets."""

    steps = 0

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store(self.folder / "ours.db", create=True)
        self.theirs = Store(self.folder / "theirs.db", create=True)
        self.expected, self.ben = Expected(), Expected()
        self.ids = {
            (name, version): tagged(name, talk=talk).transcript.document_id
            for name in NAMES
            for version, talk in enumerate(TALKS)
        }
        self._tag(self.theirs, self.ben, NAMES, 0, 0)
        self._tag(self.store, self.expected, NAMES, 0, 0)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.store.close()
            self.theirs.close()
            shutil.rmtree(self.folder)

    def _tag(self, store: Store, expected: Expected, names: tuple[str, ...], run: int, version: int) -> None:
        said = suggested(run, version)
        codings = [coding(p, code, 0.9 if status == "auto" else 0.3, status) for (p, code), status in said.items()]  # type: ignore[arg-type]
        items = [tagged(name, codings, talk=TALKS[version], reading_hash=f"b2:{version}") for name in names]
        store.save_run(replace(RUN, model_hash=f"b2:model{run}"), codebook(), items)
        for name in names:
            expected.tag(name, run, version)

    def _decide(
        self, store: Store, expected: Expected, coder: str, name: str, said: dict[tuple[int, str], DecisionKind],
        looked: set[int], kind: ActionKind,
    ) -> None:  # fmt: skip
        now = expected.current(name)
        key = self.ids[name, now.version if now else 0]
        decisions = [Decision(Place(key, p), code, word) for (p, code), word in said.items()]
        places = [Place(key, position) for position in sorted(looked)]
        if now is None:
            with pytest.raises(StoreError):
                store.verdicts.decide(coder, decisions, looked=places, kind=kind)
            return
        action = store.verdicts.decide(coder, decisions, looked=places, kind=kind)
        # What a person has said already is not said again: it goes when the action goes in which it was said first.
        machine, is_settled = suggested(now.run, now.version), kind == "adjudicate"
        plain = {
            (key, *at): ("accept" if at in machine else "add") if word in YES else str(word)
            for at, word in said.items()
        }
        cells: dict[Cell, str] = {
            cell: word for cell, word in plain.items() if expected.opinion(coder, cell, is_settled=is_settled) != word
        }
        done = {look for a in expected.actions.values() if a.stands and a.coder == coder for look in a.looked}
        looks = {(key, p) for p in looked} - (done - {cell[:2] for cell in cells})
        assert (action is not None) == bool(cells or looks)
        if action is not None:
            expected.actions[action] = Action(coder, is_settled, cells, looks)

    @rule(names=st.sets(names, min_size=1), run=runs, version=versions)
    def tag(self, names: set[str], run: int, version: int) -> None:
        self._tag(self.store, self.expected, tuple(sorted(names)), run, version)

    @rule(run=runs)
    def undo_run(self, run: int) -> None:
        model = f"b2:model{run}"
        found = query(self.store.path, "SELECT run_id FROM runs WHERE model_hash = ? AND undone_utc IS NULL", model)
        for (run_id,) in found:
            self.store.undo_run(run_id)
            self.expected.undo_run(run)

    @rule(
        coder=st.sampled_from(("Ana", "Cleo")), name=names, looked=st.sets(positions, max_size=2),
        said=st.dictionaries(st.tuples(positions, codes), words, min_size=1, max_size=3),
    )  # fmt: skip
    def decide(self, coder: str, name: str, said: dict[tuple[int, str], DecisionKind], looked: set[int]) -> None:
        self._decide(self.store, self.expected, coder, name, said, looked, "decide")

    @rule(name=names, position=positions, code=codes, word=st.sampled_from(("accept", "reject")))
    def settle(self, name: str, position: int, code: str, word: DecisionKind) -> None:
        self._decide(self.store, self.expected, "Ana", name, {(position, code): word}, set(), "adjudicate")

    @rule(
        name=names, looked=st.sets(positions, max_size=1),
        said=st.dictionaries(st.tuples(positions, codes), words, min_size=1, max_size=2),
    )  # fmt: skip
    def ben_decides(self, name: str, said: dict[tuple[int, str], DecisionKind], looked: set[int]) -> None:
        self._decide(self.theirs, self.ben, "Ben", name, said, looked, "decide")

    @precondition(lambda self: any(action.stands for action in self.expected.actions.values()))
    @rule(at=st.integers(0, 1000))
    def undo(self, at: int) -> None:
        standing = [key for key, action in self.expected.actions.items() if action.stands]
        self.store.verdicts.undo(standing[at % len(standing)])
        self.expected.actions[standing[at % len(standing)]].stands = False

    @precondition(lambda self: any(action.stands for action in self.ben.actions.values()))
    @rule(at=st.integers(0, 1000))
    def ben_undoes(self, at: int) -> None:
        standing = [key for key, action in self.ben.actions.items() if action.stands]
        self.theirs.verdicts.undo(standing[at % len(standing)])
        self.ben.actions[standing[at % len(standing)]].stands = False

    @precondition(lambda self: self.ben.actions)
    @rule()
    def import_packet(self) -> None:
        packet = self.folder / "ben.qcverdicts"
        content = flow.export_verdicts(flow.Workspace(Study(), self.theirs.path), packet).content
        packet.write_bytes(content if isinstance(content, bytes) else content.encode())
        flow.import_verdicts(flow.Workspace(Study(), self.store.path), [packet])
        for key, action in self.ben.actions.items():
            own = self.expected.actions.setdefault(key, replace(action))
            own.stands = own.stands and action.stands

    @invariant()
    def what_counts_is_what_should(self) -> None:
        if not hasattr(self, "store"):
            return
        type(self).steps += 1
        for store, expected in ((self.store, self.expected), (self.theirs, self.ben)):
            found = {
                (row["document"], row["position"], row["code"]): row["outcome"] for row in store.verdicts.suggestions()
            }
            wanted = expected.all_outcomes(self.ids)
            assert found == wanted
            listed = {(row["document"], row["position"], row["code"]): row["status"] for row in store.codings()}
            assert listed == {cell: outcome for cell, outcome in wanted.items() if outcome != "rejected"}


def test_what_counts_is_always_what_a_simple_model_says(tally: Tally) -> None:
    TwoStores.steps = 0
    given = settings(max_examples=tries(200), stateful_step_count=25, deadline=None, derandomize=True, database=None)
    run: Callable[..., None] = run_state_machine_as_test
    run(TwoStores, settings=given)
    tally.tried = TwoStores.steps
