"""The store as an encrypted copy, and back."""

from __future__ import annotations

from pathlib import Path

from .workspace import Workspace


def encrypt(work: Workspace, out: Path) -> list[Path]:
    """Write an encrypted copy of the store and prove that it is the same; the store stays as it is.

    Parameters
    ----------
    work : Workspace
    out : Path
        The new file.

    Returns
    -------
    list of Path
        What is still there and not encrypted: the store and its backups.

    Raises
    ------
    StoreError
        As `qualcode.store.encrypt_store`.
    """
    from ..store import encrypt_store

    return encrypt_store(work.store_path, out)


def decrypt(work: Workspace, out: Path) -> None:
    """Write a plain copy of the encrypted store and prove that it is the same; the store stays as it is.

    Parameters
    ----------
    work : Workspace
    out : Path
        The new file.

    Raises
    ------
    StoreError
        As `qualcode.store.decrypt_store`.
    """
    from ..store import decrypt_store

    decrypt_store(work.store_path, out)
