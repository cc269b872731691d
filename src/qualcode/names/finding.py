"""Listed names in, their places in a text out: whole words, in every form, the longest first; and what is nearly one.

A text is cut into words once, and each word looked up: the time does not depend on how long the list is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from .edits import Edit
from .forms import fold, without_accents, word_forms
from .listing import Name
from .suggesting import find_patterns

LONGEST_GAP = 4
"""Characters between two words of a name."""
LONGEST_SHORT = 3
"""Letters of a word that may have a dot behind it inside a name."""
LONGEST_INITIALS = 12
"""Characters of the initials before a name."""
SHORTEST_NEAR = 5
"""Letters of a word that may be one letter off a name."""

_IN_ADDRESSES = ("@", "[at]", "(at)", "www.", "://")
_HYPHENS = "-‐‑–_"
_QUOTES = "'’‘ʼ`´"

Why = Literal["one letter off", "other case", "without accents", "part of a name", "inflected"]


@dataclass(frozen=True)
class Hit:
    """A listed name in a text.

    Attributes
    ----------
    start, end : int
        Code points, half-open.
    name : int
        Its place in the list, from 0.
    """

    start: int
    end: int
    name: int


@dataclass(frozen=True)
class NearMiss:
    """A word that is nearly a listed name; it is told, never replaced.

    Attributes
    ----------
    start, end : int
    name : int
        The listed name, from 0.
    why : {"one letter off", "other case", "without accents", "part of a name", "inflected"}
    """

    start: int
    end: int
    name: int
    why: Why


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    key: str


@dataclass(frozen=True)
class _Entry:
    """A spelling: the words after the first, what may stand between two of them, and what it is."""

    name: int
    rest: tuple[frozenset[str], ...]
    between: frozenset[str]
    is_person: bool = False
    has_capital: bool = False


@lru_cache(maxsize=1)
def _patterns() -> tuple[Any, Any]:
    import regex  # heavy

    letters = r"[\p{L}\p{M}\u00AD\u200B-\u200D\u2060\uFEFF]"
    words = regex.compile(rf"{letters}+|\p{{N}}+")
    # In a file name, "interviewAnaPopa2" are four words.
    small, capital = r"(?:[\p{Ll}\p{Lo}]\p{M}*)+", r"\p{Lu}\p{M}*"
    camel = regex.compile(rf"(?:{capital})?{small}|(?:{capital})+(?!\p{{Ll}})|{letters}|\p{{N}}+")
    return words, camel


@lru_cache(maxsize=1)
def _initials() -> tuple[Any, Any]:
    import regex

    return (
        regex.compile(r"(?<![\p{L}\p{M}\p{N}])((?:\p{Lu}\p{M}*\.[ \u00a0-]?)+)$"),
        regex.compile(r"[ \u00a0]\p{Lu}\p{M}*\.(?:[ \u00a0]?\p{Lu}\p{M}*\.)*(?![\p{L}\p{N}])"),
    )


class Finder:
    """Finds the names of a list.

    Parameters
    ----------
    names : sequence of Name
    lemma : callable or None
        Gives the basic form of a word, for forms that no pattern makes; None = patterns alone.
    has_forms : bool
        False = only as listed.

    Examples
    --------
    >>> finder = Finder([Name("Ana Popa", "person", ("Ana",))])
    >>> [(hit.start, hit.end) for hit in finder.hits("Anatomy: ANA  POPA said, and Ana's file.")]
    [(9, 18), (29, 32)]
    """

    def __init__(
        self, names: Sequence[Name], lemma: Callable[[str], str] | None = None, *, has_forms: bool = True
    ) -> None:
        self.names = names
        self._lemma = lemma
        self._has_forms = has_forms
        self._plain: dict[str, list[_Entry]] = {}
        self._loose: dict[str, list[_Entry]] = {}
        self._parts: dict[str, int] = {}
        self._near: dict[str, tuple[int, Why]] | None = None
        self._basic: dict[str, int] = {}
        for number, name in enumerate(names):
            for spelling in name.spellings:
                self._add(number, spelling)
        for entries in (*self._plain.values(), *self._loose.values()):
            entries.sort(key=lambda one: -len(one.rest))

    def _add(self, number: int, spelling: str) -> None:
        words = list(_words(spelling))
        if not words:
            return
        gaps = "".join(spelling[a.end : b.start] for a, b in pairwise(words))
        between = frozenset(_plain_marks(gaps) + "".join(gaps.split()))
        sets = [_cases(word_forms(word.key)) if self._has_forms else {word.key} for word in words]
        kind = self.names[number].kind
        if kind == "organisation" and len(words) > 1 and self._has_forms:  # "the university of Leuven"
            sets = [forms | {form.lower() for form in forms} for forms in sets]
        for index, fit in ((self._plain, lambda forms: forms), (self._loose, _folded)):
            rest = tuple(frozenset(fit(forms)) for forms in sets[1:])
            entry = _Entry(number, rest, between, kind == "person" and self._has_forms, spelling != spelling.lower())
            for key in fit(sets[0]):
                index.setdefault(key, []).append(entry)
        if len(words) == 1:
            self._basic.setdefault(words[0].key, number)
        elif kind == "person":
            for forms in sets:
                self._parts |= {form: number for form in forms if len(form) > 2 and form[0].isupper()}

    # --- hits ----------------------------------------------------------------------------------

    def hits(self, text: str, *, loose: bool = False) -> list[Hit]:
        """All places, in order, disjoint; where names share words, the longest that begins first.

        Parameters
        ----------
        text : str
        loose : bool
            The text is a file name: case does not count, and words may stand together as in "AnaPopa".
        """
        words = list(_words(text, camel=loose))
        found: list[Hit] = []
        at = 0
        while at < len(words):
            length, hit = self._hit(text, words, at, loose=loose)
            at += max(length, 1)
            if hit is not None:
                floor = found[-1].end if found else 0
                found.append(hit if loose else self._with_initials(text, words, at, hit, floor))
        return found if loose else self._with_addresses(text, found)

    def _with_addresses(self, text: str, found: list[Hit]) -> list[Hit]:
        """The hits with the e-mail and web addresses that hold a name: each is the name's as a whole."""
        if not any(mark in text for mark in _IN_ADDRESSES):
            return found
        for one in (*find_patterns(text, ["e-mail"]), *find_patterns(text, ["web address"])):  # they may overlap
            end = one.start + len(text[one.start : one.end].rstrip(".,;:!?"))
            inside = self.hits(text[one.start : end], loose=True)
            if inside:
                met = [hit for hit in found if hit.start < end and one.start < hit.end]
                start = min([one.start, *(hit.start for hit in met)])
                whole = Hit(start, max([end, *(hit.end for hit in met)]), inside[0].name)
                found = [hit for hit in found if hit not in met] + [whole]
        return sorted(found, key=lambda hit: hit.start)

    def _with_initials(self, text: str, words: list[_Word], after: int, hit: Hit, floor: int) -> Hit:
        """A person's name with the initials beside it ("J. R. Popa", "Ana P."); `after` is the word behind it."""
        if self.names[hit.name].kind != "person" or not self._has_forms:
            return hit
        before, behind = _initials()
        start, end = hit.start, hit.end
        if (found := before.search(text, max(floor, start - LONGEST_INITIALS), start)) is not None:
            start = found.start(1)
        if (found := behind.match(text, end)) is not None and self._hit(text, words, after, loose=False)[1] is None:
            end = found.end()
        return Hit(start, end, hit.name)

    def _hit(self, text: str, words: list[_Word], at: int, *, loose: bool) -> tuple[int, Hit | None]:
        index = self._loose if loose else self._plain
        # A word that a line end divides is tried whole first, then its first half alone.
        for joined in (2, 1):
            key = _joined(text, words, at) if joined == 2 else words[at].key
            if key is None:
                continue
            for entry in index.get(key.casefold() if loose else key, ()):
                last = self._follow(text, words, at + joined - 1, entry, loose=loose)
                if last is not None and (
                    loose or not entry.has_capital or any(not one.key.islower() for one in words[at : last + 1])
                ):
                    return last + 1 - at, Hit(words[at].start, words[last].end, entry.name)
        word = words[at]
        if self._lemma is not None and not loose and word.key[0].isupper() and len(word.key) > 3:
            number = self._by_lemma(word.key)
            if number is not None:
                return 1, Hit(word.start, word.end, number)
        return 1, None

    def _by_lemma(self, word: str) -> int | None:
        assert self._lemma is not None
        if not any(word[:2] == basic[:2] for basic in self._basic):
            return None
        lemma = fold(self._lemma(word))
        return self._basic.get(lemma, self._basic.get(lemma[:1].upper() + lemma[1:]))

    def _follow(self, text: str, words: list[_Word], at: int, entry: _Entry, *, loose: bool) -> int | None:
        """The last word of a name whose first stands at a place; None where the others do not follow."""
        for forms in entry.rest:
            if entry.is_person and _is_initial(words, at + 1) and words[at + 1].key not in forms:  # "Ana M. Popa"
                if not _may_join(_gap(text, words, at), entry, loose=loose):
                    return None
                at += 1
            if at + 1 >= len(words) or not _may_join(_gap(text, words, at), entry, loose=loose):
                return None
            at += 1
            key = words[at].key
            if (key.casefold() if loose else key) in forms:
                continue
            whole = _joined(text, words, at)
            if whole is None or (whole.casefold() if loose else whole) not in forms:
                return None
            at += 1
        return at

    def edits(self, text: str, cuts: Iterable[int] = (), *, loose: bool = False) -> list[Edit]:
        """What to write instead of the names.

        Parameters
        ----------
        text : str
        cuts : iterable of int
            Places that no edit may cross (ends of sentences, turns, passages): a name that one divides is replaced
            on both sides of it.
        loose : bool
            As in `hits`.
        """
        edges = sorted(set(cuts))
        return [
            Edit(start, end, self.names[hit.name].pseudonym)
            for hit in self.hits(text, loose=loose)
            for start, end in _divided(text, hit, edges)
        ]

    # --- near misses ---------------------------------------------------------------------------

    def near(self, text: str) -> list[NearMiss]:
        """Words that are nearly a listed name, outside of the names themselves."""
        if self._near is None:
            self._near = self._near_index()
        taken = [(hit.start, hit.end) for hit in self.hits(text)]
        found, behind = [], 0
        for word in _words(text):
            while behind < len(taken) and taken[behind][1] <= word.start:
                behind += 1
            if behind < len(taken) and taken[behind][0] <= word.start:
                continue
            miss = self._miss(word.key)
            if miss is not None:
                found.append(NearMiss(word.start, word.end, *miss))
        return found

    def _miss(self, key: str) -> tuple[int, Why] | None:
        assert self._near is not None
        if key in self._parts:
            return self._parts[key], "part of a name"
        if key.casefold() in self._near:
            return self._near[key.casefold()]
        plain = without_accents(key)
        if plain.casefold() in self._near:
            return self._near[plain.casefold()][0], "without accents"
        if len(key) >= SHORTEST_NEAR and key[0].isupper():
            for less in _one_less(plain.casefold()):
                if f"-{less}" in self._near:
                    return self._near[f"-{less}"]
        return None

    def _near_index(self) -> dict[str, tuple[int, Why]]:
        """Other cases and plain letters of one-word names and parts of people's names; and all with a letter less."""
        index: dict[str, tuple[int, Why]] = {}
        alone = {key: entry.name for key, entries in self._plain.items() for entry in entries if not entry.rest}
        for word, number in {**self._parts, **alone}.items():
            plain = without_accents(word).casefold()
            index.setdefault(word.casefold(), (number, "other case"))
            index.setdefault(plain, (number, "without accents"))
        basics = {fold(w.key) for n in self.names for s in n.spellings for w in _words(s)}
        for word, number in {**self._parts, **alone}.items():
            if word in basics and len(word) >= SHORTEST_NEAR:
                for less in _one_less(without_accents(word).casefold()):
                    index.setdefault(f"-{less}", (number, "one letter off"))
        return index


