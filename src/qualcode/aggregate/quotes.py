"""Codings in, passages out, and which of them to quote for each code.

Neighbouring sentences of one turn with the same code are one passage. Typical is what people accepted, then
what the machine was surest of; contrasting what shares the fewest words with it. Every document has its say
before one is quoted twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal

import pandas as pd

from ..errors import AggregateError
from ..model import count_words

_LONG = 4
"""Letters of a word that says what a passage is about, when passages are compared."""

COUNTED = ("auto", "accepted")
"""Statuses of codings that count: the machine is sure, or people say so."""

_NEEDED = ("document_id", "document", "code", "status", "turn", "position", "start", "end", "text", "probability")


@dataclass(frozen=True)
class Passage:
    """One or more neighbouring sentences of a turn with the same code.

    Attributes
    ----------
    code : str
        Code id.
    code_number : int or None
    document_id, document : str
        Id and name.
    region, country, stakeholder_group, kind, speaker : str or None
        Who speaks, and where; None = not known.
    turn : int
        Position of the turn in the document.
    first_position, last_position : int
        Positions of the first and the last segment, both included.
    start, end : int
        Code points into the document's text, half-open.
    text : str
        The sentences, apart by one blank.
    words : int
    probability : float or None
        Mean over the sentences that the machine suggested, 0-1; None = people alone gave all of them.
    status : {"auto", "accepted"}
        "accepted": people say so of each sentence.
    """

    code: str
    code_number: int | None
    document_id: str
    document: str
    region: str | None
    country: str | None
    stakeholder_group: str | None
    kind: str | None
    speaker: str | None
    turn: int
    first_position: int
    last_position: int
    start: int
    end: int
    text: str
    words: int
    probability: float | None
    status: Literal["auto", "accepted"] = "auto"


@dataclass(frozen=True)
class Illustration:
    """A passage to quote, and why this one."""

    passage: Passage
    choice: Literal["typical", "contrasting"]


def select_quotes(
    rows: Iterable[Mapping[str, Any]], *, per_code: int = 3, max_words: int = 60, min_words: int = 6
) -> list[Passage]:
    """Choose the most typical passages of each code.

    Parameters
    ----------
    rows : iterable of mapping
        Codings, one per segment and code: `document_id`, `document` (name), `code` (id), `status`,
        `turn`, `position`, `start`, `end`, `text`, `probability`; if given also `code_number`,
        `region`, `country`, `stakeholder_group`, `kind`, `speaker`. Only status auto and accepted is quoted;
        `probability` is None where no machine suggested the code.
    per_code : int
        At most so many passages per code, 1 or more.
    max_words, min_words : int
        A longer passage loses its less sure end until it fits; a shorter one is left out. A
        single sentence longer than `max_words` comes after all that fit.

    Returns
    -------
    list of Passage
        By code number (codes without one by id), then the best first: those that people accepted, then the highest
        mean probability, one per document before any document's second; equal ones by document name and position.

    Raises
    ------
    ValueError
        For a number out of range.
    AggregateError
        For a row without a needed field.

    Examples
    --------
    >>> sentence = dict(document_id="b2:1", document="a.txt", code="reimbursement", status="auto", turn=3)
    >>> rows = [
    ...     dict(sentence, position=7, start=100, end=124, text="The payer does not pay.", probability=0.9),
    ...     dict(sentence, position=8, start=125, end=150, text="Not one euro, for years.", probability=0.7),
    ... ]
    >>> [(q.text, q.start, q.end, q.probability) for q in select_quotes(rows)]
    [('The payer does not pay. Not one euro, for years.', 100, 150, 0.8)]
    """
    if per_code < 1 or not 0 <= min_words <= max_words:
        raise ValueError(
            "`select_quotes` needs `per_code` >= 1 and 0 <= `min_words` <= `max_words`. "
            f"Got {per_code!r}, {min_words!r} and {max_words!r} instead."
        )
    by_code: dict[tuple[bool, int, str], list[Passage]] = defaultdict(list)
    for passage in coded_passages(rows, max_words=max_words):
        if passage.words >= min_words:
            number = passage.code_number
            by_code[number is None, number or 0, passage.code].append(passage)
    return [passage for key in sorted(by_code) for passage in _best(by_code[key], max_words)[:per_code]]


def coded_passages(rows: Iterable[Mapping[str, Any]], *, max_words: int | None = None) -> list[Passage]:
    """Join neighbouring sentences of a turn with the same code to passages.

    Parameters
    ----------
    rows : iterable of mapping
        As for `select_quotes`; only status auto and accepted.
    max_words : int or None
        A longer passage loses its less sure end until it fits or is one sentence; None = whole.

    Returns
    -------
    list of Passage
        By code id, document and position.
    """
    runs = _passages(rows)
    return [_passage(run if max_words is None else _shortened(run, max_words)) for run in runs]


def illustrate(
    passages: Sequence[Passage], *, most: int = 3, max_words: int = 60, min_words: int = 6
) -> list[Illustration]:
    """Choose what illustrates one code in one group: typical passages and one that sounds otherwise.

    Parameters
    ----------
    passages : sequence of Passage
        Of one code, already shortened.
    most : int
        At most so many, each of another document.
    max_words, min_words : int
        Shorter and longer passages are not chosen.

    Returns
    -------
    list of Illustration
        The most typical first; with two documents or more, the contrasting one last: of the other documents'
        passages the one that shares the fewest words with the most typical one (Jaccard index of their words of
        four letters and more; the surer one of equals). Empty where no passage fits.

    Examples
    --------
    >>> row = dict(code="pay", status="auto", turn=0, position=0, start=0, end=9)
    >>> said = {
    ...     "a": ("The payer does not pay for the test.", 0.9),
    ...     "b": ("The payer does not pay for this one.", 0.8),
    ...     "c": ("Nobody covers what we sequence here.", 0.7),
    ... }
    >>> rows = [dict(row, document_id=d, document=d, text=t, probability=p) for d, (t, p) in said.items()]
    >>> [(chosen.passage.document, chosen.choice) for chosen in illustrate(coded_passages(rows), most=2)]
    [('a', 'typical'), ('c', 'contrasting')]
    """
    fitting = [passage for passage in passages if min_words <= passage.words <= max_words]
    ranked = _best(fitting, max_words)
    best_of: dict[str, Passage] = {}
    for passage in ranked:
        best_of.setdefault(passage.document_id, passage)
    first_of = list(best_of.values())
    chosen = [Illustration(passage, "typical") for passage in first_of[:most]]
    if len(first_of) > 1 and most > 1:
        others = [passage for passage in ranked if passage.document_id != first_of[0].document_id]
        contrast = min(others, key=lambda p: (_likeness(p.text, first_of[0].text), *_surest_first(p)))
        between = [one for one in chosen[1:] if one.passage.document_id != contrast.document_id]
        chosen = [chosen[0], *between[: most - 2], Illustration(contrast, "contrasting")]
    return chosen


def _likeness(one: str, other: str) -> float:
    """Jaccard index of the longer words of two texts, 0-1."""
    first, second = ({word for word in text.casefold().split() if len(word) >= _LONG} for text in (one, other))
    return len(first & second) / max(1, len(first | second))


def quotes_frame(passages: Sequence[Passage]) -> pd.DataFrame:
    """Lay out passages, one row each, in their order.

    Parameters
    ----------
    passages : sequence of Passage
        From `select_quotes`.

    Returns
    -------
    DataFrame
        One column per field of `Passage`; `code_number` as Int64 (may be missing), text as str
        (missing stays missing), positions, offsets and words as int64, `probability` as float64 (may be missing).
    """
    return pd.DataFrame(
        {
            field.name: pd.Series(
                [getattr(passage, field.name) for passage in passages], dtype=_DTYPES.get(str(field.type), "str")
            )
            for field in fields(Passage)
        }
    )


_DTYPES: dict[str, Any] = {"int": "int64", "int | None": "Int64", "float | None": "float64"}


def _passages(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Join neighbouring sentences with the same code, turn and document to runs."""
    counted: list[Mapping[str, Any]] = []
    for row in rows:
        missing = [name for name in _NEEDED if name not in row]
        if missing:
            raise AggregateError(f"codings: a row lacks {', '.join(missing)}.")
        if row["status"] in COUNTED:
            counted.append(row)
    counted.sort(key=lambda row: (row["code"], row["document_id"], row["position"]))
    runs = [counted[:1]] if counted else []
    for before, row in pairwise(counted):
        same = all(before[name] == row[name] for name in ("code", "document_id", "turn"))
        if same and row["position"] == before["position"] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _shortened(sentences: Sequence[Mapping[str, Any]], max_words: int) -> Sequence[Mapping[str, Any]]:
    """Drop less sure ends until `max_words` or one sentence are left."""
    words = [count_words(row["text"]) for row in sentences]
    first, last = 0, len(sentences) - 1
    while first < last and sum(words[first : last + 1]) > max_words:
        if sureness(sentences[first]) < sureness(sentences[last]):
            first += 1
        else:
            last -= 1
    return sentences[first : last + 1]


