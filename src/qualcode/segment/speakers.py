"""Who was understood to speak, with roles and sizes: what a dry run shows before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Role, Transcript


@dataclass(frozen=True)
class SpeakerSummary:
    """One speaker of a transcript.

    Attributes
    ----------
    speaker : str or None
        As written; None = turns nobody is named for (notes, headings, minutes).
    role : {"respondent", "interviewer", "facilitator", "note", "heading"}
    turns : int
        How many turns, 1 or more.
    words : int
        `count_words` over all of them.
    """

    speaker: str | None
    role: Role
    turns: int
    words: int


def describe_speakers(transcript: Transcript) -> list[SpeakerSummary]:
    """Speakers with their roles, turns and words.

    Parameters
    ----------
    transcript : Transcript

    Returns
    -------
    list of SpeakerSummary
        One row a speaker and role, in the order they first speak.
    """
    turns: dict[tuple[str | None, Role], int] = {}
    words: dict[tuple[str | None, Role], int] = {}
    for turn in transcript.turns:
        key = (turn.speaker, turn.role)
        turns[key] = turns.get(key, 0) + 1
        words.setdefault(key, 0)
    for segment in transcript.segments:
        turn = transcript.turns[segment.turn]
        words[turn.speaker, turn.role] += segment.words
    return [SpeakerSummary(*key, turns=turns[key], words=words[key]) for key in turns]
