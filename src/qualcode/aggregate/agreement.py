"""Judgements of several coders in, a table out: how far they agree.

A coder's no is known only where the coder has looked: at the whole sentence, or at this code of it. So only decisions
that at least two coders have made are compared, and what is left out is counted in the notes of the table.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ..codebook import Codebook
from .agreement_coefficients import (
    BOUNDED,
    Estimate,
    coefficients,
    estimate,
    estimate_sets,
    extent,
    pair_kappas,
    pair_tables,
    sum_decisions,
    support,
)
from .bootstrap import MIN_DOCUMENTS
from .counts import ALL, MISSING, Column, Floats, table_columns
from .frames import Rows
from .judgements import (
    AgreementUnit,
    Board,
    by_column,
    by_unit,
    judgements_frame,
    read_board,
    regions_of,
    sentences_frame,
)
from .layout import CODE_COLUMNS, code_columns, typed_frame

AgreementBy = Literal["code", "category", "region"]

AGREEMENT_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "group": "str",
    "coders": "int64",
    "units": "int64",
    "documents": "int64",
    **{f"{name}{end}": "float64" for name in BOUNDED for end in ("", "_low", "_high")},
    "prevalence": "float64",
    "prevalence_index": "float64",
    "bias_index": "float64",
    "yes_yes": "Int64",
    "yes_no": "Int64",
    "no_yes": "Int64",
    "no_no": "Int64",
    "set_units": "Int64",
    **{f"{name}{end}": "float64" for name in ("same_sets", "masi_alpha") for end in ("", "_low", "_high")},
    "reason": "str",
}
"""Columns of `agreement_table` and their dtypes."""

_CELLS = ("yes_yes", "yes_no", "no_yes", "no_no")
_SET_COLUMNS = tuple(f"{name}{end}" for name in ("same_sets", "masi_alpha") for end in ("", "_low", "_high"))
_WORDS = {"segment": "sentence", "turn": "turn", "document": "document"}


def agreement_table(
    judgements: Rows,
    sentences: Rows,
    codebook: Codebook,
    *,
    coders: Sequence[str],
    by: AgreementBy,
    unit: AgreementUnit,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """How far coders agree.

    Parameters
    ----------
    judgements : sequence of mapping
        One per sentence of a respondent and coder, keys as in `JUDGEMENT_COLUMNS`. `codes`: JSON list of the code ids
        the coder gives; `judged`: JSON list of those decided on one by one, yes or no; `looked`: 1 where the coder has
        looked at the whole sentence, so that every code not given is a no. A code that is given counts as decided on.
        Rows of other coders are not read.
    sentences : sequence of mapping
        `document_id`, `turn` and `position` of every sentence of respondents, judged or not: it says which turns and
        documents a coder has judged as a whole, and how much is left out.
    codebook : Codebook
    coders : sequence of str
        Two names or more; the order decides which is the first of yes-no.
    by : {"code", "category", "region"}
        What a row is. A category is given where one of its codes is, and decided on where all of them are. A region
        takes all codes together.
    unit : {"segment", "turn", "document"}
        What is compared. A turn or document has a code where one of its sentences has, and is decided on only where
        all of its sentences are.
    draws, seed : int
        Of the document bootstrap; 1 or more, 0 or more.

    Returns
    -------
    DataFrame
        One row per code, category or region (regions in alphabetical order, "(missing)" last), and a last one, `code`
        and `group` "all", over everything; columns and dtypes as in `AGREEMENT_COLUMNS`.

        `units`: those that at least two coders have decided on, and no others are used; in a row over all codes a
        sentence counts once for each code. `documents`: with such units; `coders`: who judged them. Coefficients
        as in `coefficients`: `percent_agreement` (0-1), `kappa`, `alpha`, `ac1` (-1 to 1), each with the 95 % interval
        `_low`, `_high` of `estimate`; `prevalence` (0-1). Of two coders only: `yes_yes`, `yes_no` (first yes, second
        no), `no_yes`, `no_no`; `prevalence_index` = (yes_yes - no_no) / units and `bias_index` = (yes_no - no_yes) /
        units, both -1 to 1.

        Only in rows over all codes: `set_units`, those that two coders have decided on for every code; `same_sets`
        (0-1) and `masi_alpha` (-1 to 1) of `estimate_sets`.

        Undefined numbers are nan (NA); `reason` says why.

        ``attrs``: `unit`, `by`, `coders`, `n_documents`, `notes`.

    Raises
    ------
    ValueError
        For an unknown `by` or `unit`, or fewer than two different coders.
    AggregateError
        For rows that do not have the shape a table needs, a code the codebook does not have, or a judgement of a
        sentence that is not among the sentences.

    References
    ----------
    Byrt, Bishop & Carlin (1993), Journal of Clinical Epidemiology 46, 423-429: prevalence and bias index.
    Those of `coefficients` and `masi_distance`.
    """
    for name, value, allowed in (("by", by, get_args(AgreementBy)), ("unit", unit, get_args(AgreementUnit))):
        if value not in allowed:
            raise ValueError(f"`{name}` must be one of {', '.join(allowed)}. Got {value!r} instead.")
    rows, places = judgements_frame(judgements, coders), sentences_frame(sentences)
    columns = table_columns(codebook, level="category" if by == "category" else "code")
    board = by_unit(by_column(read_board(rows, places, codebook, coders), columns, codebook), places, unit=unit)
    parts: list[dict[str, list[Any]]] = []
    if by == "region":
        of_document = regions_of(rows, board)
        names = sorted(set(of_document) - {"", MISSING}) + [MISSING] * (MISSING in of_document)
        parts += [
            _over_all(board.part(of_document == name), unit, draws=draws, seed=seed, stream=name) for name in names
        ]
        columns = (_all_codes(by),) * len(names)
    else:
        names = [ALL] * len(columns)
        parts.append(_one_by_one(_sums(board), board, unit, draws=draws, seed=seed, stream=ALL))
    parts.append(_over_all(board, unit, draws=draws, seed=seed, stream=ALL))
    content = {name: [value for part in parts for value in part[name]] for name in parts[-1]}
    df = typed_frame({**code_columns([*columns, _all_codes(by)]), "group": [*names, ALL], **content}, AGREEMENT_COLUMNS)
    df.attrs = _attrs(rows, board, coders, by=by, unit=unit, documents=int(df["documents"].iloc[-1]))
    return df


# --- rows --------------------------------------------------------------------------------------


def _all_codes(by: AgreementBy) -> Column:
    return Column(ALL, None, "All categories" if by == "category" else "All codes", "")


def _sums(board: Board) -> Floats:
    return sum_decisions(board.given, board.covered, board.starts)


def _over_all(board: Board, unit: AgreementUnit, *, draws: int, seed: int, stream: str) -> dict[str, list[Any]]:
    """One row: all decisions together, and the sets of codes."""
    sums = _sums(board).sum(axis=1, keepdims=True)
    row = _one_by_one(sums, board, unit, draws=draws, seed=seed, stream=stream)
    judged = np.asarray(board.covered.all(axis=-1))
    units, sets = estimate_sets(board.given, judged, board.starts, draws=draws, seed=seed, stream=stream)
    row |= {"set_units": [units], **_flat(sets)}
    row["reason"] = ["; ".join(filter(None, [*row["reason"], _reason_of_sets(units, sets, unit)]))]
    return row


def _one_by_one(
    sums: Floats, board: Board, unit: AgreementUnit, *, draws: int, seed: int, stream: str
) -> dict[str, list[Any]]:
    """Rows without sets, from sums of shape (D, R, S)."""
    coders = len(board.given)
    sums = sums[(sums[..., 0] > 0).any(axis=1)]
    rests, found = extent(sums, coders=coders), estimate(sums, draws=draws, seed=seed, stream=stream)
    whole, missing = sums.sum(axis=0), [None] * sums.shape[1]
    cells: dict[str, Any] = dict.fromkeys((*_CELLS, "prevalence_index", "bias_index"), missing)
    if coders == 2:
        table = pair_tables(whole)[:, 0]
        units = np.where(rests["units"] > 0, rests["units"], np.nan)
        cells = dict(zip(_CELLS, table.T.tolist(), strict=True))
        cells["prevalence_index"] = ((table[:, 0] - table[:, 3]) / units).tolist()
        cells["bias_index"] = ((table[:, 1] - table[:, 2]) / units).tolist()
    return {
        **{name: values.tolist() for name, values in rests.items()},
        **_flat(found),
        "prevalence": coefficients(whole)["prevalence"].tolist(),
        **cells,
        **dict.fromkeys(("set_units", *_SET_COLUMNS), missing),
        "reason": _reasons(sums, rests["documents"].tolist(), found, unit),
    }


def _flat(found: Mapping[str, Estimate]) -> dict[str, list[float]]:
    return {
        f"{name}{end}": values.tolist()
        for name, estimated in found.items()
        for end, values in (("", estimated.value), ("_low", estimated.low), ("_high", estimated.high))
    }


# --- why a number is missing -------------------------------------------------------------------


def _reasons(sums: Floats, documents: Sequence[int], found: Mapping[str, Estimate], unit: AgreementUnit) -> list[str]:
    """Why numbers of each row are missing; "" where none is."""
    whole = sums.sum(axis=0)
    tables, kappas, (apart, agreed_yes, agreed_no) = pair_tables(whole), pair_kappas(whole), support(sums)
    reasons = []
    for row in range(len(whole)):
        if not documents[row]:
            reasons.append(f"no {_WORDS[unit]} that two of the coders have judged")
            continue
        without = int(np.isnan(kappas[row]).sum())
        said = []
        if np.isnan(found["alpha"].value[row]):
            said.append(f"all say {'yes' if tables[row, :, 0].any() else 'no'} everywhere: no kappa, no alpha")
        elif without:
            said.append(f"kappa without {without} of {kappas.shape[1]} pairs of coders")
        lacking = [name for name in BOUNDED if np.isnan(found[name].low[row]) and not np.isnan(found[name].value[row])]
        if lacking:
            why = _why_no_interval(documents[row], int(apart[row]), int(agreed_yes[row]), int(agreed_no[row]))
            said.append(f"no interval of {', '.join(lacking)}: {why}")
        reasons.append("; ".join(said))
    return reasons


def _why_no_interval(documents: int, apart: int, agreed_yes: int, agreed_no: int) -> str:
    if documents < MIN_DOCUMENTS:
        return "one document"
    for held, what in ((apart, "a disagreement"), (agreed_yes, "an agreed yes"), (agreed_no, "an agreed no")):
        if held < MIN_DOCUMENTS:
            return f"{what} in {'no document' if not held else 'one document only'}"
    return "the documents are all alike"


def _reason_of_sets(units: int, sets: Mapping[str, Estimate], unit: AgreementUnit) -> str:
    if not units:
        return f"no {_WORDS[unit]} that two of the coders have judged for every code: no same_sets, no masi_alpha"
    said = ["all sets are the same: no masi_alpha"] if np.isnan(sets["masi_alpha"].value[0]) else []
    lacking = [name for name, found in sets.items() if np.isnan(found.low[0]) and not np.isnan(found.value[0])]
    if lacking:
        said.append(f"no interval of {', '.join(lacking)}: sets differ, or share a code, in too few documents")
    return "; ".join(said)


# --- what a table rests on ---------------------------------------------------------------------


def _attrs(
    rows: pd.DataFrame, board: Board, coders: Sequence[str], *, by: AgreementBy, unit: AgreementUnit, documents: int
) -> dict[Hashable | None, Any]:
    notes = [
        f"Only what at least two of {', '.join(coders)} have judged is compared.",
        _left_out(board, unit),
        "Intervals: 95 %, documents drawn anew. prevalence: mean share of yes.",
        "Rows over all codes pool all decisions, most of them a no to a rare code; masi_alpha compares whole sets.",
    ]
    if unit != "segment":
        notes.append(f"A {unit} has a code where one of its sentences has; it is judged where all of them are.")
    if len(coders) > 2:
        notes.append(
            "More than two coders: kappa is the mean over pairs of coders (Light), the others take all at once."
        )
    some = board.covered & ~board.covered.all(axis=-1, keepdims=True)
    partly = int((some.any(axis=0) & (board.covered.sum(axis=0) >= 2)).sum())
    if partly:
        notes.append(
            f"{partly:,} decisions on single codes, usually suggested ones: they tell nothing of what was missed."
        )
    seen = int((rows["looked"] & ~rows["is_blind"]).sum())
    if seen:
        notes.append(f"{seen:,} judgements were made with other codings in view: agreement there is not independent.")
    return {
        "unit": "percent_agreement, prevalence, same_sets: 0-1; the others: -1 to 1, 0 = no better than chance",
        "by": by,
        "coders": list(coders),
        "n_documents": documents,
        "notes": notes,
    }


def _left_out(board: Board, unit: AgreementUnit) -> str:
    used = board.covered.sum(axis=0) >= 2
    wholly, partly = used.all(axis=-1), used.any(axis=-1)
    touched = np.asarray(board.covered.any(axis=(0, 2)))
    counts = {
        "used": wholly.sum(),
        "used for some codes": (partly & ~wholly).sum(),
        "left out, judged but by no two for the same code": (touched & ~partly).sum(),
        "left out, judged by nobody": (~touched).sum(),
    }
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count or what == "used")
    return f"{_WORDS[unit].capitalize()}s of respondents: {len(touched):,}; {parts}."