def _one_less(word: str) -> Iterator[str]:
    """The word, and the word without one of its letters: two words one letter apart share one of these."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _words(text: str, *, camel: bool = False) -> Iterator[_Word]:
    pattern = _patterns()[1 if camel else 0]
    for found in pattern.finditer(text):
        key = fold(found[0])
        if key:
            yield _Word(found.start(), found.end(), key)


def _joined(text: str, words: list[_Word], at: int) -> str | None:
    """Two halves of a word around a hyphen at the end of a line, together; None where there are none."""
    if at + 1 >= len(words):
        return None
    first, second = words[at], words[at + 1]
    gap = text[first.end : second.start]
    if len(gap) > LONGEST_GAP or "\n" not in gap or gap.strip() not in ("-", "‐", "\u00ad"):
        return None
    return fold(first.key + second.key)


def _gap(text: str, words: list[_Word], at: int) -> str:
    """What stands between a word and the next, without the dot of "F." or "St."."""
    gap = text[words[at].end : words[at + 1].start] if at + 1 < len(words) else ""
    return gap.removeprefix(".") if len(words[at].key) <= LONGEST_SHORT else gap


def _is_initial(words: list[_Word], at: int) -> bool:
    return at < len(words) and len(words[at].key) == 1 and words[at].key.isupper()


def _may_join(gap: str, entry: _Entry, *, loose: bool) -> bool:
    """Whether so much between two words leaves them one name."""
    if not gap:
        return loose
    if len(gap) > LONGEST_GAP or gap.count("\n") > 1:
        return False
    marks = _plain_marks("".join(gap.split()))
    return all(mark in "-" or mark in entry.between or (loose and mark in ".,") for mark in marks)


def _plain_marks(gap: str) -> str:
    return "".join("-" if c in _HYPHENS else "'" if c in _QUOTES else c for c in gap)


def _cases(forms: Iterable[str]) -> set[str]:
    forms = set(forms)
    return forms | {fold(form.upper()) for form in forms}


def _folded(forms: set[str]) -> set[str]:
    return {form.casefold() for form in forms}


def _divided(text: str, hit: Hit, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of a hit between the places no edit may cross, without blanks at their ends."""
    from bisect import bisect_left, bisect_right

    inner = edges[bisect_right(edges, hit.start) : bisect_left(edges, hit.end)]
    for start, end in zip((hit.start, *inner), (*inner, hit.end), strict=True):
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = end - (len(piece) - len(piece.rstrip()))
        if left < right:
            yield left, right