def _passage(sentences: Sequence[Mapping[str, Any]]) -> Passage:
    first, last = sentences[0], sentences[-1]
    text = " ".join(row["text"] for row in sentences)
    given = [row["probability"] for row in sentences if row["probability"] is not None]
    return Passage(
        code=first["code"],
        code_number=first.get("code_number"),
        document_id=first["document_id"],
        document=first["document"],
        region=first.get("region"),
        country=first.get("country"),
        stakeholder_group=first.get("stakeholder_group"),
        kind=first.get("kind"),
        speaker=first.get("speaker"),
        turn=first["turn"],
        first_position=first["position"],
        last_position=last["position"],
        start=first["start"],
        end=last["end"],
        text=text,
        words=sum(count_words(row["text"]) for row in sentences),
        probability=sum(given) / len(given) if given else None,
        status="accepted" if all(row["status"] == "accepted" for row in sentences) else "auto",
    )


def sureness(coding: Mapping[str, Any]) -> float:
    """How sure it is that a coding is right, 0-1: 1 where people say so, else the machine's probability."""
    return 1.0 if coding["status"] == "accepted" else float(coding["probability"])


def _surest_first(passage: Passage) -> tuple[Any, ...]:
    """Key of an order: people's word above any probability; equal ones by document and place."""
    return passage.status != "accepted", -(passage.probability or 0.0), passage.document, passage.start


def _best(passages: list[Passage], max_words: int) -> list[Passage]:
    """Passages that fit first, then each document's best, then each document's second ..."""
    passages = sorted(passages, key=lambda p: (p.words > max_words, *_surest_first(p)))
    seen: dict[str, int] = defaultdict(int)
    turn_of: list[int] = []
    for passage in passages:
        turn_of.append(seen[passage.document_id])
        seen[passage.document_id] += 1
    order = sorted(range(len(passages)), key=lambda i: (passages[i].words > max_words, turn_of[i], i))
    return [passages[i] for i in order]
