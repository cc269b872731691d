"""A text in, what may name somebody out: addresses and numbers by patterns, words by titles and capitals.

No model is asked: what names people in ten languages would be a download of gigabytes, and finds fewer than all of
them too. A person reads the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PATTERN_KINDS = ("e-mail", "web address", "phone", "number", "birth date", "postcode", "code")
"""Kinds found by their form alone."""
CERTAIN_KINDS = ("e-mail", "phone", "number", "birth date")
"""Those that nothing but a person's data looks like."""
PHONE_DIGITS = range(8, 16)
TOLD_DIGITS = range(6, 16)
"""Of a number that is called a phone number."""

_TITLES = r"""
    Dr Prof Mr Mrs Ms Miss Sir Madam Dra Sr Sra Srta Don Doña Frau Herr Fräulein Mme Mlle Madame Monsieur
    Mevrouw Meneer Mijnheer Dott Dottoressa Signor Signora Doctor Professor Sister Nurse Father Dl Dna Domnul
    Doamna Ponas Ponia Herrn Pan Pani p κ κα Κ κύριος κυρία κυρίου κυρίας γιατρός Δρ г-н г-жа д-р Д-р проф Проф
    доц Доц
"""
_ORGANISATIONS = r"""
    Hospital Hospitals Clinic Clinics Klinik Klinikum Universit\p{L}* Institut\p{L}* Foundation Fundaci\p{L}*
    Centre Center Centro Zentrum Ministry Agency Company GmbH AG Ltd BV Inc Association Society Council
    Municipality Ligonin\p{L}* Klinik\p{L}* Universitet\p{L}* Spital\p{L}* Ospedale Ziekenhuis Sjukhus\p{L}*
    Νοσοκομείο Πανεπιστήμιο Болница Университет Institute College Laborator\p{L}* Registry Biobank Fund
"""
_NUMBERED = r"""
    patient pacient\w* case file record chart mrn dossier passport insurance ssn personal\scode id\scard id nhs
    asmens\skodas a\.\s?k\. cnp егн αμκα αφμ amka afm bsn rrn personnummer codice\sfiscale steuer-?id
    sozialversicherungsnummer rijksregisternummer
"""
"""What stands before the number of a person or a case."""
_PERSONAL = r"""
    \d{10,13} \d{6}[-+]\d{4} \d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2} \d{8}-?[A-Z] [XYZ]-?\d{7}-?[A-Z]
    [A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z] [A-Z]{2}\d{2}(?:\s?[A-Z\d]{4}){3,7}(?:\s?[A-Z\d]{1,3})?
"""
"""National numbers of people, and of bank accounts."""
_CALLED = r"tel telephone phone mob mobile mobil fax telef\w* τηλ τηλέφωνο тел телефон\w* gsm"
"""What stands before a phone number, however short."""
_BORN = r"""
    born birth dob geb geboren\w* geburtsdatum nacid[oa] nascud[oa] née? naissance nat[oa] nascita născut[ăe]?
    gim(?:ęs|usi|ė|imo\sdata) роден[аи]? γεννήθηκ\w+ γεννημέν\w+ född geboortedatum
"""
_SMALL = "of|de|del|della|dell|di|da|der|den|van|von|für|for|la|las|los|el|y|i|the|and|&|na|на|του|της"


