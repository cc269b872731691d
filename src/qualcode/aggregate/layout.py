"""Columns of values in, a DataFrame with the documented dtypes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .counts import Column

CODE_COLUMNS: dict[str, str] = {"code_number": "Int64", "code": "str", "code_name": "str", "category": "str"}
"""Columns that say which code (or category) a row is about."""


def typed_frame(content: Mapping[str, Any], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Lay values out in the order and with the dtypes of `dtypes`.

    Parameters
    ----------
    content : mapping of str to sequence
        One entry for each name in `dtypes`, all of the same length; a missing number is nan or None.
    dtypes : mapping of str to str
        "Int64" = whole numbers of which some may be missing (NA).

    Returns
    -------
    DataFrame
        Index 0, 1 ...

    Examples
    --------
    >>> typed_frame({"n": [3.0, None]}, {"n": "Int64"})["n"].tolist()
    [3, <NA>]
    """
    return pd.DataFrame({name: pd.Series(_whole(content[name], dtype), dtype=dtype) for name, dtype in dtypes.items()})


def code_columns(columns: Sequence[Column]) -> dict[str, list[Any]]:
    """Content of `CODE_COLUMNS`, one row for each of `columns`."""
    return {
        "code_number": [column.number for column in columns],
        "code": [column.id for column in columns],
        "code_name": [column.name for column in columns],
        "category": [column.category for column in columns],
    }


def _whole(values: Any, dtype: str) -> Any:
    """Values for a column of whole numbers that may be missing: nan and None become NA."""
    return pd.array(values, dtype="Float64").astype("Int64") if dtype == "Int64" else values
