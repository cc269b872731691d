"""Regular expressions in; for a sentence, the few of them that can match it at all.

Of most expressions one can tell words that must stand in every match: one of "data" and "record", and one of "silo"
and "silos". All those words are sought at once (Aho and Corasick 1975), and an expression is run only where its own
stand. This leaves out work, never a match: where no word can be told, the expression is always run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import ahocorasick

try:
    from re import _parser  # type: ignore[attr-defined]  # not public, so nothing but speed rests on it
except ImportError:  # pragma: no cover
    _parser = None

_MOST = 64
"""So many spellings of a stretch are kept apart; more are cut into two stretches."""
_EMPTY = frozenset([""])

# What `re` and `regex` read alike. Anything else (fuzzy matching, named lists, sets in sets ...) is not looked into.
_READ_ALIKE = re.compile(
    r"""(?: [^\\\[({]
          | \\[bBwWdDsS] | \\[^\w\s]
          | \[ \^?\]? (?: [^\\\[\]&|~] | \\[wWdDsS] | \\[^\w\s] )* \]
          | \( (?! \? ) | \(\? (?: : | = | ! | <= | <! )
          | \{ \d* ,? \d* \}
        )*+""",
    re.VERBOSE,
)
_SAME = (
    "i\u0131 s\u017f \u03bc\u00b5 \u03b9\u0345\u1fbe \u0390\u1fd3 \u03b2\u03d0 \u03b5\u03f5 \u03b8\u03d1 "
    "\u03ba\u03f0 \u03c0\u03d6 \u03c1\u03f1 \u03c3\u03c2 \u03c6\u03d5 \u03b0\u1fe3 \u0432\u1c80 \u0434\u1c81 "
    "\u043e\u1c82 \u0441\u1c83 \u0442\u1c84\u1c85 \u044a\u1c86 \u0463\u1c87 \ua64b\u1c88 \u1e61\u1e9b \ufb05\ufb06"
)
"""Letters whose small forms differ and that still match each other in any case."""
_OTHER_CASES = str.maketrans({other: same[0] for same in _SAME.split() for other in same[1:]})


def needed_words(expression: str) -> list[frozenset[str]]:
    r"""Sets of words, of each of which at least one stands in whatever a regular expression matches, in any case.

    Parameters
    ----------
    expression : str
        In the syntax of ``regex``.

    Returns
    -------
    list of frozenset of str
        Folded as `fold` does, no word empty; an empty list where nothing can be told.

    Examples
    --------
    >>> [sorted(words) for words in needed_words(r"(?:no|few) funds?\b[^.]{0,40}\b(?:child|patient)")]
    [['few fund', 'few funds', 'no fund', 'no funds'], ['child', 'patient']]
    >>> needed_words(r"\w+ing|x?")
    []
    """
    if _parser is None or not _READ_ALIKE.fullmatch(expression):
        return []
    try:
        tree = _parser.parse(expression)
    except (re.error, RecursionError, OverflowError):  # `regex` knows it, or has refused it
        return []
    return [frozenset(map(fold, words)) for words in _of_sequence(tree)[1]]


def fold(text: str) -> str:
    """Text of the same length in which two characters that match each other in any case are the same.

    Examples
    --------
    >>> fold("İSTANBUL, ΟΔΟΣ")
    'istanbul, οδοσ'
    """
    return text.lower() if text.isascii() else text.replace("İ", "i").lower().translate(_OTHER_CASES)


class LiteralIndex:
    """The needed words of many regular expressions, to be sought at once.

    Parameters
    ----------
    expressions : sequence of str
    """

    def __init__(self, expressions: Sequence[str]) -> None:
        needed = [needed_words(expression) for expression in expressions]
        self._always = [number for number, sets in enumerate(needed) if not sets]
        self._sets = [len(sets) for sets in needed]
        uses: dict[str, list[tuple[int, int]]] = {}
        for number, sets in enumerate(needed):
            for at, words in enumerate(sets):
                for word in words:
                    uses.setdefault(word, []).append((number, at))
        self._automaton = ahocorasick.Automaton()
        for word, places in uses.items():
            self._automaton.add_word(word, places)
        self._automaton.make_automaton()

    def possible(self, text: str) -> list[int]:
        """Numbers of the expressions that may match in `text`, ascending; all others do not."""
        if not len(self._automaton):
            return self._always
        found: set[tuple[int, int]] = set()
        for _, places in self._automaton.iter(fold(text)):
            found.update(places)
        sets = Counter(number for number, _ in found)
        return sorted([*self._always, *(number for number, count in sets.items() if count == self._sets[number])])


# --- the tree of an expression: all it matches, where that is few words, and what is needed in a match ------------

_Part = tuple[frozenset[str] | None, list[frozenset[str]]]


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> _Part:
    run, sets, is_whole = _EMPTY, list[frozenset[str]](), True
    for operation, argument in items:
        exact, needed = _of_item(operation.name, argument)
        if exact is not None and len(run) * len(exact) <= _MOST:
            run = frozenset(map("".join, product(run, exact)))
        else:
            sets += [run, *needed]
            run, is_whole = _EMPTY if exact is None else exact, False
    return (run if is_whole else None), [words for words in (*sets, run) if words and "" not in words]


def _of_item(operation: str, argument: Any) -> _Part:
    match operation, argument:
        case "LITERAL", character:
            return frozenset([chr(character)]), []
        case "IN", members if all(kind.name == "LITERAL" for kind, _ in members):
            return frozenset(chr(character) for _, character in members), []
        case (("AT" | "ASSERT" | "ASSERT_NOT"), _):  # takes no room
            return _EMPTY, []
        case "SUBPATTERN", (_, 0, 0, items):
            return _of_sequence(items)
        case "BRANCH", (_, branches):
            return _of_branches([_of_sequence(items) for items in branches])
        case (("MAX_REPEAT" | "MIN_REPEAT"), (least, most, items)):
            exact, needed = _of_sequence(items)
            if most > 1 or exact is None:
                return None, needed if least else []
            return exact | (frozenset() if least else _EMPTY), []
        case _:
            return None, []


def _of_branches(parts: Sequence[_Part]) -> _Part:
    exact = [words for words, _ in parts if words is not None]
    if len(exact) == len(parts):
        return frozenset[str]().union(*exact), []
    rarest = [max(sets, key=_rareness) for _, sets in parts if sets]
    return None, [frozenset[str]().union(*rarest)] if len(rarest) == len(parts) else []


def _rareness(words: frozenset[str]) -> tuple[int, int]:
    """Of two sets, that with the longer shortest word stands in fewer sentences."""
    return min(map(len, words)), -len(words)
