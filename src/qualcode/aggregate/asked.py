"""What documents were asked about in, a matrix documents x codes out: "not asked" is not "not mentioned".

A document without ``topics_asked`` was asked about everything. Where it names topics, it stands in the
denominator of those codes only; what it says unasked about others is counted apart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from ..errors import AggregateError
from .frames import Unit


def asked_matrix(
    documents: pd.DataFrame, units: Sequence[str], codebook: Codebook, *, level: Unit
) -> NDArray[np.bool_]:
    """Which document was asked about which code (or category).

    Parameters
    ----------
    documents : DataFrame
        From `documents_frame`; `topics_asked` is a JSON list of codes and categories by number, id or
        name, missing = everything.
    units : sequence of str
        Ids of the codes (categories), as the columns of the matrix.
    codebook : Codebook
    level : {"code", "category"}
        A category was asked about where any of its codes was.

    Returns
    -------
    bool array, shape (D, U)

    Raises
    ------
    AggregateError
        For a topic the codebook does not have.
    """
    asked = np.ones((len(documents), len(units)), dtype=np.bool_)
    given = documents["topics_asked"]
    for place in np.flatnonzero(given.notna()):
        codes = asked_codes(given.iloc[place], codebook, where=f'documents: "{documents["name"].iloc[place]}"')
        ids = codes if level == "code" else {codebook.category_of[code].id for code in codes}
        asked[place] = [unit in ids for unit in units]
    return asked


def asked_codes(topics: str, codebook: Codebook, *, where: str) -> set[str]:
    """Ids of the codes that a JSON list of topics names.

    Examples
    --------
    >>> from qualcode.codebook import read_codebook
    >>> sorted(asked_codes('["5", "Innovation ecosystem capacity"]', read_codebook(), where="a.txt"))[:2]
    ['atmp_manufacturing', 'clinical_trials']
    """
    named = _topics(topics, where)
    fault = codebook.topic_fault(named)
    if fault:
        raise AggregateError(f"{where}: {fault}")
    return {code for topic in named for code in codebook.topics[topic.casefold()]}


def _topics(text: str, where: str) -> list[str]:
    try:
        topics: Any = json.loads(text)
    except json.JSONDecodeError:
        topics = None
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise AggregateError(f"{where}: topics_asked is a JSON list of texts. Found {text!r}.")
    return topics
