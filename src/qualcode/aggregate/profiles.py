"""Coded sentences in, the profile of each group out: which of two poles (groups of codes) it dwells on.

The words on one pole against the words on the other, as a log ratio with interval, against all other groups,
and, where a claim says which group dwells on which pole, whether the numbers agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from ..errors import AggregateError
from .bootstrap import degrees_of_freedom, resample, spread
from .counts import Column, Counts, Floats, Integers, tally
from .frames import Rows, check_counts, counts_frame, documents_frame
from .intervals import t_interval, welch_interval
from .layout import typed_frame
from .relative import group_sums, log2_odds_of, prior_words, relative_emphasis

Bools = NDArray[np.bool_]

PROFILE_COLUMNS: dict[str, str] = {
    "group": "str",
    "documents": "int64",
    "documents_not_asked": "int64",
    "documents_first": "int64",
    "documents_second": "int64",
    "words_first": "int64",
    "words_second": "int64",
    "log2_ratio": "float64",
    "log2_ratio_low": "float64",
    "log2_ratio_high": "float64",
    "difference": "float64",
    "difference_low": "float64",
    "difference_high": "float64",
    "q_value": "float64",
    "expected": "str",
    "agreement": "str",
    "flag": "str",
}
"""Columns of `profile_table` and their dtypes."""

_NEEDED = ("document_id", "position", "words", "code_id")


def profile_table(
    documents: Rows,
    coded: Rows,
    codebook: Codebook,
    *,
    by: str,
    poles: Mapping[str, Sequence[str]],
    seed: int,
    draws: int = 2000,
    small_group: int = 5,
    expected: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Which of two poles each group dwells on, in words.

    Parameters
    ----------
    documents : sequence of mapping
        As for `summary_table`.
    coded : sequence of mapping
        One per sentence and code: `document_id`, `position`, `words`, `code_id`; where there is a `status`,
        only "auto" counts. Sentences are needed, not counts by code: one with two codes of a pole counts
        once for it. One with codes of both poles counts for both.
    codebook : Codebook
    by : str
        What groups the documents, as for `summary_table`.
    poles : mapping of str to sequence of str
        Two names, each with the ids of its codes; the first is the pole of positive numbers.
    seed, draws : int
        Of the bootstrap and of the regroupings.
    small_group : int
        Groups with fewer documents are flagged.
    expected : mapping of str to str, or None
        Which pole a claim expects of a group; groups may be left out.

    Returns
    -------
    DataFrame
        One row per group, ordered by `log2_ratio`, largest first, missing ones last; columns and dtypes as in
        `PROFILE_COLUMNS`:

        - `documents`: those asked about both poles (about a code of each); the others, `documents_not_asked`,
          count nowhere else. `documents_first`, `documents_second`: those that raise the pole; `words_first`,
          `words_second`: words in its sentences;
        - `log2_ratio`: 0 = as many words on both poles, 1 = twice as many on the first, -1 = on the second,
          with its 95 % interval (nan where fewer than two documents raise a pole);
        - `difference`: `log2_ratio` less that of all other groups together, with its 95 % interval and
          `q_value` (documents regrouped at random, Benjamini-Hochberg over the table);
        - `expected`: the pole a claim expects, "" = none. `agreement`: of the interval of `difference` with it:
          "agrees" (wholly on the side of the pole), "contradicts" (wholly on the other), "open"; "" = none
          expected.

        ``attrs``: `unit`, `by`, `poles` (names), `seed`, `draws`, `small_group`, `n_documents`, `notes`,
        `undefined`, and `claim`: None, or where the claim expects either pole of some group, all groups of one
        against all of the other: `difference`, `low`, `high`, `p_value`, `agreement`. Documents are drawn
        and regrouped here too, so it speaks of further documents of these groups, not of further groups.

    Raises
    ------
    ValueError
        For other than two poles, a code that is unknown or in both, an expected pole that is none, an unknown
        `by`, or a number out of range.
    AggregateError
        For rows that do not have the shape a table needs.

    Notes
    -----
    log2_ratio = log2[(w₁ + a₁) / (w₂ + a₂)], with w the words of the group on each pole and a those of the average
    document of the table. This prior, worth one document, keeps a group that never raises a pole finite, and pulls
    groups with few words towards the ratio of all documents; towards 1 : 1 would be wrong, as one pole may have more
    or wider codes. For the same reason a claim is held against `difference`, not against 0. It is `relative_emphasis`
    (Monroe et al. 2008) of the first pole among the words on either. Intervals: the variance over draws of documents
    within groups, the prior held fixed; Student's t, the degrees of freedom by the pole that fewer documents raise,
    and by Welch for the difference.
    """
    _check(poles, expected or {}, codebook, seed=seed, draws=draws, small_group=small_group)
    frame = documents_frame(documents)
    tallied = tally(documents, [], [], codebook, by=by, level="code")
    words = _pole_words(coded, frame, codebook, poles)
    asked = _asked(tallied, poles)
    counts = _pole_counts(tallied, words, asked, tallied.groups, tallied.group_of)
    numbers = _ratios(counts, draws=draws, seed=seed)
    pole_of = [(expected or {}).get(group, "") for group in counts.groups]
    content: dict[str, Any] = {
        "group": counts.groups,
        "documents_not_asked": tallied.membership @ ~asked,
        "expected": pole_of,
        "agreement": [
            _agreement(low, high, pole, list(poles))
            for low, high, pole in zip(numbers["difference_low"], numbers["difference_high"], pole_of, strict=True)
        ],
        "flag": [f"n<{small_group}" if n < small_group else "" for n in numbers["documents"]],
        **numbers,
    }
    df = typed_frame(content, PROFILE_COLUMNS)
    df = df.sort_values("log2_ratio", ascending=False, kind="stable", ignore_index=True)
    first, second = poles
    df.attrs = {
        "unit": "words of respondents in coded sentences; log2 ratio of the two poles",
        "by": by,
        "poles": (first, second),
        "seed": seed,
        "draws": draws,
        "small_group": small_group,
        "n_documents": int(asked.sum()),
        "claim": _claim(words, asked, tallied, expected or {}, list(poles), draws=draws, seed=seed),
        "notes": [
            f"log2 ratio: words on {first} to words on {second}; 1 = twice as many, -1 = half as many.",
            "A sentence counts once for a pole. Prior: one average document on both sides of the ratio.",
            f"difference: less the ratio of all other groups. 95 %: {draws:,} bootstrap draws of documents.",
            f"q: documents regrouped at random {draws:,} times, Benjamini-Hochberg over the table.",
        ],
        "undefined": list(_undefined(numbers, counts.groups, (first, second), expected or {})),
    }
    return df


