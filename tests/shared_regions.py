"""Ten regions of 4 to 6 documents with decisions and an audit: in one pooled store, and each in a store of its own.

What is said is drawn from `WORDS` with a fixed seed; who says it, files, coders and memos have names that must never
leave a store.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aggregate import mini_study
from counted_study import RUN
from qualcode import flow
from qualcode.model import Attributes, Coding, Evidence, Status
from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Memo, Store, TaggedDocument
from qualcode.study import find_study
from store.builders import transcript

REGIONS = ("Zeta", "Alpha", "Theta", "Iota", "Beta", "Eta", "Gamma", "Kappa", "Delta", "Epsilon")
GROUPS = ("clinic", "clinic", "clinic", "firms", "firms", "firms")
CODES = ("silos", "consent", "pay", "trials")
WORDS = [
    "hospital",
    "registry",
    "laboratory",
    "geneticist",
    "ministry",
    "signature",
    "insurance",
    "oncology",
    "patients",
    "reimburse",
]
SECRETS = ("Kowalski", "Margarethe", "confidential", "Brunnhilde")
"""Speaker, coder, memo and file name."""
SETTINGS = '[study]\ntitle = "Many teams"\nbootstrap_draws = 100\nsmall_group = 5\n'
STRATA = {"counts": 0.5, "nothing": 0.25}


@dataclass(frozen=True)
class Team:
    """A study folder with its store."""

    folder: Path

    @property
    def work(self) -> flow.Workspace:
        study = find_study(self.folder)
        return flow.Workspace(study, study.store_path)

    def share(self, region: str, *, smallest: int = 1) -> Path:
        """The share of a region, written."""
        draft = flow.prepare_share(self.work, region, smallest=smallest)
        flow.save_share_key(draft)
        path = self.folder / f"{region}_{smallest}.qcshare"
        path.write_bytes(flow.share_file(draft))
        return path


@dataclass(frozen=True)
class Talk:
    """One document: what is coded where."""

    name: str
    attributes: Attributes
    sentences: Sequence[str]
    codings: dict[int, list[str]] = field(default_factory=dict)
    pending: dict[int, list[str]] = field(default_factory=dict)

    def tagged(self) -> TaggedDocument:
        given = [*_codings(self.codings, "auto", 0.9), *_codings(self.pending, "pending", 0.3)]
        said = transcript(self.name, [("Kowalski", "respondent", self.sentences)], attributes=self.attributes)
        return TaggedDocument(said, tuple(given), "b2:reading", ())


def _codings(places: dict[int, list[str]], status: Status, probability: float) -> Iterable[Coding]:
    evidence = (Evidence("cue", "word", weight=1.0),)
    return [
        Coding(at, code, probability, status, at % 3 == 0, evidence) for at, codes in places.items() for code in codes
    ]


def talks(region: str) -> list[Talk]:
    """The documents of a region, the same in every run."""
    chance = random.Random(region)
    made = []
    for number in range(4 + REGIONS.index(region) % 3):
        sentences = [
            " ".join(chance.choices(WORDS, k=chance.randint(3, 12))).capitalize() + "." for _ in range(12)
        ]  # fmt: skip
        codings = {at: chance.sample(CODES[:3], k=chance.randint(1, 2)) for at in chance.sample(range(12), k=5)}
        pending = {at: [chance.choice(CODES)] for at in range(12) if at not in codings and chance.random() < 0.2}
        attributes = Attributes(
            region=region,
            country="Northland" if REGIONS.index(region) < 5 else "Southland",
            stakeholder_group=GROUPS[number],
            kind="workshop" if number == 3 else "interview",
            date=f"2025-0{1 + number}-1{number}",
            language="en",
            topics_asked=("silos", "pay") if region == "Eta" and number == 0 else None,
        )
        made.append(Talk(f"{region}/Brunnhilde_{number}.txt", attributes, sentences, codings, pending))
    return made


def make_team(folder: Path, regions: Iterable[str], *, decided: bool = True, settings: str = SETTINGS) -> Team:
    """A store with the documents of some regions."""
    made = [talk for region in regions for talk in talks(region)]
    return make_store(folder, made, decided=decided, settings=settings)


def make_store(folder: Path, made: Sequence[Talk], *, decided: bool = False, settings: str = SETTINGS) -> Team:
    folder.mkdir(parents=True)
    (folder / "qualcode.toml").write_text(settings, encoding="utf-8")
    with Store(folder / "qualcode.db", create=True) as store:
        run = store.save_run(RUN, mini_study.small_codebook(), [talk.tagged() for talk in made]).run_id
        assert run is not None
        if decided:
            _decide(store, made, run)
    return Team(folder)


def _decide(store: Store, made: Sequence[Talk], run: int) -> None:
    """Of each document: one coding turned down, one added, one sentence seen, a memo; the first half was audited."""
    ids = {row["name"]: row["document_id"] for row in store.document_rows()}
    draws, looked, decisions = [], [], []
    for talk in made:
        at, codes = next(iter(talk.codings.items()))
        empty = next(n for n in range(12) if n not in talk.codings and n not in talk.pending)
        decisions.append(Decision(Place(ids[talk.name], at), codes[0], "reject"))
        decisions.append(Decision(Place(ids[talk.name], empty), "silos", "add"))
        if talk.attributes.region in REGIONS[:5]:
            for position, stratum in ((at, "counts"), (empty, "nothing"), (11, "nothing" if empty != 11 else "counts")):
                draws.append(
                    AuditDraw(talk.name, position, f"{talk.attributes.region}: {stratum}", STRATA[stratum])
                )  # fmt: skip
                if position != 11:
                    looked.append(Place(ids[talk.name], position))
    store.verdicts.decide("Margarethe", decisions, looked=looked)
    place = decisions[0].place
    store.verdicts.note("Margarethe", Memo("confidential", place, decisions[0].code))
    if draws:
        store.save_audit_sample(run, list({(d.document, d.position): d for d in draws}.values()), is_whole=True)
