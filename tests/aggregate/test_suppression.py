"""What few documents say is withheld, and does not follow from what is told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from qualcode.aggregate import Hidden, partial_summary, summary_table, withheld_attributes, withheld_codes
from qualcode.aggregate.suppression import BOUND_COLUMNS
from qualcode.share import ATTRIBUTES, Withheld

from .mini_study import Row, category_counts, code_counts, documents, small_codebook

SETTINGS: dict[str, Any] = {"seed": 1, "draws": 100, "small_group": 3}


def rows(*groups: str, **changes: str) -> list[Row]:
    """Documents of these stakeholder groups, alike in all else."""
    same = {"language": "en", "kind": "interview", "country": "Greece", **changes}
    return [{"stakeholder_group": group, **same} for group in groups]


# --- attributes --------------------------------------------------------------------------------


def test_a_group_of_few_is_withheld_together_with_others() -> None:
    # a: 3, b: 2. Two b alone would be told by the plan of the study, so with k = 3 the a go with them.
    assert withheld_attributes(rows(*"aaabb"), smallest=3) == [("stakeholder_group",)] * 5
    assert withheld_attributes(rows(*"aaabbc"), smallest=3) == [(), (), (), *[("stakeholder_group",)] * 3]


def test_more_is_withheld_only_of_those_who_need_it() -> None:
    # Four interviews of four groups, alike once the group is withheld; of the workshops there are two.
    interviews, workshops = rows(*"abcd"), rows(*"ab", kind="workshop")
    found = withheld_attributes([*interviews, *workshops], smallest=3)
    assert found == [("stakeholder_group", "kind")] * 6
    found = withheld_attributes([*interviews, *workshops, *rows("a", kind="workshop")], smallest=3)
    assert found == [("stakeholder_group",)] * 7


def test_what_all_have_in_common_is_told_and_one_withholds_nothing() -> None:
    assert all("country" not in names for names in withheld_attributes(rows(*"abcde"), smallest=5))
    assert withheld_attributes(rows(*"abcde"), smallest=1) == [()] * 5


values = st.sampled_from(["a", "b", None])
documents_ = st.lists(st.fixed_dictionaries(dict.fromkeys(ATTRIBUTES, values)), min_size=1, max_size=14)


@given(documents_, st.integers(1, 5))
def test_of_those_told_and_withheld_alike_there_are_always_enough(given_: list[Row], k: int) -> None:
    smallest = min(k, len(given_))
    hidden = withheld_attributes(given_, smallest=smallest)
    looks = [
        tuple("withheld" if name in names else row[name] for name in ATTRIBUTES)
        for row, names in zip(given_, hidden, strict=True)
    ]
    assert min(Counter(looks).values()) >= smallest
    # Who is alike in all attributes is treated alike: one of them told would tell the others.
    assert len({(tuple(row.items()), names) for row, names in zip(given_, hidden, strict=True)}) == len(
        {tuple(row.items()) for row in given_}
    )


# --- codes -------------------------------------------------------------------------------------


def found(held: dict[str, str], asked: dict[str, str] | None = None, *, k: int = 3) -> list[tuple[str, int, int]]:
    raising = {"counted": {code: set(ids) for code, ids in held.items()}}
    names = {code: set(ids) for code, ids in (asked or {}).items()}
    told = withheld_codes("abcdef", raising, names, ["silos", "pay"], smallest=k)  # type: ignore[arg-type]
    return [(one.code, one.least, one.most) for one in told]


@pytest.mark.parametrize(("documents_with", "withheld"), [("", False), ("a", True), ("ab", True), ("abc", False)])
def test_one_to_k_minus_one_is_withheld_and_none_is_told(documents_with: str, withheld: bool) -> None:
    assert found({"silos": documents_with}) == ([("silos", 1, 2)] if withheld else [])
    assert found({"silos": documents_with}, k=1) == []


def test_a_code_asked_of_few_is_withheld_whatever_they_say() -> None:
    for said in ("", "a", "ab"):
        assert found({"silos": said}, {"silos": "ab"}) == [("silos", 0, 2)]
    # Asked of four, all four raise it; one who was not asked does too: that one is not told, so nothing is.
    assert found({"silos": "abcde"}, {"silos": "abcd"}) == [("silos", 0, 4)]


def test_what_is_withheld_is_withheld_of_the_machine_too() -> None:
    raising = {"counted": {"silos": {"a"}}, "pending": {}, "machine": {"silos": set("abcd"), "pay": {"b"}}}
    told = withheld_codes("abcd", raising, {}, ["silos", "pay"], smallest=3)  # type: ignore[arg-type]
    assert {(one.part, one.code) for one in told} == {("counted", "silos"), ("machine", "silos"), ("machine", "pay")}


# --- tables ------------------------------------------------------------------------------------


def partial(hidden: list[Hidden], *, by: str = "region", level: str = "code") -> pd.DataFrame:
    """The mini study without what is withheld; categories as if every category kept one code."""
    gone = {(document, one.withheld.code) for one in hidden for document in one.documents if _counts(one)}
    codes = [row for row in code_counts() if (row["document_id"], row["code_id"]) not in gone]
    return partial_summary(
        documents(), codes, category_counts(), small_codebook(), by=by, level=level, hidden=hidden, **SETTINGS  # type: ignore[arg-type]
    )  # fmt: skip


def _counts(one: Hidden) -> bool:
    return one.withheld.part == "counted"


def consent(part: str = "counted") -> Hidden:
    """Of Beta's three documents one (b3, 20 words) says consent."""
    return Hidden("Beta", ("b1", "b2", "b3"), Withheld(part=part, code="consent", least=1, most=2))


