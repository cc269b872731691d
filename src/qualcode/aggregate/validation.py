"""Counts in, interviews against workshops out: what a region's workshop confirmed, added and dropped.

Interviews are held one by one; the workshop hears what they said. A barrier both raise is confirmed. What only one
of them raises is no error of the other: a workshop has one agenda and an hour or two.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from .counts import MISSING, Counts, Integers, tally
from .frames import Rows, Unit, documents_frame
from .frequency import share
from .layout import CODE_COLUMNS, code_columns, typed_frame

Result = Literal["confirmed", "added", "dropped", "not raised", "not asked", "no workshop", "no interviews"]
RESULTS: tuple[Result, ...] = get_args(Result)

WORKSHOP_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "group": "str",
    "interviews": "int64",
    "interviews_with_code": "int64",
    "workshops": "int64",
    "workshops_with_code": "int64",
    "share_words_interviews": "float64",
    "share_words_workshops": "float64",
    "result": "str",
}
"""Columns of `workshop_table` and their dtypes."""

_KINDS = ("interview", "workshop")
_NO_GROUPS = ("kind", "document")


def workshop_table(
    documents: Rows,
    code_counts: Rows,
    category_counts: Rows,
    codebook: Codebook,
    *,
    by: str | None = "region",
    level: Unit,
) -> pd.DataFrame:
    """What the workshops of each group made of what its interviews raised.

    Parameters
    ----------
    documents, code_counts, category_counts, codebook, level
        As for `summary_table`. Only documents of kind interview and workshop count; others are left out and
        said so in the notes.
    by : {"region", "country", "stakeholder_group", "language"} or None
        None = one group "all".

    Returns
    -------
    DataFrame
        One row per group and code, groups in alphabetical order ("(missing)" last); groups without interviews and
        workshops have none. Columns and dtypes as in `WORKSHOP_COLUMNS`:

        `interviews`, `workshops`: those asked about the code; `interviews_with_code`, `workshops_with_code`: those that
        raise it; `share_words_interviews`, `share_words_workshops`: words in sentences with the code of the
        respondents' words (0-1; nan where there are none). `result`, one of `RESULTS`:

        - "confirmed": raised in an interview and in a workshop; "added": in a workshop only; "dropped": in
          interviews only; "not raised": in neither;
        - "no workshop", "no interviews": the group has none; "not asked": it has, but none was asked about the code.

        ``attrs``: `unit`, `by`, `level`, `n_documents` (used), `group_interviews`, `group_workshops` (documents of each
        group), `group_results` (codes of each group by result), `left_out` (documents by kind), `notes`, `undefined`.

    Raises
    ------
    ValueError
        For an unknown `by` or `level`, and for "kind" and "document", which have no interviews and workshops side by
        side.
    AggregateError
        For rows that do not have the shape a table needs.
    """
    if by in _NO_GROUPS:
        raise ValueError(f'`by` of `workshop_table` cannot be "{by}": such a group holds one kind of document only.')
    counts = tally(documents, code_counts, category_counts, codebook, by=by, level=level)
    kinds = documents_frame(documents)["kind"]
    sides = [_Side(counts, (kinds == kind).to_numpy(dtype=np.bool_)) for kind in _KINDS]
    used = (sides[0].documents + sides[1].documents) > 0
    groups = [group for group, is_used in zip(counts.groups, used, strict=True) if is_used]
    named = code_columns(counts.columns)
    content: dict[str, Any] = {
        **{name: values * len(groups) for name, values in named.items()},
        "group": [group for group in groups for _ in counts.columns],
    }
    for side, name in zip(sides, ("interviews", "workshops"), strict=True):
        content |= {name: side.asked[used].ravel(), f"{name}_with_code": side.raising[used].ravel()}
        content[f"share_words_{name}"] = share(side.words[used], side.total[used]).ravel()
    results = _results(*sides)[used]
    content["result"] = results.ravel()
    df = typed_frame(content, WORKSHOP_COLUMNS)
    left_out = kinds[~kinds.isin(_KINDS)].fillna(MISSING).value_counts().sort_index()
    df.attrs = {
        **_attrs(df, left_out={str(kind): int(n) for kind, n in left_out.items()}, by=by, level=level),
        "n_documents": int(kinds.isin(_KINDS).sum()),
        "group_interviews": dict(zip(groups, sides[0].documents[used].tolist(), strict=True)),
        "group_workshops": dict(zip(groups, sides[1].documents[used].tolist(), strict=True)),
        "group_results": {
            group: {name: int((row == name).sum()) for name in RESULTS}
            for group, row in zip(groups, results, strict=True)
        },
    }
    return df


class _Side:
    """Sums over the documents of one kind, by group (G,) or by group and code (G, U)."""

    def __init__(self, counts: Counts, chosen: NDArray[np.bool_]) -> None:
        member = counts.membership * chosen
        self.documents: Integers = member.sum(axis=1)
        self.asked: Integers = member @ counts.asked
        self.raising: Integers = member @ (counts.segments > 0)
        self.words: Integers = member @ counts.words
        self.total: Integers = member @ (counts.document_words[:, None] * counts.asked)


def _results(interviews: _Side, workshops: _Side) -> NDArray[np.object_]:
    """A word of `RESULTS` for each group and code, shape (G, U); the first condition that holds decides."""
    in_interviews, in_workshops = interviews.raising > 0, workshops.raising > 0
    conditions: dict[Result, NDArray[np.bool_]] = {
        "no interviews": interviews.documents[:, None] == 0,
        "no workshop": workshops.documents[:, None] == 0,
        "not asked": (interviews.asked == 0) | (workshops.asked == 0),
        "confirmed": in_interviews & in_workshops,
        "added": in_workshops,
        "dropped": in_interviews,
    }
    shape = in_interviews.shape
    told = np.select(
        [np.broadcast_to(holds, shape) for holds in conditions.values()],
        [np.full(shape, name, dtype=object) for name in conditions],
        default="not raised",
    )
    return np.asarray(told, dtype=object)


def _attrs(df: pd.DataFrame, *, left_out: dict[str, int], by: str | None, level: Unit) -> dict[Hashable | None, Any]:
    notes = [
        "confirmed: raised in interviews and workshop; added: workshop only; dropped: interviews only.",
        "A group has one workshop or two: that it does not raise something is weak evidence against it.",
    ]
    if left_out:
        said = ", ".join(f"{n} {kind}" for kind, n in left_out.items())
        notes.append(f"Left out, neither interview nor workshop: {said}.")
    undefined = []
    for side in ("interviews", "workshops"):
        if df[f"share_words_{side}"].isna().any():
            undefined.append(f"share_words_{side} is missing without words of {side} asked about the {level}.")
    return {
        "unit": "documents; shares of respondents' words 0-1",
        "by": by,
        "level": level,
        "left_out": left_out,
        "notes": notes,
        "undefined": undefined,
    }
