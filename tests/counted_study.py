"""The mini study of ``aggregate/mini_study.py`` as a real store: 9 documents whose every number can be counted by hand.

Codings stand where and as long as the mini study says; the sentences between them are filled with "well". What is
said beside a coding (who is affected, what should be done ...) is in `FACETS`.

Alpha: a1 and a2 tell of silos, a1 of pay, a2 of consent; a3 only of pay, and pending. Beta: the workshop b1 tells of
pay in one long passage and of silos, b2 of pay, b3 of consent. Gamma: g1 tells of silos in five words, g2 of nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aggregate import mini_study
from qualcode import flow
from qualcode.codebook import Codebook
from qualcode.model import Attributes, Coding, Evidence, Role, count_words
from qualcode.store import RunRecord, Store, TaggedDocument
from qualcode.study import find_study
from store.builders import Talk, transcript

SETTINGS = """\
[study]
title = "Mini study"
bootstrap_draws = 100
small_group = 3

[regions.Alpha]
interviews = 5
workshops = 1
workshop_participants = 12

[regions.Beta]
interviews = 2
"""

RUN = RunRecord(
    coder="hybrid.v2",
    coder_kind="model",
    qualcode_version="0.1.0",
    started_utc="2025-04-05T10:00:00+00:00",
    finished_utc="2025-04-05T10:01:00+00:00",
    model_hash="b2:0123456789abcdef",
    settings={"auto": 0.5, "review": 0.2},
    seed=1,
)

ATTRIBUTES = {
    "a1.txt": Attributes("Alpha", "Austria", "clinicians", "interview", "2025-01-10", "en"),
    "a2.txt": Attributes("Alpha", "Austria", "clinicians", "interview", "2025-01-20", "en"),
    "a3.txt": Attributes("Alpha", "Austria", "industry", "interview", "2025-02", "en"),
    "a4.txt": Attributes("Alpha", "Austria", None, "interview", None, "en"),
    "b1.txt": Attributes("Beta", "Belgium", None, "workshop", "2025-03-01", "en"),
    "b2.txt": Attributes("Beta", "Belgium", "patients", "interview", "2025-03-02", "en"),
    "b3.txt": Attributes("Beta", "Belgium", "industry", "interview", None, "en"),
    "g1.txt": Attributes("Gamma", None, "industry", "interview", None, "en"),
    "g2.txt": Attributes("Gamma", None, "clinicians", "interview", None, "en"),
}

SAID: Mapping[str, Mapping[int, str]] = {
    "a1.txt": {
        0: "The insurer pays for the drug but not the test.",
        3: "The hospital records are locked in five terribly old systems.",
        7: "Our laboratory keeps every sample result on paper in boxes.",
    },
    "a2.txt": {
        5: "Hospital records stay locked because each patient must sign again.",
        9: "The registry of the county does not talk to the registry of our cancer centre.",
        10: "Nobody can read the images because every ward has bought a viewer of its own.",
    },
    "a3.txt": {2: "Perhaps the fund will pay for it one day, who can say."},
    "a4.txt": {},
    "b1.txt": {
        0: "Money is short, as it always is.",
        1: "Patients wait for months because no payer wants to be the first who pays for such a test.",
        2: "The payer says that the hospital must pay and the hospital says that the payer must pay it.",
        3: "It takes three years until a price is agreed and by then the small firm is long gone.",
        4: "Every new drug costs more than our whole ward had to spend in the year before the last.",
        5: "So the sickness fund refuses and the patient pays for the test out of her own small pocket.",
        6: "The ministry should pay for what is shown to work.",
        8: "Each town stores its scans on servers of its own.",
        9: "And who is going to pay for that?",
        10: "We need one common rule for all these scans.",
        11: "Somebody should write down who may read what.",
    },
    "b2.txt": {
        2: "We have a terrible gap between what the science offers and what the payer covers, and every family that "
        "comes to us pays for it with months of useless waiting."
    },
    "b3.txt": {
        4: "The ethics committee asks for a new signature each time, although the patients have agreed to everything "
        "long before that.",
        6: "In the north they use one form for all hospitals.",
        7: "They also train one nurse for each of the forms.",
    },
    "g1.txt": {0: "Data sit in four silos."},
    "g2.txt": {
        3: "Our university hospital has excellent geneticists and good engineers.",
        5: "We are weak in selling what we invent here.",
    },
}
"""What is said at which position; the other sentences of respondents are filler."""

TURNS: Mapping[str, Sequence[tuple[str, Role, int]]] = {
    "a1.txt": [("R1", "respondent", 2), ("I", "interviewer", 1), ("R1", "respondent", 8)],
    "a2.txt": [("I", "interviewer", 1), ("R1", "respondent", 9), ("R2", "respondent", 11)],
    "a3.txt": [("R1", "respondent", 10)],
    "a4.txt": [("R1", "respondent", 10)],
    "b1.txt": [("R1", "respondent", 7), ("F", "facilitator", 1), ("R2", "respondent", 23)],
    "b2.txt": [("I", "interviewer", 1), ("R1", "respondent", 10)],
    "b3.txt": [("I", "interviewer", 1), ("R1", "respondent", 20)],
    "g1.txt": [("R1", "respondent", 5)],
    "g2.txt": [("R1", "respondent", 15)],
}
"""Speaker, role and number of sentences of each turn."""

# Document, position, code, probability; intense where the mini study says so.
CODINGS = (
    ("a1.txt", 0, "pay", 0.75),
    ("a1.txt", 3, "silos", 0.9),
    ("a1.txt", 7, "silos", 0.8),
    ("a2.txt", 5, "silos", 0.95),
    ("a2.txt", 5, "consent", 0.8),
    ("a2.txt", 9, "silos", 0.7),
    ("a2.txt", 10, "silos", 0.6),
    ("a3.txt", 2, "pay", 0.4),
    ("b1.txt", 0, "pay", 0.3),
    ("b1.txt", 1, "pay", 0.7),
    ("b1.txt", 2, "pay", 0.8),
    ("b1.txt", 3, "pay", 0.9),
    ("b1.txt", 4, "pay", 0.85),
    ("b1.txt", 5, "pay", 0.6),
    ("b1.txt", 8, "silos", 0.9),
    ("b1.txt", 9, "pay", 0.3),
    ("b2.txt", 2, "pay", 0.95),
    ("b3.txt", 4, "consent", 0.9),
    ("g1.txt", 0, "silos", 0.99),
)
INTENSE = {("a1.txt", 3), ("a2.txt", 9), *(("b1.txt", position) for position in range(1, 6)), ("b2.txt", 2)}

FACETS = (
    ("b1.txt", 1, "patients", 0.9),
    ("b1.txt", 1, "delay", 0.9),
    ("b1.txt", 3, "companies", 0.9),
    ("b1.txt", 3, "delay", 0.9),
    ("b1.txt", 4, "cost", 0.9),
    ("b1.txt", 5, "patients", 0.9),
    ("b1.txt", 6, "recommendation", 0.9),
    ("b1.txt", 10, "recommendation", 0.8),
    ("b1.txt", 11, "recommendation", 0.7),
    ("b2.txt", 2, "patients", 0.9),
    ("b2.txt", 2, "delay", 0.8),
    ("b3.txt", 6, "good_practice", 0.9),
    ("b3.txt", 7, "good_practice", 0.7),
    ("g2.txt", 3, "strength", 0.9),
    ("g2.txt", 5, "weakness", 0.9),
)


def codebook(version: str = "1.0.0", *, data: str = "data") -> Codebook:
    """The mini study's: silos and consent in the category `data`, pay and trials in the category money."""
    plain = mini_study.small_codebook().model_dump(mode="json")
    plain["version"] = version
    plain["categories"][0]["id"] = data
    return Codebook.model_validate(plain)


