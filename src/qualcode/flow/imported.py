"""What a store keeps of an imported project beside words and codings, and which sentences a passage is about."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from ..model import Segment, Transcript
    from ..refi import Code, Coding, Project, Selection, Source
    from ..store import Row


MACHINE = " (machine)"
"""Behind the name of a machine, as the user of codings that no person made."""


@dataclass(frozen=True)
class Imported:
    """An import as the store keeps it.

    Attributes
    ----------
    codebook : str
        Name of the codebook its codes were taken for.
    project : Project
        Without texts, and without the codings that became passages.
    codes : mapping of str to str
        Code id by GUID.
    documents : mapping of str to str
        Document id by GUID of the source.
    is_own_codebook : bool
        The codebook was made from the project's codes.
    """

    codebook: str
    project: Project
    codes: Mapping[str, str]
    documents: Mapping[str, str]
    is_own_codebook: bool

    def content(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "project": asdict(self.project),
            "codes": dict(self.codes),
            "documents": dict(self.documents),
            "is_own_codebook": self.is_own_codebook,
        }

    @classmethod
    def of(cls, row: Row, codebook: str) -> Imported:
        """From a row of the store."""
        from ..refi import Project

        content = json.loads(row["content"])
        content["project"] = TypeAdapter(Project).validate_python(content["project"])
        return cls(codebook, **content)

    def source_of(self, document_id: str) -> Source | None:
        """What the project says of a document."""
        return next((s for s in self.project.sources if self.documents.get(s.guid) == document_id), None)


def without_words(project: Project, codes: Mapping[str, str], transcripts: Mapping[str, Transcript]) -> Project:
    """What is kept of a project beside passages and memos: no texts, and nothing that became one of them.

    Parameters
    ----------
    project : Project
    codes : mapping of str to str
        Code id by GUID.
    transcripts : mapping of str to Transcript
        By GUID of the source.
    """
    rest = {source.guid: _uncoded(source, transcripts[source.guid]) for source in project.sources}
    kept = {key for selections in rest.values() for one in selections for key in one.notes}
    parts: list[Selection | Coding] = [one for source in project.sources for one in source.selections]
    parts += [coding for source in project.sources for one in source.selections for coding in one.codings]
    used = {key for part in parts for key in part.notes}
    used |= {key for root in project.codes for _, code in root.walk() if code.guid in codes for key in code.notes}
    used -= {*kept, *project.note_refs}
    return replace(
        project,
        codes=tuple(_without_notes(code, codes) for code in project.codes),
        sources=tuple(replace(source, text="", selections=rest[source.guid]) for source in project.sources),
        notes=tuple(note for note in project.notes if note.guid not in used),
    )


def _uncoded(source: Source, transcript: Transcript) -> tuple[Selection, ...]:
    """Selections that become neither passages nor memos: without codings, or with a memo on words never coded."""
    found = []
    for one in source.selections:
        notes = (*one.notes, *(key for coding in one.codings for key in coding.notes))
        is_said = one.codings and (not (notes or one.description) or first_sentence(one, transcript))
        if not is_said:
            found.append(replace(one, codings=(), notes=notes))
    return tuple(found)


def first_sentence(selection: Selection, transcript: Transcript) -> Segment | None:
    """The sentence that a memo on a coded passage is put on; None = nobody's who is coded."""
    return next(iter(sentences_of(transcript, selection.start, selection.end)), None)


def _without_notes(code: Code, codes: Mapping[str, str]) -> Code:
    notes = () if code.guid in codes else code.notes
    return replace(code, notes=notes, codes=tuple(_without_notes(one, codes) for one in code.codes))


def sentences_of(transcript: Transcript, start: int, end: int) -> list[Segment]:
    """Respondents' sentences that a passage is about.

    A sentence counts when the passage covers at least half of it (in code points, blanks left out). Where it covers
    half of none, the one of which it covers most counts: somebody who marks three words means their sentence, and
    somebody who marks a sentence and the full stop of the next does not mean the next.

    Parameters
    ----------
    transcript : Transcript
    start, end : int
        Code points, half-open.

    Returns
    -------
    list of Segment
        In order; empty where no respondent's word is covered.
    """
    text = transcript.document.text
    first = bisect_right(transcript.segments, start, key=lambda segment: segment.end)
    near = transcript.segments[first : bisect_left(transcript.segments, end, key=lambda segment: segment.start)]
    shares = {
        segment.position: _letters(text[max(start, segment.start) : min(end, segment.end)]) / _letters(segment.text)
        for segment in near
        if transcript.is_coded(segment) and _letters(segment.text)
    }
    most = max(shares.values(), default=0.0)
    wanted = {position for position, share in shares.items() if share and share >= min(0.5, most)}
    return [segment for segment in near if segment.position in wanted]


def _letters(text: str) -> int:
    return sum(not character.isspace() for character in text)
