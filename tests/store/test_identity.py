from __future__ import annotations

from pathlib import Path

from qualcode.review import Decision, Place
from qualcode.store import Memo, Store, content_ids, fitting_ids, read_tables, with_ids
from studies import make_small_study


def test_ids_follow_the_content(tmp_path: Path) -> None:
    study = make_small_study(tmp_path / "buses")
    study.tag()
    with Store(study.store_path) as store:
        row = store.codings()[0]
        place = Place(row["document_id"], row["position"])
        store.verdicts.decide("Eva", [Decision(place, row["code"], "accept")], looked=[place])
        store.verdicts.note("Eva", Memo("so", place))
    tables = read_tables(study.store_path)
    fitting = fitting_ids(tables)
    assert {column: len(ids) for column, ids in fitting.items()} == {
        "import_id": 0, "document_id": 3, "coder_id": 2, "run_hash": 1, "action_id": 2, "passage_id": 0,
    }  # fmt: skip
    for document in tables["documents"]:
        document["name"] = document["name"].upper()
    moved = with_ids(tables, content_ids(tables, only=fitting))
    assert not {row["document_id"] for row in moved["turns"]} & {row["document_id"] for row in tables["turns"]}
    assert fitting_ids(moved)["action_id"].keys() == {row["action_id"] for row in moved["actions"]}
    assert {row["action_id"] for row in moved["verdicts"]} <= {row["action_id"] for row in moved["actions"]}
    assert content_ids(tables, only={column: {} for column in fitting})["document_id"] == {
        row["document_id"]: row["document_id"] for row in tables["documents"]
    }
