"""A random sample of segments, and what a person says of them, in; rows in the store out.

Always inside the caller's transaction. What the store already says is not written again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable

from ..errors import StoreError, nearest
from ..review import Decision
from ..review import Place as Sentence
from . import queries
from .records import AuditDraw

Place = tuple[str, int]
"""Name of a current document, and position of a segment in it."""


def write_sample(
    connection: sqlite3.Connection, run_id: int, draws: Iterable[AuditDraw], *, is_whole: bool = False
) -> int:
    """Write a sample; see `qualcode.store.Store.save_audit_sample`."""
    changed = 0
    drawn: list[int] = []
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
        drawn.append(found[0])
    if is_whole:
        stay = {"run_id": run_id, "segments": json.dumps(drawn)}
        changed += connection.execute(queries.remove_other_audits, stay).rowcount
    return changed


def audit_decisions(
    connection: sqlite3.Connection, coder: str, place: Place, codes: Collection[str]
) -> tuple[str, list[Decision]]:
    """Turn the set of codes a person gives a segment of the sample into decisions.

    Parameters
    ----------
    connection : sqlite3.Connection
    coder : str
        Coder id.
    place : (str, int)
    codes : collection of str
        All that apply.

    Returns
    -------
    (str, list of Decision)
        Id of the document; a decision on each code that the run counts, that applies, or that the person gave before.

    Raises
    ------
    StoreError
        For a segment that is not in the sample of the current run, or an unknown code.
    """
    name, position = place
    found = connection.execute(queries.audited_segment, {"name": name, "position": position}).fetchone()
    if found is None:
        raise StoreError(f"{name}, sentence {position} is not in the audit sample of the current run. Draw it first.")
    run_id, segment_id, codebook_id, document_id = found
    row = {"run_id": run_id, "segment_id": segment_id, "codebook_id": codebook_id, "coder_id": coder}
    judged = connection.execute(queries.codes_judged, row).fetchall()
    known = [code for code, *_ in judged]
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise StoreError(
            f'{name}, sentence {position}: there is no code "{unknown[0]}" in the codebook of the run. '
            f"{nearest(unknown[0], known)}"
        )
    sentence = Sentence(document_id, position)
    return document_id, [
        Decision(sentence, code, "accept" if code in codes else "reject")
        for code, is_counted, decision in judged
        # Also what the person said before and no longer says.
        if is_counted or code in codes or decision in ("accept", "add")
    ]