@dataclass(frozen=True)
class Suspect:
    """What may name somebody.

    Attributes
    ----------
    start, end : int
        Code points, half-open.
    kind : str
        One of `PATTERN_KINDS`, or person, organisation, abbreviation, unknown.
    words : str
        As written, blanks made one.
    """

    start: int
    end: int
    kind: str
    words: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, Any], ...]:
    import regex  # heavy

    key = "|".join(_NUMBERED.split())
    date = r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}\.?\s+\p{L}{3,12}\s+\d{4})"
    code = r"(?=[A-Z\-/]*\d)[A-Z\d][A-Z\d\-/]{4,}"
    return (
        ("e-mail", regex.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w\-]+(?:\.[\w\-]+)+")),
        ("web address", regex.compile(r"(?<![\w.])(?:https?://|www\.)[^\s<>\"')\]]+")),
        ("birth date", regex.compile(rf"\b(?i:{'|'.join(_BORN.split())})\b[^\d\n]{{0,15}}{date}")),
        ("number", regex.compile(rf"\b(?i:{key})(?:\s?(?i:no|nr|number|id|code)\b)?[\s.:#°-]{{1,3}}({code})\b")),
        ("phone", regex.compile(
            rf"\b(?i:{'|'.join(_CALLED.split())})[\s.:]{{1,3}}([+(]?\d[\d \u00a0()./\-]{{4,20}}\d)(?![\w:])"
        )),
        ("phone", regex.compile(r"(?<![\w.,:/-])(?:\+|\(\+?\d|0)\d[\d \u00a0()./\-]{6,20}\d(?![\w:])")),
        ("number", regex.compile(rf"(?<![\w.,:/+-])(?:{'|'.join(_PERSONAL.split())})(?![\w:/-]|[.,]\d)")),
        ("postcode", regex.compile(r"\b(?:[A-Z]{1,2}-\d{4,5}|(?<!\d)\d{5}(?=\s\p{Lu}\p{Ll}+\b)(?!\s(?:Euro|EUR)))\b")),
        ("code", regex.compile(r"\b\p{Lu}{2,5}-\d{2,6}\b")),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _word_patterns() -> tuple[tuple[str, Any], ...]:
    import regex

    cap = r"\p{Lu}[\p{L}\p{M}'’\-]*"
    titles = "|".join(regex.escape(one) for one in _TITLES.split())
    kinds = "|".join(_ORGANISATIONS.split())
    small = rf"(?:[ \n](?:{_SMALL})(?=[ \n’'])){{0,2}}"
    return (
        ("person", regex.compile(rf"\b(?:{titles})\b\.?(?:[ \n](?:{titles})\b\.?)?[ \n]+({cap}(?:[ \n]{cap}){{0,2}})")),
        ("organisation", regex.compile(
            rf"\b(?:(?:{cap}[ \n]){{1,4}}(?:{kinds})|(?:{kinds}){small}[ \n'’]{cap}(?:[ \n]{cap}){{0,3}})\b"
        )),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _capitals() -> Any:
    import regex

    return regex.compile(r"(?<![\p{L}\p{M}\d])\p{Lu}[\p{L}\p{M}]*(?:(?:[ \n]|[-'’])\p{Lu}[\p{L}\p{M}]*)*")


def find_patterns(text: str, kinds: Iterable[str] = PATTERN_KINDS) -> list[Suspect]:
    """Addresses and numbers of people, by their form.

    Examples
    --------
    >>> [(s.kind, s.words) for s in find_patterns("Write to ana.popa@spital.ro or call +40 232 123 456.")]
    [('e-mail', 'ana.popa@spital.ro'), ('phone', '+40 232 123 456')]
    """
    wanted = set(kinds)
    found: list[Suspect] = []
    for kind, pattern in _patterns():
        if kind not in wanted:
            continue
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            if kind == "phone" and not _is_phone(match[group], is_told=bool(group)):
                continue
            if not any(one.start < match.end(group) and match.start(group) < one.end for one in found):
                found.append(_suspect(match.start(group), match.end(group), kind, match[group]))
    return sorted(found, key=lambda one: one.start)


def _is_phone(written: str, *, is_told: bool) -> bool:
    digits = sum(character.isdigit() for character in written)
    is_date = digits <= 8 and any(written.count(mark) == 2 for mark in "./-")
    return digits in (TOLD_DIGITS if is_told else PHONE_DIGITS) and not is_date


def _suspect(start: int, end: int, kind: str, words: str) -> Suspect:
    return Suspect(start, end, kind, " ".join(words.split()))


class Suggester:
    """Finds what may name somebody.

    Parameters
    ----------
    is_common : callable
        Whether a word in small letters is a word of the language.

    Examples
    --------
    >>> common = {"the", "at", "asked", "works", "she", "i"}
    >>> found = Suggester(lambda word: word in common).suspects("She asked Dr. Popa. Marta works at the City Hospital.")
    >>> [(one.kind, one.words) for one in found]
    [('person', 'Popa'), ('unknown', 'Marta'), ('organisation', 'City Hospital')]
    """

    def __init__(self, is_common: Callable[[str], bool]) -> None:
        self._is_common = is_common

    def suspects(self, text: str) -> list[Suspect]:
        """All of a text, in order, disjoint."""
        found = find_patterns(text)
        for kind, pattern in _word_patterns():
            for match in pattern.finditer(text):
                group = match.re.groups
                self._take(found, _suspect(match.start(group), match.end(group), kind, match[group]))
        for one in self._capitalised(text):
            self._take(found, one)
        return sorted(found, key=lambda one: one.start)

    @staticmethod
    def _take(found: list[Suspect], one: Suspect) -> None:
        if not any(other.start < one.end and one.start < other.end for other in found):
            found.append(one)

    def _capitalised(self, text: str) -> Iterator[Suspect]:
        """Words with a capital that are no common words; a common word with one only inside a sentence."""
        for match in _capitals().finditer(text):
            start, end = match.span()
            words = match[0].replace("\n", " ").split(" ")
            if _opens(text, start):  # the first word of a sentence has its capital from there
                start += len(words.pop(0)) + 1 if self._is_common(_bare(words[0])) else 0
            while words and (words[-1] == "I" or self._is_said(words[-1])):
                end -= len(words.pop()) + 1
            while words and self._is_said(words[0]):
                start += len(words.pop(0)) + 1
            if not words or start >= end:
                continue
            kept = text[start:end]
            is_short = len(words) == 1 and words[0].isupper()
            yield _suspect(start, end, "abbreviation" if is_short else "unknown", kept)

    def _is_said(self, word: str) -> bool:
        """A word like I or Monday, that English writes with a capital wherever it stands."""
        bare = _bare(word)
        return len(bare) < 2 or bare in _ALWAYS_CAPITAL.split()


def _bare(word: str) -> str:
    return word.split("'")[0].split("’")[0].lower()


_ALWAYS_CAPITAL = r"""
    i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december english european europe eu god christmas easter professor doctor dr mr
    mrs ms prof interviewer respondent moderator facilitator participant
"""


def _opens(text: str, at: int) -> bool:
    """Whether a sentence, a line or what somebody says begins at a place."""
    before = text[:at][-8:].rstrip(" \t\u00a0\"'“”‘’«»„([*_-–—>#")
    return not before or before[-1] in ".!?:;…\n|,"[:-1]
