"""What looks like a speaker's label at the start of a line: one `Label` in the line's text, or none.

Only the form is judged here; whether the label is believed is decided over the whole document in
`accept`. Times beside a label, or alone, are taken off the words with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import regex

from .abbreviations import word_set
from .vocabulary import NEVER_LABELS, base_name, is_role_label, role_word

Source = Literal["format", "bold", "time", "colon", "tab", "dot", "alone", "none"]

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_LEADING_TIME = regex.compile(
    rf"(?:\[(?P<a>{_TIME})\]|\((?P<b>{_TIME})\)|(?P<c>{_TIME}))(?=\s|$|[-–—])\s*(?:[-–—]\s*)?"
)
_NAME = r"[^\W_][^:：\t\n\[\]()]{0,44}?"
_BRACKET = r"(?:\s*[\[(](?!\d{1,2}:)[^\])\n]{1,60}[\])])?"
_AFTER_NAME = rf"(?:\s*(?:[\[(](?P<t1>{_TIME})[\])]|(?<=\s)(?P<t2>{_TIME})))?"
_COLON = regex.compile(rf"(?P<name>{_NAME}{_BRACKET}){_AFTER_NAME}\s?[:：](?=$|[\s\"'“„«\p{{L}}\[(…])(?![/\\])\s*")
_NAME_TIME = regex.compile(rf"(?P<name>{_NAME}{_BRACKET})\s+[\[(]?(?P<time>{_TIME})[\])]?\s*:?\s*$")
_NAME_TIME_WORDS = regex.compile(rf"(?P<name>{_NAME}{_BRACKET})\s+[\[(](?P<time>{_TIME})[\])]\s+(?=\S)")
_TAB = regex.compile(rf"(?P<name>{_NAME}{_BRACKET})[ ]*\t\s*(?=\S)")
_DOT = regex.compile(r"(?P<name>[QA]\d{0,3})[.)]\s+(?=\S)")
_SPACES = regex.compile(rf"(?P<name>{_NAME}) {{2,}}(?=\p{{Lu}}|[\"“„«¿¡\[])")
_DASH = regex.compile(rf"(?P<name>{_NAME})\s+[-–—]\s+(?=\S)")
_TIME_AFTER = regex.compile(rf"(?:\[(?P<a>{_TIME})\]|\((?P<b>{_TIME})\))\s*")
_MARKS = "*_: ：.\t-–—"
_PARTICLES = word_set(
    """
    de da di del della des du la le van von der den ter ten el y i e und and of 't zu
    """
)
_TITLES = word_set(
    """
    dr prof professor mr mrs ms ing dott dott.ssa sr sra ir frau herr mag
    """
)
_MAX_WORDS = 4


@dataclass(frozen=True)
class Label:
    """A possible label.

    Attributes
    ----------
    name : str
        As written, without the colon; empty when there is only a time.
    length : int
        Code points of the line before its words.
    time : str or None
        As written.
    source : str
        How it was marked: by the format, in bold, with a time, colon, tab, full stop, alone on a line;
        "none" = there is a time only.
    """

    name: str
    length: int
    time: str | None
    source: Source


def find_label(text: str, *, bold: int = 0) -> Label | None:
    """Find the possible label at the start of a line.

    Parameters
    ----------
    text : str
        The block's words.
    bold : int
        Code points at the start that are bold.

    Returns
    -------
    Label or None

    Examples
    --------
    >>> find_label("[00:12:31] R1: Yes.")
    Label(name='R1', length=15, time='00:12:31', source='time')
    >>> find_label("When we asked for it, twice: no.") is None
    True
    """
    if bold and (label := _bold_label(text, bold)):
        return label
    leading = _LEADING_TIME.match(text)
    start = leading.end() if leading else 0
    time = (leading["a"] or leading["b"] or leading["c"]) if leading else None
    label = _plain_label(text, start)
    if label and leading:
        return Label(label.name, label.length, time, "time" if label.source != "alone" else "alone")
    if label:
        return label
    if not leading:
        return None
    rest = text[start:].strip()
    if rest and is_name_like(rest) and len(rest) <= 40:
        return Label(rest, len(text), time, "alone")
    return None if leading["c"] and rest else Label("", start, time, "none")


def _plain_label(text: str, start: int) -> Label | None:
    for pattern, source in (
        (_NAME_TIME, "time"),
        (_COLON, "colon"),
        (_NAME_TIME_WORDS, "time"),
        (_TAB, "tab"),
        (_DOT, "dot"),
    ):
        found = pattern.match(text, start)
        if not found or not _may_be_name(found["name"]):
            continue
        groups = found.groupdict()
        time = groups.get("time") or groups.get("t1") or groups.get("t2")
        end = found.end()
        if after := _TIME_AFTER.match(text, end):
            time, end = time or after["a"] or after["b"], after.end()
        return Label(found["name"].strip(), end, time, "time" if time else source)  # type: ignore[arg-type]
    for pattern, shortest in ((_DASH, 3), (_SPACES, 1)):
        found = pattern.match(text, start)
        if found and is_role_label(found["name"]) and len(found["name"]) >= shortest:
            return Label(found["name"].strip(), found.end(), None, "colon")
    rest = text[start:].strip()
    if rest and len(rest) <= 40 and is_role_label(rest) and len(rest) > 2:
        return Label(rest, len(text), None, "alone")
    return None


def _bold_label(text: str, bold: int) -> Label | None:
    """Find a bold start that ends with a colon (inside or after it), or is the whole line."""
    marked = text[:bold]
    name = marked.strip(_MARKS)
    if leading := _LEADING_TIME.match(name):
        name = name[leading.end() :].strip(_MARKS)
    time = (leading["a"] or leading["b"] or leading["c"]) if leading else None
    if trailing := regex.search(rf"\s*[\[(]?({_TIME})[\])]?\s*$", name):
        name, time = name[: trailing.start()].strip(_MARKS), time or trailing[1]
    if not name or ":" in name or not _may_be_name(name, limit=6):
        return None
    rest = text[bold:]
    colon = marked.rstrip(" *_").endswith((":", "：")) or rest.lstrip().startswith((":", "："))
    end = len(text) - len(rest.lstrip(" :：\t"))
    if after := _TIME_AFTER.match(text, end):
        time, end = time or after["a"] or after["b"], after.end()
    if colon or time:
        return Label(name, end, time, "bold")
    return Label(name, end if rest.strip() else len(text), None, "alone")


def _may_be_name(name: str, limit: int = _MAX_WORDS) -> bool:
    """Whether it has the outer form of a name: few words, no sentence marks, a letter at the start."""
    plain = regex.sub(r"[\[(][^\])]*[\])]", " ", name)
    words = plain.split()
    titles = sum(1 for word in words if word.casefold().rstrip(".") in _TITLES)
    if not 1 <= len(words) - titles <= limit:
        return False
    if regex.search(r"[,;?!\"“”„«»]", plain) or any(w.endswith(".") and len(w) > 5 for w in words):
        return False
    return any(character.isalpha() for character in plain)


def is_name_like(name: str) -> bool:
    """Whether every word is capitalised or a particle, as names and codes are.

    Examples
    --------
    >>> is_name_like("Anna van den Berg"), is_name_like("One thing"), is_name_like("P3 (SME)")
    (True, False, True)
    """
    words = regex.sub(r"[\[(][^\])]*[\])]", " ", name).split()
    lower = [
        word
        for word in words
        if not (word[0].isupper() or word[0].isdigit() or not word[0].isalpha() or _caseless(word[0]))
    ]
    return (
        bool(words) and _may_be_name(name) and words[0] not in lower and all(w.casefold() in _PARTICLES for w in lower)
    )


def _caseless(character: str) -> bool:
    return character.lower() == character.upper()


# --- which are believed ------------------------------------------------------------------------


def accept(labels: Iterable[Label], text: str, *, given: Collection[str] = (), cast: Collection[str] = ()) -> set[str]:
    """Choose the labels that are believed over the whole document.

    Parameters
    ----------
    labels : iterable of Label
        Every possible label below the practical header.
    text : str
        The document's text: a word that is used in lower case as well is hardly a name.
    given : collection of str
        Base names the researcher gave a role.
    cast : collection of str
        Base names that the practical header lists.

    Returns
    -------
    set of str
        Base names. A label is believed when the format marks it, the researcher or the header names it, it is a
        known word, it answers somebody who asks, or it is seen often enough for what it looks like.
    """
    counts: Counter[str] = Counter()
    sure: set[str] = set()
    written: dict[str, str] = {}
    labels = list(labels)
    dotted = {label.name[0] for label in labels if label.source == "dot"}
    for label in labels:
        name = base_name(label.name)
        if not name or (label.source == "dot" and dotted != {"Q", "A"}):  # "A. Smith" beside "Q. Why?" only
            continue
        written.setdefault(name, label.name)
        counts[name] += 1
        if label.source in ("format", "bold") or (label.source == "time" and is_name_like(label.name)):
            sure.add(name)
    sure |= _answers(labels, text)
    return {
        name for name in counts if name in sure or _is_believed(written[name], name, counts[name], text, given, cast)
    }


def _answers(labels: list[Label], text: str) -> set[str]:
    """Names that stand right after somebody who asks: "Interviewer: ...", "Ben: ...", once is enough.

    Otherwise the answer would go on as the interviewer's words, and be lost to the tables.
    """
    found: set[str] = set()
    for before, label in pairwise(labels):
        first = label.name.split()[0] if label.name else ""
        asked = role_word(before.name) in ("interviewer", "facilitator") if before.name else False
        name = base_name(label.name)
        if not asked or not is_name_like(label.name) or name.replace(" ", "_") in NEVER_LABELS:
            continue
        if first[:1].isupper() and not regex.search(rf"\b{regex.escape(first.lower())}\b", text):
            found.add(name)
    return found


def _is_believed(label: str, name: str, count: int, text: str, given: Collection[str], cast: Collection[str]) -> bool:
    if name in given or is_role_label(label):
        return True
    if name.replace(" ", "_") in NEVER_LABELS:
        return False
    if name in cast:
        return True
    if not is_name_like(label):
        return count >= 3
    if count == 1:
        return _is_certain_name(label, name, text)
    single = " " not in name and not label.isupper()
    used = len(regex.findall(rf"\b{regex.escape(name)}\b", text)) if single else 0
    return count >= 5 or used < count


def _is_certain_name(label: str, name: str, text: str) -> bool:
    """Whether a name seen once is a label: with a title or a role in brackets, or spoken of elsewhere."""
    words = name.split()
    if words[0].rstrip(".") in _TITLES or regex.search(r"[\[(]", label):
        return True
    first = label.split()[0]
    if len(first) < 3 or not first[0].isupper() or first.isupper():
        return False
    mentioned = regex.search(rf"[\p{{Ll}},]\s{regex.escape(first)}\b", text)
    return bool(mentioned) and not regex.search(rf"\b{regex.escape(first.lower())}\b", text)
