"""A person's look at a random sample of sentences in, shares corrected for the machine's errors out.

The machine has read every sentence and a person a random sample of them. What the machine counted is
kept, and the sample says by how much it is off: the difference between person and machine, weighed up
to all sentences, is added (prediction-powered inference). The interval grows by the sample's own
uncertainty. Shares of documents are not corrected: a sample of sentences does not say what else a
document holds. The machine's own counts are needed, without what people have put right since: they may
have put right just the sentences of the sample.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..codebook import Codebook
from ..errors import AggregateError
from .bootstrap import degrees_of_freedom, resample, spread
from .counts import Counts, Floats, Integers, table_columns
from .frames import Unit
from .intervals import log_interval

_NEEDED = ("document_id", "words", "chance", "machine", "person")


@dataclass(frozen=True)
class AuditSums:
    """All that a correction needs of an audit, sentences summed up within documents.

    Attributes
    ----------
    judged : mapping of str to int
        Judged sentences by document; documents without one may be left out.
    waiting : int
        Sentences drawn that nobody has judged.
    blind : frozenset of str
        Documents with a sentence of a stratum of which nothing is judged.
    errors : mapping of (str, str) to float
        Words by which the machine is off, weighed up to all sentences, by document and code (category); 0 may be left
        out.
    """

    judged: Mapping[str, int]
    waiting: int
    blind: frozenset[str]
    errors: Mapping[tuple[str, str], float]


def sum_audit(
    audit: Sequence[Mapping[str, Any]], document_ids: Sequence[str], codebook: Codebook, *, level: Unit
) -> AuditSums:
    """Sum an audit up within documents.

    Parameters
    ----------
    audit : sequence of mapping
        As in `corrected_shares`.
    document_ids : sequence of str
        Documents that are counted; sentences of others are left out.
    codebook : Codebook
    level : {"code", "category"}

    Raises
    ------
    AggregateError
        As in `corrected_shares`.
    """
    units = [column.id for column in table_columns(codebook, level=level)]
    rows, blind = judged_rows(_checked(audit, document_ids))
    place = pd.Index(document_ids).get_indexer(pd.Index(rows["document_id"]))
    errors = _errors(rows, place, (len(document_ids), len(units)), codebook, units, level=level)
    return AuditSums(
        judged={str(key): int(n) for key, n in rows["document_id"].value_counts(sort=False).items()},
        waiting=sum(row["person"] is None for row in audit),
        blind=frozenset(blind),
        errors={(document_ids[d], units[u]): float(errors[d, u]) for d, u in zip(*errors.nonzero(), strict=True)},
    )


def corrected_shares(
    counts: Counts,
    audit: Sequence[Mapping[str, Any]] | AuditSums,
    codebook: Codebook,
    *,
    level: Unit,
    draws: int,
    seed: int,
) -> dict[str, Integers | Floats]:
    """Correct the share of words of each code, per group.

    Parameters
    ----------
    counts : Counts
        What the machine alone counts.
    audit : sequence of mapping, or AuditSums
        One per sentence drawn: `document_id`, `words`, `chance` (with which it was drawn, above 0 to 1),
        `machine` and `person`, JSON lists of the code ids that the machine counts and that really apply; `person`
        None = not judged yet. `stratum`, where given, tells apart what it was drawn from. Sentences of
        documents that are not in `counts`, or were not asked about a code, do not speak for it.
    codebook : Codebook
    level : {"code", "category"}
    draws, seed : int
        Of the document bootstrap.

    Returns
    -------
    dict of str to array, shape (G, U)
        `segments_audited` (int); `share_words_corrected` (0 where the sum is below 0; nan without audited sentences of
        the group, or where none of a stratum is judged) with its 95 % interval `share_words_corrected_low`,
        `share_words_corrected_high` (0-1; nan where fewer than two documents hold the code, by machine or person).

    Raises
    ------
    AggregateError
        For a row without a needed field, a chance out of range, or a code the codebook does not have.

    Notes
    -----
    With w the words of a sentence, and f and y whether machine and person give it the code, a document's words on
    the code are estimated as sum of w f over all its sentences + sum over its audited ones of w (y - f) / chance.
    Where only a part of a stratum is judged, it stands for the whole: chance x judged / drawn. A group's share is the
    sum of these over the sum of words. Documents are resampled as for the share of the
    machine: that holds the variance between documents and that of the audit within them (the ultimate cluster),
    and how they go together: where people say more, a machine misses more.

    References
    ----------
    Angelopoulos, Bates, Fannjiang, Jordan & Zrnic (2023), Science 382, 669-674: machine mean + mean error.
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling: the difference estimator, chapter 6; ultimate
    clusters, chapter 4.
    """
    sums = audit if isinstance(audit, AuditSums) else sum_audit(audit, counts.document_ids, codebook, level=level)
    member = counts.membership
    judged = np.array([sums.judged.get(key, 0) for key in counts.document_ids], dtype=np.int64)
    audited = judged[:, None] * counts.asked
    words = counts.words + _spread(sums, counts)
    unseen = (
        member @ np.isin(counts.document_ids, list(sums.blind)) > 0
    )  # groups with a stratum of which nothing is judged
    of_group = (member @ audited > 0) & (member @ counts.asked_words > 0) & ~unseen[:, None]
    known = np.where(of_group, 1.0, np.nan)
    share = np.maximum(0.0, member @ words / np.maximum(member @ counts.asked_words, 1)) * known
    estimated = replace(counts, words=words)  # type: ignore[arg-type]  # only sums are taken; they need no whole numbers
    drawn = resample(estimated, draws=draws, seed=seed)
    error = np.sqrt(spread(drawn.words / np.where(drawn.total > 0, drawn.total, np.nan))) * known
    df = degrees_of_freedom(member @ (words != 0), counts.asked_documents)
    low, high = log_interval(share, error, df=df)
    return {
        "segments_audited": member @ audited,
        "share_words_corrected": share,
        "share_words_corrected_low": low,
        "share_words_corrected_high": np.minimum(high, 1.0),
    }


def judged_rows(drawn: pd.DataFrame) -> tuple[pd.DataFrame, set[str]]:
    """Keep what a person has judged, standing for all of its stratum.

    Parameters
    ----------
    drawn : DataFrame
        Columns `document_id`, `stratum`, `chance`, `person` (None = not judged).

    Returns
    -------
    DataFrame
        The judged rows; `chance` times judged / drawn of the stratum.
    set of str
        Documents with a sentence of a stratum of which nothing is judged: nothing is known of these.

    Notes
    -----
    It holds where the judged ones are like the others of their stratum, so where the order of judging is random.
    """
    judged = drawn["person"].notna()
    share = judged.groupby([drawn["stratum"], drawn["chance"]]).transform("mean").astype("float64")
    kept = drawn[judged].assign(chance=(drawn["chance"] * share)[judged]).reset_index(drop=True)
    return kept, set(drawn.loc[share == 0, "document_id"])


def no_audit(counts: Counts) -> dict[str, Integers | Floats]:
    """The result of `corrected_shares` where nothing was audited."""
    shape = (len(counts.groups), len(counts.columns))
    missing = dict.fromkeys(("", "_low", "_high"), np.full(shape, np.nan))
    corrected = {f"share_words_corrected{end}": values for end, values in missing.items()}
    return {"segments_audited": np.zeros(shape, dtype=np.int64), **corrected}


def _spread(sums: AuditSums, counts: Counts) -> Floats:
    """The errors of the codes that documents were asked about, shape (D, U)."""
    units = [column.id for column in counts.columns]
    found = [[sums.errors.get((key, unit), 0.0) for unit in units] for key in counts.document_ids]
    return np.array(found, dtype=np.float64).reshape(counts.words.shape) * counts.asked


def _errors(
    rows: pd.DataFrame,
    place: Integers,
    shape: tuple[int, int],
    codebook: Codebook,
    units: Sequence[str],
    *,
    level: Unit,
) -> Floats:
    """Words by which the machine is off, weighed up to all sentences, shape (D, U)."""
    person, machine = (_indicators(rows[name], units, codebook, level=level) for name in ("person", "machine"))
    weight = rows["words"].to_numpy(dtype=np.float64) / rows["chance"].to_numpy(dtype=np.float64)
    errors = np.zeros(shape)
    np.add.at(errors, place, (person - machine) * weight[:, None])
    return errors


def audit_notes(audit: Sequence[Mapping[str, Any]] | AuditSums, audited: Integers | Floats) -> list[str]:
    """What stands under a table of the audit, for its reader; nothing without one."""
    most = int(np.asarray(audited).max(axis=1, initial=0).sum())
    if not most:
        return []
    said = f"share_words_corrected: a person judged {most:,} sentences drawn at random; intervals hold both errors."
    open_ = audit.waiting if isinstance(audit, AuditSums) else sum(row["person"] is None for row in audit)
    if not open_:
        return [said]
    return [said, f"{open_:,} sentences drawn wait to be judged: taken to be like the judged ones of their stratum."]


def _checked(audit: Sequence[Mapping[str, Any]], document_ids: Sequence[str]) -> pd.DataFrame:
    known = set(document_ids)
    for number, row in enumerate(audit):
        lacking = [name for name in _NEEDED if name not in row]
        if lacking:
            raise AggregateError(f"audit: row {number} lacks {', '.join(lacking)}.")
        if not 0 < row["chance"] <= 1:
            raise AggregateError(f"audit: row {number}: chance is above 0 and at most 1. Found {row['chance']!r}.")
    kept = [row for row in audit if row["document_id"] in known]
    content = [{"stratum": row.get("stratum", ""), **{name: row[name] for name in _NEEDED}} for row in kept]
    return pd.DataFrame(content, columns=["stratum", *_NEEDED])


def _indicators(lists: pd.Series[Any], units: Sequence[str], codebook: Codebook, *, level: Unit) -> Floats:
    """1 where a sentence has the code (category), shape (sentences, U)."""
    place = {unit: number for number, unit in enumerate(units)}
    given = np.zeros((len(lists), len(place)))
    for number, text in enumerate(lists):
        for code in json.loads(text):
            if code not in codebook.by_id:
                raise AggregateError(f'audit: row {number} has "{code}", which is not in the codebook.')
            given[number, place[code if level == "code" else codebook.category_of[code].id]] = 1.0
    return given
