from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from qualcode.review import Decision, Place
from qualcode.store import Store, action_hash

from .builders import RUN, codebook, query, two_documents

KEPT = Path(__file__).with_name("data")


def test_verdicts_of_schema_2_become_actions(tmp_path: Path) -> None:
    path = Path(shutil.copy(KEPT / "schema_2.db", tmp_path / "study.db"))
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA foreign_keys = ON")
        # A second thought within the second, with a reason; and one that is no audit.
        for decision, is_audit, memo, utc in (
            ("reject", 1, "cheap enough", "2026-03-03T10:00:00+00:00"),
            ("unsure", 0, None, "2026-03-04T09:00:00+00:00"),
        ):
            old.execute(
                "INSERT INTO verdicts (segment_id, codebook_id, code_id, coder_id, decision, is_audit, memo, "
                "decided_utc) SELECT segment_id, codebook_id, 'money', coder_id, ?, ?, ?, ? FROM verdicts LIMIT 1",
                (decision, is_audit, memo, utc),
            )
        old.commit()
        before = old.execute(
            "SELECT segment_id, code_id, decision, decided_utc FROM verdicts ORDER BY 1, 2, 3"
        ).fetchall()
    with Store(path, read_only=True) as store:
        kinds = [(row["kind"], row["verdicts"], row["looks"]) for row in reversed(store.verdicts.actions())]
        assert kinds == [("audit", 2, 0), ("audit", 1, 0), ("decide", 1, 0), ("done", 0, 1), ("memo", 0, 0)]
        assert {(o["code"], o["decision"]) for o in store.verdicts.opinions()} == {
            ("money", "unsure"),
            ("price", "reject"),
        }
        assert [memo["text"] for memo in store.verdicts.memos()] == ["cheap enough"]
    after = query(
        path,
        "SELECT segment_id, code_id, decision, made_utc FROM verdicts JOIN actions USING (action_id) ORDER BY 1, 2, 3",
    )
    assert after == before


def test_carried_over_actions_have_the_ids_of_their_content(tmp_path: Path) -> None:
    path = Path(shutil.copy(KEPT / "schema_2.db", tmp_path / "study.db"))
    with Store(path, read_only=True) as store:
        actions = store.verdicts.actions(limit=-1)
    kept = query(path, "SELECT action_id, coder_id, kind, clock, made_utc FROM actions")
    said = query(
        path,
        "SELECT action_id, document_id, position, codebook_id, code_id, decision FROM verdicts "
        "JOIN segments USING (segment_id)",
    )
    looked = query(
        path,
        "SELECT action_id, document_id, position, codebook_id, is_blind FROM looks JOIN segments USING (segment_id)",
    )
    assert len(kept) == len(actions) > 0
    for action_id, *action in kept:
        head = dict(zip(("coder_id", "kind", "clock", "made_utc"), action, strict=True))
        own, seen = ([row[1:] for row in rows if row[0] == action_id] for rows in (said, looked))
        assert action_hash(head, own, seen, None) == action_id


def test_many_decisions_at_once_do_not_read_all_others(tmp_path: Path) -> None:
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        triggers = query(store.path, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%_decide'")
        assert sorted(name for (name,) in triggers) == ["actions_undone_decide", "looks_decide", "verdicts_decide"]
        place = Place(store.document_rows()[0]["document_id"], 1)
        store.verdicts.decide("Anna", [Decision(place, "price", "reject")])
        body = query(store.path, "SELECT sql FROM sqlite_schema WHERE name = 'verdicts_decide'")[0][0]
        # Every table of people's words is asked for the segment alone.
        assert body.count("FROM verdicts w") == body.count("WHERE w.segment_id IN (SELECT NEW.segment_id)") > 0
        assert body.count("FROM looks l") == body.count("WHERE l.segment_id IN (SELECT NEW.segment_id)") > 0