def facets_codebook() -> Codebook:
    """Eight of the shipped facets."""
    groups = {
        "affected_party": ("patients", "companies"),
        "impact": ("delay", "cost"),
        "recommendation": ("recommendation",),
        "good_practice": ("good_practice",),
        "strengths": ("strength", "weakness"),
    }
    number = {name: place for place, name in enumerate((name for names in groups.values() for name in names), start=1)}

    def code(name: str) -> dict[str, object]:
        words = {"name": name.replace("_", " ").capitalize(), "short_definition": name, "definition": name}
        return {"id": name, "number": number[name], "colour": "#000000", **words}

    categories = [
        {
            "id": group,
            "name": group.capitalize(),
            "definition": group,
            "colour": "#ffffff",
            "codes": [*map(code, names)],
        }
        for group, names in groups.items()
    ]
    return Codebook.model_validate({"id": "facets", "title": "Facets", "version": "1.0.0", "categories": categories})


def document(name: str, attributes: Attributes | None = None) -> TaggedDocument:
    """One of the nine documents with its codings and facets."""
    words = {row["name"]: row["words"] for row in mini_study.documents()}
    codings = [
        Coding(position, code, p, "auto" if p >= 0.5 else "pending", (name, position) in INTENSE, _reason(code))
        for where, position, code, p in CODINGS
        if where == name
    ]
    facets = [
        Coding(position, code, p, "auto", False, _reason(code)) for where, position, code, p in FACETS if where == name
    ]
    said = transcript(name, _talk(name, words[name]), attributes=attributes or ATTRIBUTES[name])
    return TaggedDocument(said, tuple(codings), "b2:reading", tuple(facets))


