from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import StoreError
from qualcode.store import Filter, Keys, Store, Tables, read_tables, rewrite_store
from studies import SmallStudy, dump, make_small_study


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    study = make_small_study(tmp_path / "buses")
    study.tag()
    return study


def same(tables: Tables, _keys: Keys) -> Tables:
    return tables


def test_the_same_rows_are_the_same_store(study: SmallStudy) -> None:
    out = study.folder / "o.db"
    rewrite_store(study.store_path, out, same)
    assert read_tables(out) == read_tables(study.store_path)
    before, after = ([line for line in dump(path) if "segments_fts" not in line] for path in (study.store_path, out))
    assert sorted(after) == sorted(before)


def test_no_word_of_before_is_left_in_the_file(study: SmallStudy) -> None:
    def shorter(tables: Tables, keys: Keys) -> Tables:
        assert keys["segments"] == ["segment_id"]
        documents = [{**row, "text": row["text"].replace("garden", "yard  ")} for row in tables["documents"]]
        return {**tables, "documents": documents}

    out = study.folder / "o.db"
    assert b"garden" in study.store_path.read_bytes()
    rewrite_store(study.store_path, out, shorter)
    assert b"garden" not in out.read_bytes()
    with Store(out, read_only=True) as store:
        everything = store.check_filter(Filter())
        assert (len(store.search('"garden"', everything)), len(store.search('"yard"', everything))) == (0, 1)


def test_what_fails_leaves_no_file(study: SmallStudy) -> None:
    def torn(tables: Tables, _keys: Keys) -> Tables:
        return {**tables, "turns": []}

    out = study.folder / "o.db"
    with pytest.raises(StoreError, match="do not fit"):
        rewrite_store(study.store_path, out, torn)
    with pytest.raises(StoreError, match="no folder"):
        rewrite_store(study.store_path, study.folder / "none" / "o.db", same)
    assert sorted(path.name for path in study.folder.iterdir() if ".db" in path.name) == ["qualcode.db"]
    out.write_bytes(b"mine")
    with pytest.raises(StoreError, match="exists already"):
        rewrite_store(study.store_path, out, same)
    assert out.read_bytes() == b"mine"
