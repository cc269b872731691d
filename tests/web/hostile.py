"""A study whose every text tries to become markup or script on the page."""

from __future__ import annotations

from pathlib import Path

from qualcode import flow
from qualcode.codebook import Codebook
from qualcode.model import Attributes, Coding, Evidence
from qualcode.review import Decision, Place
from qualcode.store import RunRecord, Store, TaggedDocument
from qualcode.study import Study
from store.builders import RUN, transcript

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script></style></textarea></title><svg onload=alert(1)>",
    "'onmouseover='alert(1)' x='\u2028\u2029{{ 7 * 7 }}",
    "javascript:alert(1)",
)
ANNA = "Anna <script>alert(2)</script>"
BEN = "Ben' onfocus='alert(2)"


def codebook(payload: str) -> Codebook:
    def code(number: int, key: str) -> dict[str, object]:
        words = dict.fromkeys(("name", "short_definition", "definition"), f"{key} {payload}")
        cases = {"not_when": [{"text": payload, "use_instead": "fares"}], "use_when": [payload]}
        examples = {"typical": [payload], "borderline": [payload], "counter": [{"text": payload, "because": payload}]}
        return {"id": key, "number": number, "colour": "#2f6fb8", "examples": examples, **words, **cases}

    groups = [("money", [code(1, "fares"), code(2, "funding")]), ("service", [code(3, "delays")])]
    categories = [
        {"id": key, "name": f"{key} {payload}", "definition": payload, "colour": "#1f5fa8", "codes": codes}
        for key, codes in groups
    ]
    return Codebook.model_validate(
        {"id": "hostile", "title": payload, "version": "1.0.0", "description": payload, "categories": categories}
    )


def make_hostile_study(folder: Path, payload: str) -> tuple[flow.Workspace, Place]:
    """A store with `payload` in names, attributes, speakers, words, evidence, codes and memos; and a sentence of it."""
    folder.mkdir()
    talk = [
        (f"I {payload}", "interviewer", [f"Why {payload}?"]),
        (f"R {payload}", "respondent", [f"The fare {payload} is high.", f"It is late {payload}.", payload]),
    ]
    codings = [
        Coding(position, code, 0.9 if status == "auto" else 0.5, status, False, (Evidence("cue", payload, 0, 4, 1.0),))  # type: ignore[arg-type]
        for position, code, status in ((1, "fares", "auto"), (2, "delays", "pending"), (3, "funding", "auto"))
    ]
    # No longer than a region may be; the kind is one of four words.
    attributes = Attributes(
        f"Region {payload}", f"Country {payload}", f"Group {payload}", "interview", "2025-01-10", "en"
    )
    items = [
        TaggedDocument(transcript(f"{name} {payload}.txt", talk, attributes=attributes), tuple(codings), f"b2:{name}")  # type: ignore[arg-type]
        for name in ("one", "two")
    ]
    work = flow.Workspace(Study(), folder / "qualcode.db")
    run: RunRecord = RUN
    with Store(work.store_path, create=True) as store:
        store.save_run(run, codebook(payload), items)
        document = store.known_documents()[f"one {payload}.txt"].document_id
    anna, ben = flow.ReviewDesk(work, ANNA), flow.ReviewDesk(work, BEN)
    place = Place(document, 1)
    anna.decide([Decision(place, "fares", "accept"), Decision(place, "delays", "add")])
    ben.decide([Decision(place, "fares", "reject"), Decision(place, "delays", "unsure")])
    for desk in (anna, ben):
        desk.finish([place, Place(document, 3)])
        desk.note(f"memo {payload}", place=place)
        desk.note(f"memo {payload}", place=place, code="fares")
        desk.note(f"memo {payload}", code="fares")
    return work, place
