"""A decided study, and what is compared before and after its export."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from qualcode.flow import Workspace
from qualcode.refi import Project, read_project
from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Memo, Store


def decided(work: Workspace) -> Workspace:
    """The demo with decisions, one taken back, notes, an audit, assignments, and passages of another program."""
    with Store(work.store_path) as store:
        rows = [row for row in store.codings() if row["status"] == "auto"][:4]
        places = [Place(row["document_id"], row["position"]) for row in rows]
        store.verdicts.decide("Ana", [Decision(places[0], rows[0]["code"], "accept")], looked=places[:1])
        store.verdicts.decide("Ben", [Decision(places[1], rows[1]["code"], "reject")])
        undone = store.verdicts.decide("Ben", [Decision(places[2], rows[2]["code"], "reject")])
        store.verdicts.undo(str(undone))
        store.verdicts.note("Ana", Memo("Ask again — η υγεία 🧬", places[0], rows[0]["code"]))
        store.verdicts.note("Ana", Memo("Too broad", None, rows[0]["code"]))
        run = {row["document"]: row["run"] for row in rows}
        store.save_audit_sample(
            run[rows[3]["document"]], [AuditDraw(rows[3]["document"], places[3].position, "x", 0.5)]
        )
        store.verdicts.assign({"Ana": [places[0].document_id]})
    return work


def read(content: bytes) -> Project:
    return read_project(content, file="a.qdpx").project


def tables(path: Path) -> list[list[tuple[object, ...]]]:
    """Everything a table is made from, without the numbers a store gives its rows."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            sorted(connection.execute(sql).fetchall(), key=repr)
            for sql in (
                "SELECT document, region, country, stakeholder_group, kind, date, language, topics_asked, words,"
                " segments, format, encoding, source_hash, left_out, coder, codebook_version FROM documents_long",
                "SELECT document, speaker, role, time, heading, turn, position, start, text FROM segments_long",
                "SELECT document, position, code, probability, status, is_intense, coder, decided_by, evidence"
                " FROM codings_long",
                "SELECT document, position, facet, probability, evidence FROM facets_long",
                "SELECT action_id, coder_id, kind, clock, made_utc, undone_utc FROM actions",
                "SELECT document, position, code, decision, coder, action_id FROM verdicts_long",
                "SELECT text, code_id FROM memos",
                "SELECT stratum, chance FROM audits",
                "SELECT document_id, coder_id FROM assignments",
                "SELECT document, start, end, text, code, coder, created, file FROM passages_long",
                "SELECT run_hash, seed, settings, started_utc, finished_utc FROM runs",
            )
        ]


def without(content: bytes, part: str) -> bytes:
    """The archive as another program writes it again, without a part it does not know."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(target, "w") as copy:
        for info in archive.infolist():
            if info.filename != part:
                copy.writestr(info, archive.read(info))
    return target.getvalue()