def _check(poles: Mapping[str, Sequence[str]], expected: Mapping[str, str], codebook: Codebook, **least: int) -> None:
    for (name, value), bound in zip(least.items(), (0, 1, 0), strict=True):
        if value < bound:
            raise ValueError(f"`{name}` of `profile_table` must be an int >= {bound}. Got {value!r} instead.")
    if len(poles) != 2:
        raise ValueError(f"`poles` must be two named groups of codes. Got {len(poles)} instead.")
    first, second = (set(codes) for codes in poles.values())
    unknown = sorted((first | second) - set(codebook.by_id))
    if unknown or first & second or not (first and second):
        what = f"{unknown[0]!r} is no code" if unknown else f"{sorted(first & second) or 'nothing'} in a pole"
        raise ValueError(f"`poles` must share no code and hold ids of the codebook. Got: {what}.")
    strange = sorted(set(expected.values()) - set(poles))
    if strange:
        raise ValueError(f"`expected` must name one of the poles {list(poles)}. Got {strange[0]!r} instead.")


def _pole_words(coded: Rows, frame: pd.DataFrame, codebook: Codebook, poles: Mapping[str, Sequence[str]]) -> Integers:
    """Words of each document on each pole, shape (D, 2); a sentence once."""
    sentences: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    poles_of = {code: [pole for pole, codes in poles.items() if code in codes] for code in codebook.by_id}
    for number, row in enumerate(coded):
        missing = [name for name in _NEEDED if name not in row]
        if missing:
            raise AggregateError(f"coded: row {number} lacks {', '.join(missing)}.")
        if row["code_id"] not in poles_of:
            raise AggregateError(
                f"coded: {row['code_id']} is not in the codebook. Part of the store was coded with another codebook; "
                "run: qualcode tag --retag"
            )
        for pole in poles_of[row["code_id"]] if row.get("status", "auto") == "auto" else ():
            sentences[row["document_id"], pole][row["position"]] = row["words"]
    rows = [
        {
            "document_id": document_id,
            "code_id": pole,
            "status": "auto",
            "segments": len(words),
            "words": sum(words.values()),
            "intense_segments": 0,
            "first_position": min(words),
        }
        for (document_id, pole), words in sentences.items()
    ]
    counted = counts_frame(rows, unit="code")
    check_counts(counted, frame, list(poles), unit="code")
    found = np.zeros((len(frame), 2), dtype=np.int64)
    at = pd.Index(frame["document_id"]).get_indexer(pd.Index(counted["document_id"]))
    found[at, pd.Index(list(poles)).get_indexer(pd.Index(counted["unit_id"]))] = counted["words"]
    return found


def _asked(tallied: Counts, poles: Mapping[str, Sequence[str]]) -> Bools:
    """Documents that were asked about a code of each pole, shape (D,)."""
    of_poles = [[column.id in codes for column in tallied.columns] for codes in poles.values()]
    both: Bools = np.all([tallied.asked[:, chosen].any(axis=1) for chosen in of_poles], axis=0)
    return both


def _pole_counts(tallied: Counts, words: Integers, kept: Bools, groups: tuple[str, ...], group_of: Integers) -> Counts:
    """Words on the first pole among the words on either, of the documents `kept`.

    The odds of that share are the ratio of the poles.
    """
    first = words[kept, :1]
    return replace(
        tallied,
        columns=(Column("first", None, "first", ""),),
        document_ids=tuple(np.array(tallied.document_ids, dtype=object)[kept]),
        groups=groups,
        group_of=group_of[kept],
        document_words=words[kept].sum(axis=1),
        segments=first,
        words=first,
        intense=0 * first,
        first=np.full(first.shape, np.nan),
        pending=0 * first,
        asked=np.ones(first.shape, dtype=np.bool_),
        unasked=0 * first,
    )


