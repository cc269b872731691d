from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qualcode.store import Store

from .builders import RUN, codebook, two_documents

KEPT = Path(__file__).with_name("data")


def found(path: Path, match: str) -> list[str]:
    """Words of the segments that the index finds."""
    with closing(sqlite3.connect(path)) as connection:
        ids = [
            row[0] for row in connection.execute("SELECT rowid FROM segments_fts WHERE segments_fts MATCH ?", [match])
        ]
        marks = ", ".join("?" * len(ids))
        rows = connection.execute(
            f"SELECT text FROM segments_long WHERE segment_id IN ({marks}) ORDER BY position", ids
        )
        return [text for (text,) in rows]


@pytest.mark.parametrize("kept", sorted(KEPT.glob("schema_*.db")), ids=lambda path: path.stem)
def test_words_of_older_stores_can_be_searched(tmp_path: Path, kept: Path) -> None:
    path = Path(shutil.copy(kept, tmp_path / "study.db"))
    with Store(path, read_only=True):
        pass
    assert found(path, "MONEY") == ["There is no money."] * 2  # in each document


def test_words_are_indexed_as_documents_are_saved_and_once(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    for _ in range(2):
        with Store(path, create=True) as store:
            store.save_run(RUN, codebook(), two_documents())
    assert found(path, "money") == ["There is no money."] * 2  # in each document
    with closing(sqlite3.connect(path)) as connection:
        (segments,) = connection.execute("SELECT count(*) FROM segments").fetchone()
        (indexed,) = connection.execute("SELECT count(*) FROM segments_fts_docsize").fetchone()
    assert indexed == segments
