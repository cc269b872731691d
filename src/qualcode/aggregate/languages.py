"""Documents and coded sentences in, coverage by language out: so that silence is not taken for an absence.

A region whose interviews are in a language the coder reads less well, or not at all, looks as if it had no
barriers. This table shows it: how many sentences of each language have a code, and how they were read.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ..errors import AggregateError
from .bootstrap import degrees_of_freedom, document_weights, spread
from .coded import coded_frame
from .counts import MISSING, Floats, Integers
from .frames import Rows, documents_frame
from .frequency import share
from .intervals import log_interval
from .layout import typed_frame

Reading = Literal["model", "cues", "not read"]

LANGUAGE_COLUMNS: dict[str, str] = {
    "language": "str",
    "read_by": "str",
    "documents": "int64",
    "documents_without_code": "int64",
    "words": "int64",
    "segments": "int64",
    "coded_segments": "int64",
    "share_coded": "float64",
    "share_coded_low": "float64",
    "share_coded_high": "float64",
}
"""Columns of `language_table` and their dtypes."""

_NOISE = 1e-9
"""Draws that differ by less do so by rounding."""


def language_table(
    documents: Rows, coded: Rows, *, seed: int, draws: int = 2000, reads: Mapping[str, Reading] | None = None
) -> pd.DataFrame:
    """How much of each language has a code.

    Parameters
    ----------
    documents : sequence of mapping
        As for `summary_table`; a document counts under its `language`, whatever single turns are in.
    coded : sequence of mapping
        Respondents' sentences with a code that counts, as in `CODED_COLUMNS`.
    seed, draws : int
        Of the document bootstrap.
    reads : mapping of language to {"model", "cues", "not read"}
        How each language is read. None, or a language that is not in it = not known.

    Returns
    -------
    DataFrame
        One row per language, in alphabetical order ("(missing)" last). Columns and dtypes as in `LANGUAGE_COLUMNS`:

        `read_by`: as in `reads`, missing where not known; `documents`, and `documents_without_code`, those without a
        single coded sentence; `words`, `segments`: of respondents; `coded_segments`: sentences with at least one code;
        `share_coded` = coded_segments / segments (0-1), with its 95 % interval.

        Undefined (nan): `share_coded` where there are no segments, or the language is not read: nothing was looked
        for; its interval also where fewer than two documents have a code, or all draws give the same.

        ``attrs``: `unit`, `seed`, `draws`, `n_documents`, `notes`, `undefined`.

    Raises
    ------
    ValueError
        For `draws` or `seed` out of range, or an unknown way of reading.
    AggregateError
        For rows that do not have the shape a table needs, or a language called "(missing)".

    Notes
    -----
    A ratio of sums, with the interval of `share_words`: share x exp(± t s / share), at most 1, s the standard deviation
    over draws of whole documents, k documents with a code (at most n - 1) the degrees of freedom. Wilson's interval
    would take every sentence for a voice of its own: sentences of an interview hang together, and it would be
    far too narrow.

    Examples
    --------
    >>> notes = dict(region="Crete", country=None, stakeholder_group=None, kind="interview", date=None)
    >>> documents = [dict(notes, document_id=d, name=d, language=d, words=900, segments=80) for d in ("en", "lt")]
    >>> coded = [dict(document_id="en", turn=1, position=p, words=9, code_id="reimbursement") for p in range(20)]
    >>> table = language_table(documents, coded, seed=1, reads={"en": "model", "lt": "not read"})
    >>> table[["language", "read_by", "documents_without_code", "share_coded"]].values.tolist()
    [['en', 'model', 0, 0.25], ['lt', 'not read', 1, nan]]
    """
    _check(reads or {}, seed=seed, draws=draws)
    frame = documents_frame(documents)
    sentences = coded_frame(coded, frame, None).drop_duplicates(["document_id", "position"])
    counted = sentences["document_id"].value_counts().reindex(frame["document_id"], fill_value=0)
    of_document: Integers = np.asarray(counted, dtype=np.int64)
    named = sorted(set(frame["language"].dropna()))
    if MISSING in named:
        raise AggregateError(f'documents: language is written "{MISSING}", the name of those without one.')
    languages = [*named, *([MISSING] if frame["language"].isna().any() else [])]
    read_by = [(reads or {}).get(language) for language in languages]
    group_of = pd.Index(languages).get_indexer(pd.Index(frame["language"].where(frame["language"].notna(), MISSING)))
    member: Integers = (np.arange(len(languages))[:, None] == group_of).astype(np.int64)
    coded_segments = member @ of_document
    of_segments: Integers = np.asarray(frame["segments"], dtype=np.int64)
    segments = member @ of_segments
    read = np.array([1.0 if how != "not read" else np.nan for how in read_by])
    share_coded = share(coded_segments, segments) * read
    low, high = _interval(member, of_document, of_segments, languages, draws=draws, seed=seed)
    df = typed_frame(
        {
            "language": languages,
            "read_by": read_by,
            "documents": member.sum(axis=1),
            "documents_without_code": member @ (of_document == 0),
            "words": member @ frame["words"].to_numpy(),
            "segments": segments,
            "coded_segments": coded_segments,
            "share_coded": share_coded,
            "share_coded_low": low * read,
            "share_coded_high": high * read,
        },
        LANGUAGE_COLUMNS,
    )
    df.attrs = _attrs(df, seed=seed, draws=draws)
    return df


def _check(reads: Mapping[str, str], *, seed: int, draws: int) -> None:
    for name, value, least in (("seed", seed, 0), ("draws", draws, 1)):
        if value < least:
            raise ValueError(f"`{name}` must be an int >= {least}. Got {value!r} instead.")
    wrong = sorted(set(reads.values()) - set(get_args(Reading)))
    if wrong:
        raise ValueError(f'`reads` must say "model", "cues" or "not read". Got {wrong[0]!r} instead.')


def _interval(
    member: Integers, coded: Integers, segments: Integers, languages: list[str], *, draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Interval of the share of coded sentences of each language, shape (L,) each."""
    ends = np.full((2, len(languages)), np.nan)
    for number, language in enumerate(languages):
        inside = np.flatnonzero(member[number])
        sums = document_weights(len(inside), draws=draws, seed=seed, stream=f"language {language}") @ np.column_stack(
            [coded[inside], segments[inside]]
        )
        drawn = sums[:, 0] / np.where(sums[:, 1] > 0, sums[:, 1], np.nan)
        error = np.sqrt(spread(drawn[None, :, None])[0, 0])
        point = share(coded[inside].sum(), segments[inside].sum())
        df = degrees_of_freedom((coded[inside] > 0).sum(), np.array(len(inside)))
        ends[:, number] = log_interval(point, error if error > _NOISE else np.nan, df=df)
    return ends[0], np.minimum(ends[1], 1.0)


def _attrs(df: pd.DataFrame, *, seed: int, draws: int) -> dict[Hashable | None, Any]:
    return {
        "unit": "respondents' sentences; shares 0-1",
        "seed": seed,
        "draws": draws,
        "n_documents": int(df["documents"].sum()),
        "notes": [
            "A language with few coded sentences may be read badly, or have fewer barriers: look before comparing.",
            f"95 %: {draws:,} bootstrap draws of documents.",
        ],
        "undefined": list(_undefined(df)),
    }


def _undefined(df: pd.DataFrame) -> Iterator[str]:
    unread = df.loc[df["read_by"] == "not read", "language"].tolist()
    if unread:
        yield f"share_coded is missing for {', '.join(unread)}: not read, so nothing was looked for."
    silent = df.loc[(df["segments"] == 0) & (df["read_by"] != "not read"), "language"].tolist()
    if silent:
        yield f"share_coded is missing for {', '.join(silent)}: no sentences of respondents."
    few = df.loc[df["share_coded"].notna() & df["share_coded_low"].isna(), "language"].tolist()
    if few:
        yield f"Its interval is missing for {', '.join(few)}: fewer than two documents have a code, or all alike."
