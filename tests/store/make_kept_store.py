"""Make ``data/schema_<n>.db`` for today's schema; run once per schema, from the project's folder.

``python -m tests.store.make_kept_store``, with ``src`` on the path. Keep what it makes, never make it again.
"""

from __future__ import annotations

from pathlib import Path

from qualcode.store import SCHEMA_VERSION, AuditDraw, Store

from .builders import RUN, codebook, facets_book, two_documents_with_facets


def main() -> None:
    path = Path(__file__).with_name("data") / f"schema_{SCHEMA_VERSION}.db"
    if path.exists():
        raise SystemExit(f"{path} exists: a kept store is never made again.")
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())
        drawn = [AuditDraw("crete/one.txt", 2, "coded", 0.5), AuditDraw("ghent/two.txt", 5, "none", 0.25)]
        store.save_audit_sample(1, drawn)
        found = {("crete/one.txt", 2): {"money"}}
        store.save_audit_verdicts("Anna", found, decided_utc="2026-03-03T10:00:00+00:00")


if __name__ == "__main__":
    main()
