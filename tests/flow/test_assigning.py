"""Documents divided among coders: fairly, the same everywhere, and without losing what was done."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.flow.assigning import divide, parse_overlap
from qualcode.review import Decision, Place
from qualcode.store import Filter, Store
from studies import SmallStudy


def documents(*sizes: tuple[str | None, int]) -> list[dict[str, Any]]:
    return [
        {"document_id": f"d{number}", "region": region, "words": words} for number, (region, words) in enumerate(sizes)
    ]


def words_by(given: dict[str, list[str]], rows: list[dict[str, Any]], region: str | None = None) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        if region in (None, row["region"]):
            counts.update(dict.fromkeys(given[row["document_id"]], row["words"]))
    return counts


# --- dividing ----------------------------------------------------------------------------------


def test_words_of_a_region_are_divided_evenly() -> None:
    rows = documents(("A", 500), ("A", 400), ("A", 300), ("A", 200), ("B", 90), ("B", 90))
    given = divide(rows, ["Ann", "Ben"], overlap=Fraction(0), seed=1)
    assert words_by(given, rows, "A") == {"Ann": 700, "Ben": 700}  # 500 + 200 and 400 + 300
    assert words_by(given, rows, "B") == {"Ann": 90, "Ben": 90}


def test_regions_with_one_document_are_balanced_over_all() -> None:
    rows = documents(("A", 100), ("B", 100), ("C", 100), ("D", 100))
    given = divide(rows, ["Ann", "Ben"], overlap=Fraction(0), seed=1)
    assert words_by(given, rows) == {"Ann": 200, "Ben": 200}


def test_the_overlap_goes_to_all_coders_and_is_spread_over_regions() -> None:
    rows = documents(*((region, 100) for region in "AB" for _ in range(10)))
    given = divide(rows, ["Ann", "Ben", "Cleo"], overlap=Fraction(1, 5), seed=3)
    shared = [row for row in rows if len(given[row["document_id"]]) > 1]
    assert Counter(row["region"] for row in shared) == {"A": 2, "B": 2}
    assert all(given[row["document_id"]] == ["Ann", "Ben", "Cleo"] for row in shared)


@pytest.mark.parametrize(("overlap", "shared"), [("0", 0), ("10%", 1), ("50%", 4), ("0.5", 4), ("100%", 7)])
def test_the_overlap_is_rounded_over_all_documents(overlap: str, shared: int) -> None:
    rows = documents(*(("A", 100),) * 4, *(("B", 100),) * 3)
    given = divide(rows, ["Ann", "Ben"], overlap=parse_overlap(overlap), seed=3)
    assert sum(len(coders) == 2 for coders in given.values()) == shared


def test_another_seed_shares_other_documents() -> None:
    rows = documents(*(("A", 100),) * 30)
    shared = {
        seed: {key for key, coders in divide(rows, ["A", "B"], overlap=Fraction(1, 5), seed=seed).items() if coders[1:]}
        for seed in (1, 2)
    }
    assert shared[1] != shared[2]


@given(
    sizes=st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.integers(0, 5000)), min_size=1, max_size=25),
    coders=st.integers(1, 4),
    overlap=st.sampled_from([Fraction(0), Fraction(1, 5), Fraction(1, 3), Fraction(1)]),
    seed=st.integers(0, 9),
)
def test_every_document_is_given_once_or_to_all_in_whatever_order_they_come(
    sizes: list[tuple[str | None, int]], coders: int, overlap: Fraction, seed: int
) -> None:
    rows, names = documents(*sizes), ["Ann", "Ben", "Cleo", "Dora"][:coders]
    given = divide(rows, names, overlap=overlap, seed=seed)
    assert given.keys() == {row["document_id"] for row in rows}
    assert {len(people) for people in given.values()} <= {1, coders}
    assert len([p for p in given.values() if len(p) > 1 or coders == 1]) >= int(overlap * len(rows))
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert divide(shuffled, names, overlap=overlap, seed=seed) == given
    alone = [row for row in rows if given[row["document_id"]] != names or coders == 1]
    for region in {row["region"] for row in alone}:
        here = [row for row in alone if row["region"] == region]
        total = Counter(dict.fromkeys(names, 0))
        for row in here:
            total[given[row["document_id"]][0]] += row["words"]
        # Nobody is behind by more than the longest document.
        assert max(total.values()) - min(total.values()) <= max(row["words"] for row in here) or coders == 1


@pytest.mark.parametrize(("given", "share"), [("20%", 0.2), ("0.2", 0.2), (" 12.5 % ", 0.125), (".5", 0.5), ("1", 1)])
def test_a_share_is_a_percentage_or_a_number(given: str, share: float) -> None:
    assert float(parse_overlap(given)) == share


@pytest.mark.parametrize("given", ["20", "101%", "1.1", "-5%", "x", "", "%", "1/5", "0.2.1", "٢٠%", "nan"])
def test_what_is_no_share_is_refused(given: str) -> None:
    with pytest.raises(SelectionError, match=r"is no share of the documents. Write it as 20% or 0.2"):
        parse_overlap(given)


# --- in a study --------------------------------------------------------------------------------


def assigned(study: SmallStudy) -> dict[str, list[str]]:
    with Store(study.store_path, read_only=True) as store:
        given = store.verdicts.assignments()
        return {name: given.get(known.document_id, []) for name, known in store.known_documents().items()}


def test_the_shares_are_stored_and_counted(tagged: SmallStudy) -> None:
    found = flow.assign(tagged.work, Filter(), coders="Ann,Ben", overlap="34%")
    given = assigned(tagged)
    assert sorted(len(coders) for coders in given.values()) == [1, 1, 2]
    assert (found.documents, found.shared, found.kept, found.has_changed) == (3, 1, 0, True)
    words = {name: row["words"] for name, row in tagged.documents().items()}
    for coder in ("Ann", "Ben"):
        (over_all,) = [row for row in found.shares if row["coder"] == coder and row["region"] is None]
        mine = [name for name, coders in given.items() if coder in coders]
        assert (over_all["documents"], over_all["words"]) == (len(mine), sum(words[name] for name in mine))
        assert over_all["shared"] == 1
        regions = [row for row in found.shares if row["coder"] == coder and row["region"] is not None]
        assert [row["region"] for row in regions] == ["Northfield", "Southport"]
        assert sum(row["documents"] for row in regions) == over_all["documents"]


def test_a_second_time_writes_nothing(tagged: SmallStudy) -> None:
    first = flow.assign(tagged.work, Filter(), coders="Ann,Ben")
    before = tagged.store_path.read_bytes()
    second = flow.assign(tagged.work, Filter(), coders="Ann,Ben")
    assert (first.has_changed, second.has_changed) == (True, False)
    assert second.shares == first.shares
    assert tagged.store_path.read_bytes() == before


def test_the_seed_is_the_study_s(tagged: SmallStudy) -> None:
    seed = tagged.work.study.study.seed
    assert flow.assign(tagged.work, Filter(), coders="Ann,Ben").seed == seed
    assert not flow.assign(tagged.work, Filter(), coders="Ann,Ben", seed=seed).has_changed


def test_documents_outside_the_filters_keep_their_coders(tagged: SmallStudy) -> None:
    flow.assign(tagged.work, Filter(region="Southport"), coders="Cleo", overlap="0")
    assert assigned(tagged) == {"anna.txt": [], "ben.txt": ["Cleo"], "cleo.txt": []}
    found = flow.assign(tagged.work, Filter(region="northfield"), coders="Ann,Ben", overlap="0")
    assert (found.documents, found.kept) == (2, 1)
    given = assigned(tagged)
    assert given["ben.txt"] == ["Cleo"]
    assert sorted([*given["anna.txt"], *given["cleo.txt"]]) == ["Ann", "Ben"]


def test_work_on_a_document_that_is_given_to_another_stays(tagged: SmallStudy) -> None:
    with Store(tagged.store_path) as store:
        ben = store.known_documents()["ben.txt"].document_id
        store.verdicts.decide("Ann", [Decision(Place(ben, 1), "funding", "reject")])
    found = flow.assign(tagged.work, Filter(region="Southport"), coders="Cleo", overlap="0")
    assert found.orphans == {"Ann": 1}
    with Store(tagged.store_path, read_only=True) as store:
        assert len(store.verdicts.opinions()) == 1


def test_the_list_says_how_far_each_is(tagged: SmallStudy) -> None:
    flow.assign(tagged.work, Filter(region="Southport"), coders="Ann,Ben", overlap="100%")
    with Store(tagged.store_path) as store:
        ben = store.known_documents()["ben.txt"].document_id
        store.verdicts.decide("Ann", looked=[Place(ben, 1), Place(ben, 2)])
    rows = flow.list_assignments(tagged.work, Filter())
    assert [(row["document"], row["coder"], row["done"], row["shared"]) for row in rows] == [
        ("anna.txt", None, None, False),
        ("ben.txt", "Ann", 2, True),
        ("ben.txt", "Ben", 0, True),
        ("cleo.txt", None, None, False),
    ]
    assert {row["sentences"] for row in rows if row["document"] == "ben.txt"} == {3}
    mine = flow.list_assignments(tagged.work, Filter(), coders="ben")
    assert [(row["document"], row["coder"]) for row in mine] == [("ben.txt", "Ben")]
    with pytest.raises(
        SelectionError, match=r'Nobody called "Cleo" is given documents in this store. Known: Ann, Ben.'
    ):
        flow.list_assignments(tagged.work, Filter(), coders="Cleo")


def test_no_document_is_no_share(tagged: SmallStudy) -> None:
    with pytest.raises(SelectionError, match=r"No document fits all of these filters"):
        flow.assign(tagged.work, Filter(region="Southport", kind="workshop"), coders="Ann")
