"""Codebooks and transcripts in a line or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualcode.codebook import Codebook
from qualcode.model import Attributes, Document, Kind, Role, Segment, Transcript, Turn, count_words


def make_codebook(
    cues: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    markers: Mapping[str, Sequence[str]] | None = None,
    patterns: Mapping[str, str] | None = None,
    language: str = "en",
) -> Codebook:
    """A codebook of one category with a code for each entry of `cues`."""
    codes = [
        {
            "id": name,
            "number": number,
            "name": name.capitalize(),
            "short_definition": name,
            "definition": f"All about {name}.",
            "colour": f"#{number:06x}",
            "cues": list(entries),
        }
        for number, (name, entries) in enumerate(cues.items(), start=1)
    ]
    category = {"id": "group", "name": "Group", "definition": "All.", "colour": "#ffffff", "codes": codes}
    return Codebook.model_validate(
        {
            "id": "mini",
            "title": "Mini",
            "version": "1.0.0",
            "language": language,
            "markers": markers or {},
            "patterns": patterns or {},
            "categories": [category],
        }
    )


def talk(*turns: tuple[Role, str] | tuple[Role, Sequence[str]], kind: Kind | None = "interview") -> Transcript:
    """A transcript with exact offsets: each turn a role and its sentences, one line a turn."""
    text = ""
    made: list[Turn] = []
    segments: list[Segment] = []
    for position, (role, said) in enumerate(turns):
        text += "" if not text else "\n"
        begin = len(text)
        for number, sentence in enumerate([said] if isinstance(said, str) else said):
            text += " " if number else ""
            start = len(text)
            text += sentence
            segments.append(Segment(len(segments), position, start, len(text), sentence, count_words(sentence)))
        made.append(Turn(position, begin, len(text), role[0].upper(), role))
    return Transcript(Document("talk.txt", text, (), Attributes(kind=kind)), tuple(made), tuple(segments))


def said(*sentences: str) -> Transcript:
    """One respondent turn."""
    return talk(("respondent", sentences))
