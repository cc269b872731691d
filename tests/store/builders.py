"""Small codebooks, transcripts and runs, built by hand for the tests of the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from qualcode.codebook import Codebook
from qualcode.model import (
    Attributes,
    Coding,
    Document,
    Evidence,
    Role,
    Segment,
    Status,
    Transcript,
    Turn,
    count_words,
)
from qualcode.store import RunRecord, TaggedDocument

Talk = Sequence[tuple[str, Role, Sequence[str]]]

CRETE = Attributes(
    region="Crete", country="Greece", stakeholder_group="Clinicians", kind="interview", date="2025-02-03", language="en"
)


def codebook(version: str = "1.0.0", **changes: Any) -> Codebook:
    """Two categories, three codes: 1 money, 2 price (both "paying"), 3 travel ("distance")."""

    def code(number: int, key: str, name: str) -> dict[str, Any]:
        return {
            "id": key,
            "number": number,
            "name": name,
            "short_definition": f"{name}.",
            "definition": f"About {name}.",
            "colour": f"#00000{number}",
        }

    plain = {
        "id": "small",
        "title": "Small",
        "version": version,
        "categories": [
            {
                "id": "paying",
                "name": "Paying for it",
                "definition": "-",
                "colour": "#0000aa",
                "codes": [code(1, "money", "Lack of money"), code(2, "price", "High price")],
            },
            {
                "id": "distance",
                "name": "Distance",
                "definition": "-",
                "colour": "#00aa00",
                "codes": [code(3, "travel", "Long travel")],
            },
        ],
    }
    return Codebook.model_validate({**plain, **changes})


def facets_book(version: str = "1.0.0") -> Codebook:
    """One category, two facets: 1 patients, 2 companies."""
    parties = [
        {
            "id": key,
            "number": n,
            "name": key.title(),
            "short_definition": "-",
            "definition": "-",
            "colour": f"#0000{n}0",
        }
        for n, key in enumerate(("patients", "companies"), start=1)
    ]
    category = {"id": "party", "name": "Who", "definition": "-", "colour": "#0000aa", "codes": parties}
    return codebook(version, id="small_facets", title="Small facets", categories=[category])


def transcript(name: str, talk: Talk, *, attributes: Attributes = CRETE) -> Transcript:
    """One turn per entry, one segment per sentence, written as "speaker: sentence sentence"."""
    text = ""
    turns: list[Turn] = []
    segments: list[Segment] = []
    for position, (speaker, role, sentences) in enumerate(talk):
        text += f"{speaker}: "
        start = len(text)
        for sentence in sentences:
            at = len(text)
            text += sentence
            segments.append(Segment(len(segments), position, at, len(text), sentence, count_words(sentence)))
            text += " "
        text = text[:-1]
        turns.append(Turn(position, start, len(text), speaker, role, time=f"00:0{position}"))
        text += "\n"
    document = Document(name, text, (), attributes, source_hash=f"sha256:{name}", left_out=("1 image",))
    return Transcript(document, tuple(turns), tuple(segments))


TALK: Talk = (
    ("I", "interviewer", ["What is hard?"]),
    ("R1", "respondent", ["There is no money.", "The price is far too high!", "We travel four hours."]),
    ("I", "interviewer", ["And then?"]),
    ("R1", "respondent", ["Nothing."]),
)
"""Segments 1, 2, 3 and 5 are the respondent's: 4 + 6 + 4 + 1 = 15 words."""


def coding(
    segment: int, code: str, probability: float = 0.9, status: Status = "auto", *, intense: bool = False
) -> Coding:
    return Coding(segment, code, probability, status, intense, (Evidence("cue", code, 3, 7, 1.0),))


def tagged(
    name: str = "crete/one.txt",
    codings: Iterable[Coding] = (),
    *,
    talk: Talk = TALK,
    attributes: Attributes = CRETE,
    reading_hash: str = "b2:reading",
    facets: Iterable[Coding] = (),
) -> TaggedDocument:
    return TaggedDocument(transcript(name, talk, attributes=attributes), tuple(codings), reading_hash, tuple(facets))


RUN = RunRecord(
    coder="hybrid.v1",
    coder_kind="model",
    qualcode_version="0.1.0",
    started_utc="2026-01-01T10:00:00+00:00",
    model_hash="b2:model",
    settings={"auto": 0.5, "review": 0.2},
    seed=7,
    finished_utc="2026-01-01T10:01:00+00:00",
)

LATER = replace(RUN, started_utc="2026-02-02T10:00:00+00:00", finished_utc="2026-02-02T10:01:00+00:00")


def two_documents() -> list[TaggedDocument]:
    """Two documents, seven codings: six on the first, among them two of one category on one segment."""
    first = (
        coding(1, "money", intense=True),
        coding(1, "price", 0.8),
        coding(2, "price", 0.7),
        coding(3, "travel", 0.3, "pending"),
        coding(3, "price", 0.25, "pending"),
        coding(5, "money", 0.6),
    )
    return [
        tagged("crete/one.txt", first),
        tagged(
            "ghent/two.txt",
            (coding(3, "travel", 0.95),),
            attributes=replace(CRETE, region="Ghent", country="Belgium", date="2025-05", stakeholder_group=None),
        ),
    ]


def two_documents_with_facets() -> list[TaggedDocument]:
    """The same; the first was asked about money and distance, and says in segment 3 whom the travel concerns."""
    first, second = two_documents()
    attributes = replace(first.transcript.document.attributes, topics_asked=("1", "distance"))
    document = replace(first.transcript.document, attributes=attributes)
    facets = (coding(3, "patients", 0.75), coding(3, "companies", 0.5), coding(1, "companies", 0.6))
    return [replace(first, transcript=replace(first.transcript, document=document), facets=facets), second]


def dump(path: Path) -> list[str]:
    """Everything in a store, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def query(path: Path, sql: str, *parameters: Any) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, parameters).fetchall()