def _ratios(counts: Counts, *, draws: int, seed: int) -> dict[str, Any]:
    """Numbers of each group, shape (G,)."""
    resampled = resample(counts, draws=draws, seed=seed)
    words, total = group_sums(counts)
    prior, prior_total = prior_words(counts)
    prior = np.where((prior > 0) & (prior < prior_total), prior, np.nan)
    ratio = np.where(total > 0, log2_odds_of(words, total, prior=prior, prior_total=prior_total), np.nan)
    inside = spread(log2_odds_of(resampled.words, resampled.total, prior=prior, prior_total=prior_total))
    outside = spread(log2_odds_of(resampled.rest_words, resampled.rest_total, prior=prior, prior_total=prior_total))
    raise_first = counts.membership @ (counts.words > 0)
    raise_second = counts.membership @ (counts.words < counts.document_words[:, None])
    documents = counts.asked_documents
    df, df_rest = _degrees(raise_first, raise_second, documents)
    low, high = t_interval(ratio, np.sqrt(inside), df=df)
    relative = relative_emphasis(counts, resampled if counts.groups else None, draws=draws, seed=seed)
    difference = relative["relative_emphasis"]
    difference_low, difference_high = welch_interval(difference, inside, df, outside, df_rest)
    numbers = {
        "documents": documents,
        "documents_first": raise_first,
        "documents_second": raise_second,
        "words_first": words,
        "words_second": total - words,
        "log2_ratio": ratio,
        "log2_ratio_low": low,
        "log2_ratio_high": high,
        "difference": difference,
        "difference_low": difference_low,
        "difference_high": difference_high,
        "q_value": relative["q_value"],
    }
    return {name: values[:, 0] for name, values in numbers.items()}


def _degrees(raise_first: Integers, raise_second: Integers, documents: Integers) -> tuple[Floats, Floats]:
    """Degrees of freedom in each group and in all others, by the pole that fewer documents raise."""
    rest = [raising.sum(axis=0) - raising for raising in (raise_first, raise_second, documents)]
    return (
        degrees_of_freedom(np.minimum(raise_first, raise_second), documents),
        degrees_of_freedom(np.minimum(rest[0], rest[1]), rest[2]),
    )


def _agreement(low: float, high: float, expected: str, poles: list[str]) -> str:
    """How an interval of a difference stands to the pole expected; "open" also where there is no interval."""
    if not expected:
        return ""
    if expected == poles[1]:
        low, high = -high, -low
    return "agrees" if low > 0 else "contradicts" if high < 0 else "open"


def _claim(
    words: Integers,
    asked: Bools,
    tallied: Counts,
    expected: Mapping[str, str],
    poles: list[str],
    *,
    draws: int,
    seed: int,
) -> dict[str, Any] | None:
    """All groups expected at the first pole against all expected at the second; None where a side has none."""
    side_of = np.array([poles.index(expected[group]) if group in expected else -1 for group in tallied.groups])
    sides = side_of[tallied.group_of] if len(tallied.group_of) else tallied.group_of
    kept = asked & (sides >= 0)
    if not {0, 1} <= set(sides[kept].tolist()):
        return None
    counts = _pole_counts(tallied, words, kept, (poles[0], poles[1]), sides)
    numbers = _ratios(counts, draws=draws, seed=seed)
    low, high = float(numbers["difference_low"][0]), float(numbers["difference_high"][0])
    return {
        "difference": float(numbers["difference"][0]),
        "low": low,
        "high": high,
        # Of two groups one is the mirror of the other: their q-values are the p-value of one test.
        "p_value": float(numbers["q_value"][0]),
        "agreement": _agreement(low, high, poles[0], poles),
    }


def _undefined(
    numbers: Mapping[str, Any], groups: tuple[str, ...], poles: tuple[str, str], expected: Mapping[str, str]
) -> Iterator[str]:
    total = {pole: int(numbers[f"words_{side}"].sum()) for pole, side in zip(poles, ("first", "second"), strict=True)}
    for pole, words in total.items():
        if not words:
            yield f"log2_ratio and what rests on it are missing: there are no words on {pole}."
    silent = numbers["words_first"] + numbers["words_second"] == 0
    few = (np.minimum(numbers["documents_first"], numbers["documents_second"]) < 2) & ~silent
    alone = ~silent & np.isnan(numbers["q_value"])
    for chosen, what, why in (
        (silent, "log2_ratio is", "no words on either pole"),
        (few, "Intervals are", "fewer than two documents raise one of the poles"),
        (alone & all(total.values()), "q_value is", "it or all other groups are one document"),
    ):
        if chosen.any():
            yield f"{what} missing for {', '.join(np.array(groups, dtype=object)[chosen])}: {why}."
    absent = sorted(set(expected) - set(groups))
    if absent:
        yield f"The claim names {', '.join(absent)}, of which there are no documents."
