"""Who speaks: the lines of a document become turns, each with its speaker, role, time and heading.

A label begins a turn; unlabelled lines continue it until a heading or a header. Minutes without labels
are the respondents' talk, each bullet a turn of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import BlockStyle, Document, Role
from .labels import accept
from .lines import Line, mark_headings, read_cast, read_lines
from .roles import Spoken, assign_roles
from .sentences import Span
from .vocabulary import base_name

_STAGE_ONLY = re.compile(r"(?:[\[(][^\])\n]*[\])]|\*[^*\n]+\*|_[^_\n]+_)[.\s]*")
_CLOSING = re.compile(
    r"[\[(*]*\s*(end of (the )?(recording|interview|transcript|workshop|session)|"
    r"(recording|transcript|interview) (ends|stops|stopped))\b.{0,30}",
    re.IGNORECASE,
)


@dataclass
class Draft:
    """A turn in the making.

    Attributes
    ----------
    spans : list of Span
        Its words, block by block.
    speaker : str or None
        As written.
    time : str or None
    heading : str or None
        The last heading above.
    role : Role or None
        None until it is decided.
    style : str
        Style of the first block.
    """

    spans: list[Span]
    speaker: str | None = None
    time: str | None = None
    heading: str | None = None
    role: Role | None = None
    section: int = 0

    @property
    def start(self) -> int:
        """First code point."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Code point after the last."""
        return self.spans[-1].end


def find_turns(document: Document, given: Mapping[str, Role]) -> list[Draft]:
    """Cut a document into turns.

    Parameters
    ----------
    document : Document
    given : mapping of str to Role
        Speaker label to role, from the researcher; case does not matter.

    Returns
    -------
    list of Draft
        In order, disjoint, every one with words and a role.
    """
    lines = read_lines(document)
    cast = read_cast(lines)
    _believe(lines, document.text, cast, given)
    mark_headings(lines)
    drafts = _Assembly(document.text).run(lines)
    labelled = [draft for draft in drafts if draft.speaker is not None]
    roles = assign_roles(
        [Spoken(draft.speaker or "", document.text[draft.start : draft.end]) for draft in labelled],
        kind=document.attributes.kind,
        cast=cast,
        given=given,
    )
    for draft in labelled:
        draft.role = roles[base_name(draft.speaker or "")]
    _settle_unlabelled(drafts, document)
    return drafts


def _believe(lines: list[Line], text: str, cast: Mapping[str, Role], given: Mapping[str, Role]) -> None:
    """Take away the labels that are not believed."""
    names = {base_name(label) for label in given}
    listed = set(cast) | {name.split()[0] for name in cast} | {name.split()[-1] for name in cast}
    listed |= {"".join(word[0] for word in name.split()) for name in cast if " " in name}
    labels = [line.label for line in lines if line.label and line.matter == "talk"]
    believed = accept(labels, text, given=names, cast=listed)
    for line in lines:
        if line.label and line.label.source != "none" and base_name(line.label.name) not in believed:
            line.label = None


@dataclass
class _Assembly:
    """Walks the lines once; holds who is speaking."""

    text: str
    drafts: list[Draft] = field(default_factory=list)
    speaker: str | None = None
    time: str | None = None
    heading: str | None = None
    section: int = 0
    fresh: bool = True
    in_bullet: bool = False

    def run(self, lines: list[Line]) -> list[Draft]:
        for line in lines:
            if line.matter == "talk":
                self._talk(line)
            else:
                self._matter(line)
        return self.drafts

    def _matter(self, line: Line) -> None:
        role: Role = "heading" if line.matter == "heading" else "note"
        if line.matter == "heading":
            self.heading = " ".join(line.text.strip("*_").split())
            self.section += 1
        style: BlockStyle = "heading" if line.matter == "heading" else "header"
        last = self.drafts[-1] if self.drafts else None
        if role == "note" and last and last.role == "note" and not self._gap(last.end, line.start):
            last.spans.append(Span(line.start, line.end, style))
        else:
            self.drafts.append(
                Draft([Span(line.start, line.end, style)], heading=self.heading, role=role, section=self.section)
            )
        self.speaker, self.time, self.fresh, self.in_bullet = None, None, True, False

    def _talk(self, line: Line) -> None:
        start = line.start
        if line.label:
            start = self._take_label(line)
        elif line.style == "bullet" and self.in_bullet:
            self.speaker, self.time, self.fresh, self.in_bullet = None, None, True, False
        if self._is_closing(line):
            self._add(
                Draft([Span(start, line.end, line.style)], heading=self.heading, role="note", section=self.section)
            )
            self.speaker, self.fresh = None, True
            return
        words = self.text[start : line.end]
        start += len(words) - len(words.lstrip())
        if start >= line.end:
            return
        span = Span(start, line.end, line.style)
        if self._continues(line, start):
            self.drafts[-1].spans.append(span)
        else:
            self._add(Draft([span], self.speaker, self.time, self.heading, section=self.section))
            self.time = None if line.label is None else self.time
        self.fresh = False

    def _take_label(self, line: Line) -> int:
        """Change the speaker; returns where the line's words begin."""
        label = line.label
        if label is None:
            return line.start
        same = label.source == "format" and label.name == self.speaker and not self.fresh
        if not same:
            self.fresh = True
            self.time = label.time
            if label.name:
                self.speaker = label.name
                self.in_bullet = line.style == "bullet"
        return line.start + label.length

    def _continues(self, line: Line, start: int) -> bool:
        if self.fresh or not self.drafts or self.drafts[-1].role is not None or line.style == "bullet":
            return False
        last = self.drafts[-1]
        if self._gap(last.end, start):
            return False
        apart = line.style in ("paragraph", "row") or (line.blank_before and line.style == "line")
        return not (apart and self.speaker is None)

    def _gap(self, start: int, end: int) -> bool:
        """Whether something that is nobody's words stands between."""
        return bool(self.text[start:end].strip())

    def _is_closing(self, line: Line) -> bool:
        return line.label is None and line.style != "row" and bool(_CLOSING.fullmatch(line.text))

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)


def _settle_unlabelled(drafts: list[Draft], document: Document) -> None:
    """Roles of the turns nobody is named for.

    Without any label all of it is talk (in minutes: from the first bullet on). With labels, an unlabelled
    text above the first label of its section is an editor's remark, a bullet or a section of its own is
    the participants' talk.
    """
    labelled = {draft.section for draft in drafts if draft.speaker is not None}
    bullets = any(draft.spans[0].style == "bullet" for draft in drafts)
    minutes = document.attributes.kind == "workshop" and bullets
    begun = not (labelled or minutes)
    for draft in drafts:
        bullet = draft.spans[0].style == "bullet"
        begun = begun or bullet or draft.speaker is not None
        if draft.role is not None:
            continue
        words = document.text[draft.start : draft.end]
        stage = bool(_STAGE_ONLY.fullmatch(words)) and bool(labelled)
        remark = not begun or stage or (draft.section in labelled and not bullet)
        draft.role = "note" if remark else "respondent"
