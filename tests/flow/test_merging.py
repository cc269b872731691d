"""Ten teams' stores, pooled, give the tables of one store to the last digit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from qualcode.errors import SelectionError
from qualcode.flow import merge, summary_frame
from qualcode.model import Kind
from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Filter, Store, TaggedDocument
from qualcode.study import Settings
from store.builders import CRETE, RUN, codebook, coding, tagged

REGIONS = [f"Region {letter}" for letter in "ABCDEFGHIJ"]
CODES = ("money", "price", "travel")


def notes(region: int, number: int) -> TaggedDocument:
    codings = [
        coding(
            place,
            code,
            0.5 + 0.01 * (place + region),
            "pending" if (place + number) % 5 == 0 else "auto",
            intense=place == 2,
        )
        for place in (1, 2, 3, 5)
        for at, code in enumerate(CODES)
        if (region * 7 + number * 3 + place * (at + 1)) % 3 == 0
    ]
    kind: Kind = "workshop" if number == 2 else "interview"
    attributes = replace(CRETE, region=REGIONS[region], kind=kind)
    return tagged(f"{number}/{REGIONS[region]}.txt", codings, attributes=attributes)


def filled(path: Path, regions: range) -> Path:
    """Three documents of each region; one sentence of each drawn at random, two decisions of the region's reader."""
    items = sorted((notes(r, n) for r in regions for n in range(3)), key=lambda item: item.transcript.document.name)
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), items)
        drawn = [AuditDraw(item.transcript.document.name, 3, "all", 0.25) for item in items]
        store.save_audit_sample(1, drawn)
        known = store.known_documents()
        for region in regions:
            person, first = f"Reader {region}", f"0/{REGIONS[region]}.txt"
            place = Place(known[first].document_id, 1)
            decisions = [Decision(place, "money", "accept"), Decision(place, "travel", "reject")]
            store.verdicts.decide(person, decisions, made_utc="2026-04-01")
            store.save_audit_verdicts(person, {(first, 3): ["price"]}, decided_utc="2026-04-02")
    return path


def test_ten_stores_of_one_region_each_give_the_tables_of_one_store(tmp_path: Path) -> None:
    parts = [filled(tmp_path / f"{number}.db", range(number, number + 1)) for number in range(10)]
    before = [part.read_bytes() for part in parts]
    merged = merge(parts, tmp_path / "pooled.db")
    assert merged.conflicts == ()
    assert [counts["documents"] for _, counts in merged.added] == [3] * 10
    assert [part.read_bytes() for part in parts] == before
    whole = filled(tmp_path / "whole.db", range(10))
    with Store(tmp_path / "pooled.db") as pooled, Store(whole) as alone:
        assert pooled.status_counts() == alone.status_counts()
        for by, level in (("region", "code"), ("region", "category"), ("kind", "code"), ("document", "code")):
            given, wanted = (
                summary_frame(store, Filter(), Settings(bootstrap_draws=100), by=by, level=level)
                for store in (pooled, alone)
            )
            assert_frame_equal(given, wanted, check_exact=True)


def test_one_store_is_not_pooled(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="Name two or more: qualcode merge"):
        merge([tmp_path / "a.db"], tmp_path / "out.db")
