"""Judgements of several coders in, arrays out: who gave which code to what, and who has decided on it at all.

A coder's no is known only where the coder has looked: at the whole sentence, or at this code of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from ..errors import AggregateError
from .agreement_coefficients import Bools
from .counts import MISSING, Column, Integers, table_columns
from .frames import Content, Rows, checked_frame, refuse_doubles

AgreementUnit = Literal["segment", "turn", "document"]

JUDGEMENT_COLUMNS: dict[str, Content] = {
    "document_id": "text",
    "document": "text",
    "region": "text or missing",
    "position": "count",
    "turn": "count",
    "words": "count",
    "coder": "text",
    "codes": "text",
    "judged": "text",
    "looked": "flag",
    "is_blind": "flag",
}
"""What a row of judgements holds: one sentence of a respondent and one coder; `is_blind` may be left out (1)."""

SENTENCE_COLUMNS: dict[str, Content] = {"document_id": "text", "turn": "count", "position": "count"}
"""What a row of sentences holds: one sentence of a respondent."""


@dataclass(frozen=True)
class Board:
    """Who gave what, as arrays; C coders, N units in order of documents and places, U codes or categories.

    Attributes
    ----------
    documents : tuple of str, length D
        Ids of documents with units.
    starts : int array, shape (D,)
        First unit of each.
    given, covered : bool arrays, shape (C, N, U)
        Whether the coder gives the unit the code, and has decided on it.
    """

    documents: tuple[str, ...]
    starts: Integers
    given: Bools
    covered: Bools

    @property
    def of_document(self) -> Integers:
        """Number of the document of each unit, shape (N,)."""
        return np.repeat(np.arange(len(self.starts)), np.diff([*self.starts, self.given.shape[1]]))

    def part(self, chosen: Bools) -> Board:
        """The board of some documents."""
        units = chosen[self.of_document]
        sizes = np.bincount(self.of_document, minlength=len(self.starts))[chosen]
        documents = tuple(document for document, kept in zip(self.documents, chosen, strict=True) if kept)
        return Board(documents, np.cumsum(sizes) - sizes, self.given[:, units], self.covered[:, units])


def judgements_frame(judgements: Rows, coders: Sequence[str]) -> pd.DataFrame:
    """Check judgements and keep those of the coders, one row each, in the order of the rows.

    Parameters
    ----------
    judgements : sequence of mapping
        Keys as in `JUDGEMENT_COLUMNS`; further keys are ignored.
    coders : sequence of str
        Two different names or more.

    Returns
    -------
    DataFrame
        Index 0, 1 ...; columns `JUDGEMENT_COLUMNS`.

    Raises
    ------
    ValueError
        For fewer than two different coders.
    AggregateError
        For a missing column, a value of the wrong type, or two rows of a coder for a sentence.
    """
    if len(coders) < 2 or len(set(coders)) < len(coders):
        raise ValueError(f"`coders` must be two different names or more. Got {', '.join(coders) or 'none'} instead.")
    df = checked_frame([{"is_blind": 1, **row} for row in judgements], JUDGEMENT_COLUMNS, "judgements")
    refuse_doubles(df, ["document_id", "position", "coder"], "judgements")
    return df[df["coder"].isin(coders)].reset_index(drop=True)


def sentences_frame(sentences: Rows) -> pd.DataFrame:
    """Check sentences, one row each, ordered by document, turn and place.

    Raises
    ------
    AggregateError
        For a missing column, a value of the wrong type, or a sentence that is there twice.
    """
    df = checked_frame(sentences, SENTENCE_COLUMNS, "sentences")
    refuse_doubles(df, ["document_id", "position"], "sentences")
    return df.sort_values(["document_id", "turn", "position"], ignore_index=True)


def read_board(rows: pd.DataFrame, places: pd.DataFrame, codebook: Codebook, coders: Sequence[str]) -> Board:
    """Spread judgements over arrays: units are sentences, columns the codes in the order of their numbers.

    Parameters
    ----------
    rows : DataFrame
        From `judgements_frame`.
    places : DataFrame
        `document_id` and `position` of the units, documents one after another.
    codebook : Codebook
    coders : sequence of str
        The first axis.

    Returns
    -------
    Board

    Raises
    ------
    AggregateError
        For a judgement of another sentence, a list that is none, or a code the codebook does not have.
    """
    ids = [column.id for column in table_columns(codebook, level="code")]
    keys = ["document_id", "position"]
    place = pd.MultiIndex.from_frame(places[keys]).get_indexer(pd.MultiIndex.from_frame(rows[keys]))
    if (place < 0).any():
        lost = rows[place < 0].iloc[0]
        raise AggregateError(
            f"judgements: sentence {lost['position']} of {lost['document']} is not among the sentences of respondents."
        )
    coder = pd.Index(coders).get_indexer(pd.Index(rows["coder"]))
    given, covered = (np.zeros((len(coders), len(places), len(ids)), dtype=bool) for _ in range(2))
    codes = _indicators(rows["codes"], ids)
    given[coder, place] = codes
    covered[coder, place] = codes | _indicators(rows["judged"], ids) | rows["looked"].to_numpy(dtype=bool)[:, None]
    document_ids = places["document_id"].to_numpy(dtype=object)
    starts = _starts([document_ids])
    return Board(tuple(document_ids[starts]), starts, given, covered)


def _indicators(lists: pd.Series[Any], ids: Sequence[str]) -> Bools:
    """True where a JSON list holds the id, shape (rows, U); lists repeat, so each is read once."""
    which, texts = pd.factorize(lists)
    place = {name: number for number, name in enumerate(ids)}
    held = np.zeros((len(texts), len(ids)), dtype=bool)
    for number, text in enumerate(texts):
        for name in _read_list(text, str(lists.name)):
            if name not in place:
                raise AggregateError(f'judgements: {lists.name} has "{name}", which is not in the codebook.')
            held[number, place[name]] = True
    return held[which]


def _read_list(text: str, name: str) -> list[str]:
    try:
        names = json.loads(text)
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(entry, str) for entry in names):
        raise AggregateError(f"judgements: {name} is a JSON list of code ids. Found {text!r}.")
    return names


def by_column(board: Board, columns: Sequence[Column], codebook: Codebook) -> Board:
    """Gather codes into categories, where `columns` are categories.

    A category is given where one of its codes is, and decided on where all of them are: if any decided one did, what
    is known of would be mostly yes.
    """
    codes = table_columns(codebook, level="code")
    if columns == codes:
        return board
    members = [[code.category == column.category for code in codes] for column in columns]
    given = np.stack([board.given[..., of].any(axis=-1) for of in members], axis=-1)
    covered = np.stack([board.covered[..., of].all(axis=-1) for of in members], axis=-1)
    return replace(board, given=given & covered, covered=covered)


def by_unit(board: Board, places: pd.DataFrame, *, unit: AgreementUnit) -> Board:
    """Gather the sentences of `places` into turns or documents.

    A turn or document has a code where one of its sentences has, and is decided on where all of them are.
    """
    if unit == "segment" or not len(places):
        return board
    of_unit = [board.of_document, *([places["turn"].to_numpy()] if unit == "turn" else [])]
    first = _starts(of_unit)
    covered = np.logical_and.reduceat(board.covered, first, axis=1)
    given = np.logical_or.reduceat(board.given, first, axis=1) & covered
    return Board(board.documents, _starts([board.of_document[first]]), given, covered)


def _starts(keys: Sequence[Any]) -> Integers:
    """Where a run of equal keys begins."""
    size = len(keys[0])
    new = np.any([np.r_[True, key[1:] != key[:-1]] if size else np.zeros(0, dtype=bool) for key in keys], axis=0)
    return np.flatnonzero(new)


def regions_of(rows: pd.DataFrame, board: Board) -> NDArray[np.object_]:
    """Region of each document of the board: `MISSING` where it has none, "" where nobody judged the document.

    Raises
    ------
    AggregateError
        For a region named as the group of documents without one.
    """
    named = rows.drop_duplicates("document_id").set_index("document_id")["region"]
    if (named == MISSING).any():
        raise AggregateError(f'judgements: region is written "{MISSING}", the name of the group without one.')
    filled = dict(named.where(named.notna(), MISSING))
    return np.array([filled.get(document, "") for document in board.documents], dtype=object)
