"""Headings that are the names of those who speak, as transcripts made for NVivo have them.

Every turn then begins with a heading ("Interviewer", "Anna"). They become bold lines, which is what other transcripts
have in their place; whether a bold line names a speaker is decided in `segment`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..model import Block

_ASKS_OR_ANSWERS = re.compile(
    r"((interviewer|interviewee|moderator|facilitator|researcher|respondent|participant|informant|speaker|sprecher)(in)?|"
    r"(befragte|teilnehmer|entrevistad|participante|intervistat|partecipante|enquêteu|enquêtric|συνεντευ|συμμετέχ|"
    r"интервюир|участни|klausėj|dalyv|intervievat|deltagare|intervjuare)\w*)([ _-]*\d{1,3}|[ _-]+[a-z])?|"
    r"[a-z]{1,2}\d{1,2}",
    re.IGNORECASE,
)
_MAX_WORDS = 4


def with_speakers(blocks: Sequence[Block], text: str) -> tuple[Block, ...]:
    """Make bold lines of headings that name speakers; only when that is certain.

    Parameters
    ----------
    blocks : sequence of Block
        Of the whole document.
    text : str
        The document's text.

    Returns
    -------
    tuple of Block
        The same, or with each short heading that comes again as a bold paragraph: when at least two of them come again,
        take turns, and one says that somebody asks or answers ("Interviewer", "Respondent 2", "P3").
    """
    at = [i for i, block in enumerate(blocks) if block.style == "heading"]
    names = {i: text[blocks[i].start : blocks[i].end].rstrip(": ").casefold() for i in at}
    counts = Counter(name for name in names.values() if len(name.split()) <= _MAX_WORDS)
    turns = [i for i in at if counts[names[i]] > 1]
    told = {names[i] for i in turns}
    steps = list(pairwise(turns))
    odd = sum(1 for one, other in steps if names[one] == names[other] or other == one + 1)  # no change, nothing said
    if len(told) < 2 or not any(_ASKS_OR_ANSWERS.fullmatch(name) for name in told) or odd * 5 > len(steps):
        return tuple(blocks)
    speakers = set(turns)
    return tuple(
        replace(block, style="paragraph", bold=block.end - block.start) if i in speakers else block
        for i, block in enumerate(blocks)
    )
