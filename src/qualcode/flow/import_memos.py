"""Notes of a project as memos of the people who wrote them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..model import Transcript
from ..review import Place
from .import_passages import NOBODY, coder_names
from .imported import first_sentence

if TYPE_CHECKING:
    from ..refi import Project, Selection
    from ..store import Store

Target = tuple[str, Place | None, str | None]
"""Who wrote it, on which sentence, on which code."""


def write_memos(store: Store, project: Project, codes: Mapping[str, str], transcripts: Mapping[str, Transcript]) -> int:
    """Keep notes on coded passages and on codes; a person's notes on one thing are one memo, one below the other.

    Parameters
    ----------
    store : Store
        In a transaction.
    project : Project
    codes : mapping of str to str
        Code id by GUID.
    transcripts : mapping of str to Transcript
        By GUID of the source.

    Returns
    -------
    int
        Notes that are new.
    """
    from ..store import Memo

    texts: dict[Target, list[str]] = defaultdict(list)
    for target, text in _found(project, codes, transcripts):
        texts[target].append(text.strip())
    kept: dict[Target, str] = {}
    for row in store.verdicts.memos():
        place = None if row["document_id"] is None else Place(row["document_id"], row["position"])
        kept[row["coder"], place, row["code"]] = row["text"]
    count = 0
    for (coder, place, code), written in texts.items():
        before = kept.get((coder, place, code), "")
        fresh = [text for text in dict.fromkeys(written) if text and f"\n\n{text}\n\n" not in f"\n\n{before}\n\n"]
        if fresh:
            store.verdicts.note(coder, Memo("\n\n".join(filter(None, [before, *fresh])), place, code))
            count += len(fresh)
    return count


def _found(
    project: Project, codes: Mapping[str, str], transcripts: Mapping[str, Transcript]
) -> Iterator[tuple[Target, str]]:
    names = coder_names(project)
    notes = {note.guid: (names[note.user], note.text) for note in project.notes}
    for root in project.codes:
        for _, code in root.walk():
            if code.guid in codes:
                for who, text in _written(code.notes, notes):
                    yield (who, None, codes[code.guid]), text
    for source in project.sources:
        for selection in source.selections:
            place = _place(selection, transcripts[source.guid])
            if place is None:
                continue
            if selection.description:
                yield (names[selection.user], place, None), selection.description
            for who, text in _written(selection.notes, notes):
                yield (who, place, None), text
            for coding in selection.codings:
                for who, text in _written(coding.notes, notes):
                    yield (who if who != NOBODY else names[coding.user], place, codes.get(coding.code)), text


def _place(selection: Selection, transcript: Transcript) -> Place | None:
    """The first sentence of a coded passage; a place without codings stays with the project."""
    sentence = first_sentence(selection, transcript) if selection.codings else None
    return Place(transcript.document_id, sentence.position) if sentence else None


def _written(keys: Iterable[str], notes: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (notes[key] for key in keys if key in notes)
