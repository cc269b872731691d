"""A random sample of segments, and what a person says of them, in; rows in the store out.

Always inside the caller's transaction. Verdicts are only added: what a person decides anew is a further
verdict, and the newest of a person on a code of a segment counts. What the store already says is not written again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping

from ..errors import StoreError, nearest
from . import queries
from .records import AuditDraw, coder_id

Place = tuple[str, int]
"""Name of a current document, and position of a segment in it."""


def write_sample(connection: sqlite3.Connection, run_id: int, draws: Iterable[AuditDraw]) -> int:
    """Write a sample; see `qualcode.store.Store.save_audit_sample`."""
    changed = 0
    for draw in draws:
        if not 0 < draw.chance <= 1:
            raise ValueError(f"`chance` of `AuditDraw` must be above 0 and at most 1. Got {draw.chance!r} instead.")
        place = {"run_id": run_id, "name": draw.document, "position": draw.position}
        found = connection.execute(queries.covered_segment, place).fetchone()
        if found is None:
            raise StoreError(
                f"{draw.document}, sentence {draw.position}: no sentence of a respondent that run {run_id} has read. "
                "Draw the sample from the current documents of that run."
            )
        row = {"run_id": run_id, "segment_id": found[0], "stratum": draw.stratum, "chance": draw.chance}
        changed += connection.execute(queries.add_audit, row).rowcount
    return changed


def write_verdicts(
    connection: sqlite3.Connection, coder: str, decisions: Mapping[Place, Collection[str]], decided_utc: str
) -> int:
    """Write what a person found; see `qualcode.store.Store.save_audit_verdicts`."""
    person = {"coder_id": coder_id("human", coder), "name": coder, "kind": "human"}
    connection.execute(queries.add_coder, person)
    return sum(
        _write_segment(connection, person["coder_id"], place, set(codes), decided_utc)
        for place, codes in decisions.items()
    )


def _write_segment(connection: sqlite3.Connection, coder: str, place: Place, codes: set[str], now: str) -> bool:
    """Write what a person says of one segment; True if that is new."""
    name, position = place
    found = connection.execute(queries.audited_segment, {"name": name, "position": position}).fetchone()
    if found is None:
        raise StoreError(f"{name}, sentence {position} is not in the audit sample of the current run. Draw it first.")
    run_id, segment_id, codebook_id, decided_by = found
    row = {"run_id": run_id, "segment_id": segment_id, "codebook_id": codebook_id, "coder_id": coder}
    judged = connection.execute(queries.codes_judged, row).fetchall()
    unknown = sorted(codes - {code for code, *_ in judged})
    if unknown:
        known = [code for code, *_ in judged]
        raise StoreError(
            f'{name}, sentence {position}: there is no code "{unknown[0]}" in the codebook of the run. '
            f"{nearest(unknown[0], known)}"
        )
    verdicts = []
    for code, is_counted, decision, is_audit in judged:
        applies = code in codes
        # Also what the person said before and no longer says.
        if is_counted or applies or decision in ("accept", "add"):
            new = ("accept" if is_counted else "add") if applies else "reject"
            if (decision, is_audit) != (new, 1):
                verdicts.append({**row, "code_id": code, "decision": new})
    connection.executemany(
        queries.add_verdict, ({**verdict, "is_audit": 1, "memo": None, "decided_utc": now} for verdict in verdicts)
    )
    is_new = bool(verdicts) or decided_by != coder
    if is_new:
        connection.execute(queries.finish_audit, {**row, "decided_utc": now})
    return is_new
