"""Judgements of several coders in, the sentences on which they differ out, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..codebook import Codebook
from .agreement_coefficients import Bools, masi_distance, pairs_of
from .counts import table_columns
from .frames import Rows
from .judgements import judgements_frame, read_board
from .layout import typed_frame

DISAGREEMENT_COLUMNS: dict[str, str] = {
    "distance": "float64",
    "document_id": "str",
    "document": "str",
    "region": "str",
    "turn": "int64",
    "position": "int64",
    "words": "int64",
    "differing": "int64",
    "differing_codes": "str",
}
"""Columns of `disagreements` and their dtypes; one ``codes_NAME`` for each coder follows."""


def disagreements(judgements: Rows, codebook: Codebook, *, coders: Sequence[str]) -> pd.DataFrame:
    """Sentences on which coders say different things, the worst first.

    Parameters
    ----------
    judgements, codebook, coders
        As for `agreement_table`.

    Returns
    -------
    DataFrame
        One row per sentence; columns and dtypes as in `DISAGREEMENT_COLUMNS`, and ``codes_NAME`` for each coder. Only
        codes count that two coders have decided on. `distance`: `masi_distance` of the codes of two coders, of more
        the largest of all pairs (above 0 to 1); `differing`: how many codes they differ on; ids stand apart by a
        blank, "" for none, missing where the coder has not decided on any of these codes. By distance and
        `differing`, both falling, then document and place.

    Raises
    ------
    ValueError, AggregateError
        As for `agreement_table`.
    """
    rows = judgements_frame(judgements, coders)
    places = rows.drop_duplicates(["document_id", "position"]).sort_values(
        ["document_id", "turn", "position"], ignore_index=True
    )
    board = read_board(rows, places, codebook, coders)
    distance, differing = np.zeros(len(places)), np.zeros(board.given.shape[1:], dtype=bool)
    shared = np.zeros_like(board.covered)
    for i, j in pairs_of(len(coders)):
        both = board.covered[i] & board.covered[j]
        shared[[i, j]] |= both
        differing |= both & (board.given[i] != board.given[j])
        distance = np.maximum(distance, masi_distance(board.given[i] & both, board.given[j] & both))
    ids = [column.id for column in table_columns(codebook, level="code")]
    content: dict[str, Any] = {name: places[name] for name in DISAGREEMENT_COLUMNS if name in places}
    content |= {"distance": distance, "differing": differing.sum(axis=1), "differing_codes": _listed(differing, ids)}
    dtypes = dict(DISAGREEMENT_COLUMNS)
    for coder, given, judged in zip(coders, board.given, shared, strict=True):
        given_ids = _listed(given & judged, ids)
        content[f"codes_{coder}"] = [a if b else None for a, b in zip(given_ids, judged.any(axis=1), strict=True)]
        dtypes[f"codes_{coder}"] = "str"
    df = typed_frame(content, dtypes)
    order = ["distance", "differing", "document", "document_id", "position"]
    falling = [name not in ("distance", "differing") for name in order]
    return df[df["distance"] > 0].sort_values(order, ascending=falling, ignore_index=True)


def _listed(held: Bools, ids: Sequence[str]) -> list[str]:
    """Ids of each row, apart by a blank."""
    lists = [""] * len(held)
    for row, column in zip(*np.nonzero(held), strict=True):
        lists[row] = f"{lists[row]} {ids[column]}".lstrip()
    return lists
