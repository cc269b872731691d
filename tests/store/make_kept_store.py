"""Make ``data/schema_<n>.db`` for today's schema; run once per schema, from the project's folder.

``python -m tests.store.make_kept_store``, with ``src`` on the path. Keep what it makes, never make it again.
"""

from __future__ import annotations

from pathlib import Path

from qualcode.store import SCHEMA_VERSION, Store

from .builders import RUN, codebook, two_documents


def main() -> None:
    path = Path(__file__).with_name("data") / f"schema_{SCHEMA_VERSION}.db"
    if path.exists():
        raise SystemExit(f"{path} exists: a kept store is never made again.")
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())


if __name__ == "__main__":
    main()
