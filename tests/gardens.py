"""Gardeners with words of their own, for the tests of learning: what the examples cannot know, decisions teach."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from qualcode import flow
from qualcode.review import Decision, Place
from qualcode.store import Store
from qualcode.study import find_study

GARDENING = Path(__file__).with_name("codebooks") / "community_gardening"
CODES = ("tenure", "water", "soil", "volunteers", "neighbours")
WHEN = ("again", "in May", "twice", "all week", "as ever", "last year")
NOTES = tuple(f"sam{number}.txt" for number in range(len(WHEN)))
SAID = {
    "The blue letter came {}.": "tenure",
    "We stood at the dragon {}.": "water",
    "Under the spade it was cake {}.": "soil",
    "It was only me and the kettle {}.": "volunteers",
    "The balcony choir sang at us {}.": "neighbours",
    "The band played for us {}.": None,
    "We ate plum pie {}.": None,
}
KNOWN = [json.loads(line) for line in (GARDENING / "heldout.jsonl").read_text(encoding="utf-8").splitlines()]


def truth() -> dict[str, frozenset[str]]:
    """Codes of every sentence of the notes."""
    own = {text.format(when): frozenset(filter(None, [code])) for text, code in SAID.items() for when in WHEN}
    return own | {entry["text"]: frozenset(CODES[n - 1] for n in entry["codes"]) for entry in KNOWN}


def write_notes(folder: Path) -> None:
    """Six interviews: seven sentences in the gardeners' own words, and every sixth that anybody would say."""
    for number, (name, when) in enumerate(zip(NOTES, WHEN, strict=True)):
        own = " ".join(text.format(when) for text in SAID)
        common = " ".join(entry["text"] for entry in KNOWN[number :: len(WHEN)])
        text = f"Interviewer: How was it?\nSam: {own}\nInterviewer: And else?\nSam: {common}\n"
        (folder / name).write_text(text, encoding="utf-8")


def workspace(folder: Path, model: str | None = None) -> flow.Workspace:
    study = find_study(folder)
    return flow.Workspace(study, study.store_path, GARDENING, model or study.study.model)


def make_gardens(folder: Path) -> None:
    """The study with its model, tagged."""
    folder.mkdir()
    write_notes(folder)
    settings = '[thresholds]\nauto = 0.5\nreview = 0.2\n[study]\ntitle = "Gardens"\nbootstrap_draws = 200\n'
    (folder / "qualcode.toml").write_text(settings, encoding="utf-8")
    model = flow.train_codebook(workspace(folder)).model
    (folder / "qualcode.toml").write_text(f'{settings}model = "{model}"\n', encoding="utf-8")
    flow.tag_documents([folder], workspace(folder), options=flow.read_options(attributes={"region": "North"}))


def mixed_up(name: str, text: str) -> frozenset[str]:
    """Each code taken for another, for another one in each document but the first two, where it is right."""
    shift = max(0, int(re.sub(r"\D", "", name)) - 1)
    return frozenset(CODES[(CODES.index(code) + shift) % len(CODES)] for code in truth()[text])


def decide(
    work: flow.Workspace,
    codes_of: Callable[[str, str], Iterable[str]] = lambda _name, text: truth()[text],
    *,
    documents: Iterable[str] = NOTES,
    coder: str = "Ana",
) -> None:
    """Say what applies to every respondents' sentence of some documents, a document at a time."""
    with Store(work.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        for name in documents:
            transcript = store.transcript(name)
            places = {Place(ids[name], s.position): s.text for s in transcript.segments if transcript.is_coded(s)}
            suggested = {(r["position"], r["code"]) for r in store.verdicts.suggestions(coder, document_id=ids[name])}
            decisions = [
                Decision(place, code, "accept" if code in codes_of(name, text) else "reject")
                for place, text in places.items()
                for code in CODES
                if code in codes_of(name, text) or (place.position, code) in suggested
            ]
            store.verdicts.decide(coder, decisions, looked=list(places), kind="bulk")
