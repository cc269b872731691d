"""The blocks of a document as lines that are header, heading or talk, before anyone is named.

The practical header at the top ("Date: ...", "Participants: ...", a title) is nobody's talk; what it says
of people (who asks, who answers) is kept as the cast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from ..model import Block, BlockStyle, Document, Role
from .labels import Label, find_label, is_name_like
from .vocabulary import PRACTICAL_WORDS, asks_by_note, base_name, is_role_label, role_word

Matter = Literal["talk", "heading", "header"]

_ENDS_SENTENCE = re.compile(r"[.?!…;,:\u037e][\"'”’»)\]]*$")
_NUMBERED_HEADING = re.compile(
    r"(table|topic|theme|session|part|section|block|group|round|item|agenda|day|question|chapter|tisch|thema|tema|mesa|taula|"
    r"tavolo|masa|tafel|bord|stalas|τραπέζι|θέμα|маса|тема)\s+(\d{1,2}|[A-Z]|[IVX]{1,4})\b\s*(?:[:.–—-]|$)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[\[(][^\])]*[\])]\s*\.?")
_GATHERING = frozenset(
    (
        "participants",
        "attendees",
        "participantes",
        "partecipanti",
        "participanți",
        "dalyviai",
        "участници",
        "deltagare",
        "deelnemers",
    )
)
_MAX_TITLE_WORDS = 15
_MAX_CAST_WORDS = 15
_MAX_HEADING_WORDS = 8
_NAME_SPLIT = re.compile(r"[;,/]|\s(?:and|und|y|i|e|și|et|en|och|ir|και|и)\s(?=[A-ZÀ-ÞΑ-ΩА-Я])")


@dataclass
class Line:
    """One block on its way to a turn.

    Attributes
    ----------
    start, end : int
        Code points of the whole block.
    text : str
        Its words.
    style : str
        The block's style.
    label : Label or None
        Possible label; set to None when it is not believed.
    blank_before, blank_after : bool
        Whether a blank line or the end of the text is there.
    matter : {"talk", "heading", "header"}
    bold : int
        As in `Block`.
    """

    start: int
    end: int
    text: str
    style: BlockStyle
    label: Label | None
    blank_before: bool
    blank_after: bool
    matter: Matter = "talk"
    bold: int = 0

    @property
    def is_sentence(self) -> bool:
        """Whether it ends like one."""
        return bool(_ENDS_SENTENCE.search(self.text))

    @property
    def is_whole_bold(self) -> bool:
        """Whether all of it is bold."""
        return self.bold >= len(self.text) > 0


def read_lines(document: Document) -> list[Line]:
    """Read the blocks as lines with their possible labels; formats that name speakers are taken at their word.

    Parameters
    ----------
    document : Document

    Returns
    -------
    list of Line
        In order; practical header and headings marked by the format are marked, the rest is talk.
    """
    lines: list[Line] = []
    previous = 0
    text = document.text
    for at, block in enumerate(document.blocks):
        following = document.blocks[at + 1].start if at + 1 < len(document.blocks) else len(text)
        words = text[block.start : block.end]
        label = None
        if block.style not in ("heading", "header"):
            label = _label(block, words)
        lines.append(
            Line(
                start=block.start,
                end=block.end,
                text=words,
                style=block.style,
                label=label,
                blank_before=previous == 0 or text.count("\n", previous, block.start) > 1,
                blank_after=following == len(text) or text.count("\n", block.end, following) > 1,
                matter="header" if block.style == "header" else "heading" if block.style == "heading" else "talk",
                bold=block.bold,
            )
        )
        previous = block.end
    _mark_header(lines)
    return lines


def _label(block: Block, words: str) -> Label | None:
    if block.speaker:
        return Label(block.speaker, 0, block.time, "format")
    label = find_label(words, bold=block.bold)
    if label and label.source == "bold" and block.style == "bullet":
        return replace(label, source="colon")  # minutes begin their bullets with a bold keyword
    return label


def _mark_header(lines: list[Line]) -> None:
    """Mark the practical lines from the top, as far as they go without a gap."""
    practical_in_group = False
    group: list[Line] = []
    for at, line in enumerate(lines):
        if line.style in ("row", "caption"):
            return
        if line.blank_before or not group:
            practical_in_group, group = False, _group(lines, at)
        if line.matter != "talk":
            practical_in_group = practical_in_group or line.matter == "header"
            continue
        if line.label and line.label.name and not _is_practical(line):
            is_header = (practical_in_group or len(group) > 1) and _is_cast(group, line)
        else:
            is_header = _is_practical(line) or ((at == 0 or practical_in_group) and _is_title(group, line))
        if not is_header:
            return
        line.matter, practical_in_group = "header", True


def _is_practical(line: Line) -> bool:
    """Whether it is like "Date: ...", and not the first turn ("Interviewer: Hello.")."""
    key, colon, value = line.text.partition(":")
    words = re.findall(r"[^\W\d_][\w\-]*", key.casefold())
    if not colon or not words or len(words) > 6 or words[0] not in PRACTICAL_WORDS:
        return False
    if words[0] == "data" and not any(character.isdigit() for character in value):
        return False  # a date in half of the languages, and the matter of the study in English
    return (
        role_word(key) == "note" or not is_role_label(key) or (key.casefold().strip() in _GATHERING and _is_fact(line))
    )


def _is_cast(group: list[Line], line: Line) -> bool:
    """Whether it names a person ("Interviewer: Sanne Vos"); a label that comes again in its paragraph is talk."""
    if line.label is None or line.label.time or line.label.length == len(line.text):
        return False
    if not is_role_label(line.label.name) or not _is_fact(line):
        return False
    name = base_name(line.label.name)
    again = sum(1 for other in group if other.label and base_name(other.label.name) == name)
    return again == 1 and len(line.text.split()) <= _MAX_CAST_WORDS


def _is_fact(line: Line) -> bool:
    """No sentence and no question: what a header says after its colon."""
    return not line.is_sentence and "?" not in line.text


def _is_title(group: list[Line], line: Line) -> bool:
    """Whether it is a short line without a stop, in a paragraph that has a practical line or a cast."""
    if line.is_sentence or line.style == "bullet" or len(line.text.split()) > _MAX_TITLE_WORDS or line.text[0] in "[(*":
        return False
    return any(_is_practical(other) or _is_cast(group, other) for other in group)


def _group(lines: list[Line], at: int) -> list[Line]:
    """Take the paragraph of lines that begins at `at`, as far as it is short lines."""
    end = at + 1
    while end < len(lines) and not lines[end].blank_before and lines[end].style not in ("row", "caption"):
        end += 1
    return lines[at:end]


# --- who is who, by the header -----------------------------------------------------------------


def read_cast(lines: list[Line]) -> dict[str, Role]:
    """Read which people the practical header gives a role.

    Parameters
    ----------
    lines : list of Line
        Of the whole document.

    Returns
    -------
    dict of str to Role
        By base name. "Facilitator: Malin" gives ``{"malin": "facilitator"}``; participants are respondents unless it is
        said that they ask; codes in brackets ("interviewer (Q)") count as names.
    """
    cast: dict[str, Role] = {}
    for line in lines:
        if line.matter != "header":
            continue
        key, _, value = line.text.partition(" | ") if " | " in line.text else line.text.partition(":")
        role = role_word(key) or ("respondent" if key.casefold().split()[:1] in (["present"], ["attendees"]) else None)
        if role:
            for person in _people(value):
                _add_person(person, role, cast)
    return cast


def _people(value: str) -> list[str]:
    """Split at commas and semicolons outside of brackets."""
    hidden = re.sub(r"[\[(][^\])]*[\])]", lambda found: re.sub(r"[;,/]|\s", "\0", found[0]), value)
    people, start = [], 0
    for split in _NAME_SPLIT.finditer(hidden):
        people.append(value[start : split.start()].strip())
        start = split.end()
    return [person for person in (*people, value[start:].strip()) if person]


def _add_person(person: str, role: Role, cast: dict[str, Role]) -> None:
    inside = " ".join(re.findall(r"[\[(]([^\])]*)[\])]", person))
    name = re.sub(r"\s*[\[(].*", "", person).strip(" .")
    said = role_word(name) or role_word(f"x ({inside})")
    if said is None and role == "respondent" and asks_by_note(inside):
        said = "interviewer"
    code = inside.strip()
    if re.fullmatch(r"[A-ZÀ-Þ]{1,3}\d{0,2}", code):
        cast[base_name(code)] = said or role
    if name and (is_name_like(name) or len(name.split()) == 1) and not is_role_label(name):
        cast[base_name(name)] = said or role


# --- headings ----------------------------------------------------------------------------------


def mark_headings(lines: list[Line]) -> None:
    """Mark the headings that plain text does not mark: capitals, "Table 2: data", short titles.

    Parameters
    ----------
    lines : list of Line
        With the labels that are believed; changed in place.
    """
    talk = [line for line in lines if line.matter == "talk" and len(line.text.split()) > 3]
    punctuated = sum(1 for line in talk if line.is_sentence) >= 0.7 * len(talk)
    for at, line in enumerate(lines):
        if line.matter == "talk" and line.label is None and _is_heading(lines, at, punctuated):
            line.matter = "heading"


def _is_heading(lines: list[Line], at: int, punctuated: bool) -> bool:
    line = lines[at]
    words = len(line.text.split())
    if line.style not in ("line", "paragraph") or words > 12 or _BRACKETED.fullmatch(line.text):
        return False
    if _NUMBERED_HEADING.match(line.text) and not line.text.endswith((".", "?", "!")):
        return True
    if line.is_sentence or not (line.text[0].isupper() or line.text[0].isdigit()):
        return False
    if line.is_whole_bold:
        return True
    below = lines[at + 1] if at + 1 < len(lines) else None
    if below is None:
        return False
    opens = below.style == "bullet" or below.label is not None or below.matter == "heading"
    alone = line.blank_before or lines[at - 1].style == "bullet" or line.style == "paragraph"
    if line.text.isupper() and sum(character.isalpha() for character in line.text) > 3:
        return alone and (opens or line.blank_after)
    return (
        alone
        and opens
        and (line.blank_before or line.style == "paragraph")
        and words <= _MAX_HEADING_WORDS
        and punctuated
    )
