from __future__ import annotations

from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import StoreError
from qualcode.store import is_encrypted, passphrase, read_tables
from studies import make_small_study

pytest.importorskip("sqlcipher3")


def test_a_store_is_encrypted_and_decrypted_into_new_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "ITERATIONS", 100)  # for speed
    study = make_small_study(tmp_path / "buses")
    study.tag()
    monkeypatch.setenv("QUALCODE_KEY", "five words drawn at random")
    secret, back = tmp_path / "secret.db", tmp_path / "back.db"
    assert flow.encrypt(study.work, secret) == [study.store_path]
    work = flow.open_workspace(store=secret)
    flow.decrypt(work, back)
    assert (is_encrypted(secret), is_encrypted(back)) == (True, False)
    assert read_tables(study.store_path) == read_tables(secret) == read_tables(back)
    with pytest.raises(StoreError, match=r"secret\.db is encrypted, and Datasette cannot show that"):
        flow.exploration(work)
