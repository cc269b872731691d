"""The stores of several teams, pooled into a new one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SelectionError

if TYPE_CHECKING:
    from ..store import Merged


def merge(paths: Sequence[Path], out: Path) -> Merged:
    """Pool stores into a new file; they are only read.

    Parameters
    ----------
    paths : sequence of Path
        Two or more; the first named decides what is current where they differ.
    out : Path
        The new store.

    Returns
    -------
    Merged

    Raises
    ------
    SelectionError
        For fewer than two stores.
    StoreError
        If `out` exists, or a store is missing, damaged, of a newer qualcode or in use; then there is no new file.
    """
    from ..store import merge_stores

    if len(paths) < 2:
        raise SelectionError("One store alone cannot be pooled. Name two or more: qualcode merge A.db B.db --out C.db")
    return merge_stores(paths, out)