def cell(frame: pd.DataFrame, group: str, code: str) -> Row:
    (row,) = frame[(frame["group"] == group) & (frame["code"] == code)].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_nothing_withheld_is_the_summary_itself() -> None:
    for by in ("region", "kind"):
        whole = summary_table(
            documents(), code_counts(), category_counts(), small_codebook(), by=by, level="code", **SETTINGS
        )
        pd.testing.assert_frame_equal(partial([], by=by), whole, check_exact=True)


def test_bounds_are_those_of_the_largest_documents() -> None:
    row = cell(partial([consent()]), "Beta", "consent")
    # At most two documents: those of 300 and 200 words of Beta's 600.
    assert [row[name] for name in BOUND_COLUMNS] == [1, 2, 0, 500, 1 / 3, 2 / 3, 0.0, 500 / 600, "counted"]
    for name in ("documents_with_code", "segments", "words", "share_words", "share_documents_low", "intensity"):
        assert pd.isna(row[name]), name
    assert row["documents"] == 3


def test_all_that_rests_on_it_is_missing_and_the_rest_stays() -> None:
    frame, whole = partial([consent()]), partial([])
    other, silos = cell(frame, "Alpha", "consent"), cell(frame, "Beta", "silos")
    assert [other["words"], other["words_least"], other["words_most"], other["withheld"]] == [10, 10, 10, ""]
    assert np.isnan(other["relative_emphasis"])
    assert np.isnan(other["q_value"])
    assert silos["words"] == 10
    assert silos["relative_emphasis"] == cell(whole, "Beta", "silos")["relative_emphasis"]
    assert np.isnan(silos["salience"])
    assert pd.isna(silos["rank"])
    assert cell(frame, "Alpha", "silos")["salience"] == cell(whole, "Alpha", "silos")["salience"]
    (reason,) = frame.attrs["undefined"]
    assert reason.startswith("Withheld by the teams, as few documents raise them: Beta: consent. Their rows are")


def test_a_group_that_cuts_through_the_region_has_wider_bounds() -> None:
    frame = partial([consent()], by="kind")
    interview, workshop = (cell(frame, kind, "consent") for kind in ("interview", "workshop"))
    # a2 says consent; of Beta's interviews (b2, b3) both may, of its workshop the one.
    assert [interview["documents_with_code_least"], interview["documents_with_code_most"]] == [1, 3]
    assert [workshop["documents_with_code_least"], workshop["documents_with_code_most"]] == [0, 1]
    assert workshop["words_most"] == 300


def test_what_waits_and_what_the_machine_says_have_columns_of_their_own() -> None:
    frame = partial([consent("pending"), consent("machine")])
    row = cell(frame, "Beta", "consent")
    assert [pd.isna(row[name]) for name in ("segments_pending", "documents_pending", "words")] == [True, True, False]
    assert row["withheld"] == "pending, machine"
    assert [reason[:16] for reason in frame.attrs["undefined"]] == ["segments_pending", "share_words_corr"]


def test_a_category_may_hold_what_its_withheld_code_hides() -> None:
    row = cell(partial([consent()], level="category"), "Beta", "data")
    assert [row["documents_with_code_least"], row["documents_with_code_most"]] == [2, 3]
    assert row["withheld"] == "counted"


# --- the attack --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_no_linear_equation_of_what_is_told_gives_a_withheld_number(seed: int) -> None:
    """What a reader knows of the words of each document on each withheld code leaves every cell wide open."""
    chance = np.random.default_rng(seed)
    n, codes = int(chance.integers(4, 9)), [code.id for code in small_codebook().codes]
    size = chance.integers(50, 300, n)
    truth = chance.integers(1, 50, (n, len(codes))) * (chance.random((n, len(codes))) < 0.4)
    ids = [str(place) for place in range(n)]
    raising = {"counted": {code: {ids[d] for d in np.flatnonzero(truth[:, u])} for u, code in enumerate(codes)}}
    told = withheld_codes(ids, raising, {}, codes, smallest=3)  # type: ignore[arg-type]
    for one in told:
        words = truth[:, codes.index(one.code)]
        assert one.least <= (words > 0).sum() <= one.most
        assert one.least < one.most
        # Variables: words of each document, and whether it raises the code (relaxed to 0-1). Told: its size, the
        # bounds of their number. The published category counts other codes alone, so it gives no equation.
        above = [np.r_[np.zeros(n), np.ones(n)], np.r_[np.zeros(n), -np.ones(n)]]
        links = [np.r_[np.eye(n)[d], -size[d] * np.eye(n)[d]] for d in range(n)]
        a = np.array([*above, *links])
        b = np.array([one.most, -one.least, *np.zeros(n)])
        limits = [*((0, int(words)) for words in size), *((0, 1) for _ in range(n))]
        for d in range(n):
            ends = [sign * linprog(sign * np.eye(2 * n)[d], A_ub=a, b_ub=b, bounds=limits).fun for sign in (1, -1)]
            assert ends[0] <= words[d] <= ends[1]
            assert ends[1] - ends[0] >= 1