def documents() -> list[TaggedDocument]:
    return [document(name) for name in ATTRIBUTES]


def without_facets(item: TaggedDocument) -> TaggedDocument:
    return replace(item, facets=())


def _reason(code: str) -> tuple[Evidence, ...]:
    return (Evidence("cue", code, weight=1.0),)


def _talk(name: str, words: int) -> Talk:
    """The turns of a document; filler makes respondents say so many words."""
    said = SAID[name]
    roles = [role for _, role, sentences in TURNS[name] for _ in range(sentences)]
    empty = [at for at, role in enumerate(roles) if role == "respondent" and at not in said]
    each, more = divmod(words - sum(map(count_words, said.values())), len(empty))
    filler = {at: " ".join(["Well"] * (each + (place < more))) + "." for place, at in enumerate(empty)}
    sentences = iter({at: said.get(at) or filler.get(at) or "And then?" for at in range(len(roles))}.values())
    return [(speaker, role, [next(sentences) for _ in range(n)]) for speaker, role, n in TURNS[name]]


@dataclass(frozen=True)
class CountedStudy:
    """A study folder with its store, ready to be asked."""

    folder: Path

    @property
    def store_path(self) -> Path:
        return self.folder / "qualcode.db"

    @property
    def work(self) -> flow.Workspace:
        study = find_study(self.folder)
        return flow.Workspace(study, study.store_path)

    def move(self, name: str, region: str) -> None:
        """Give a document another region."""
        with Store(self.store_path) as store:
            known = store.known_documents()[name]
            assert store.update_attributes({known.document_id: replace(known.attributes, region=region)}) == 1


def make_counted_study(folder: Path, *, book: Codebook | None = None, facets: bool = True) -> CountedStudy:
    """The mini study in a new folder."""
    folder.mkdir(parents=True)
    (folder / "qualcode.toml").write_text(SETTINGS, encoding="utf-8")
    study = CountedStudy(folder)
    with Store(study.store_path, create=True) as store:
        if facets:
            store.save_run(RUN, book or codebook(), documents(), facets=facets_codebook())
        else:
            store.save_run(RUN, book or codebook(), map(without_facets, documents()))
    return study
