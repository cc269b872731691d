"""The mini study, counted by hand: every cell of its report, which passages are quoted, and what stands beside them."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aggregate import mini_study
from counted_study import ATTRIBUTES, RUN, SAID, CountedStudy, codebook, document, facets_codebook, make_counted_study
from qualcode import flow
from qualcode.errors import SelectionError, StoreError
from qualcode.flow.reporting import DATA_CATEGORY, DATA_HEADINGS, _known
from qualcode.report import Extract, FacetCount, Finding, RegionChapter, StudyReport
from qualcode.store import AuditDraw, Filter, Store
from studies import SmallStudy, dump

CODES = ("silos", "consent", "pay", "trials")
REGIONS = ("Alpha", "Beta", "Gamma")


def reported(study: CountedStudy, **asked: Any) -> StudyReport:
    return flow.study_report(study.work, flow.make_filter(**asked))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study; only to be read."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


@pytest.fixture(scope="module")
def report(counted: CountedStudy) -> StudyReport:
    return reported(counted)


@pytest.fixture
def own(tmp_path: Path) -> CountedStudy:
    """The mini study, to be changed."""
    return make_counted_study(tmp_path / "study")


def found(report: StudyReport) -> dict[tuple[str, str], Finding]:
    """Every finding by region (or "all") and code, also where nobody raises it."""
    chapters = [code for category in report.categories for code in category.codes]
    return {(one.group, one.code): one for code in chapters for one in (code.overall, *code.regions)}


def sentences(extracts: tuple[Extract, ...]) -> list[tuple[str, int]]:
    """Document and position of the first sentence of each extract."""
    place = {(name, said): at for name, own in SAID.items() for at, said in own.items()}
    return [
        next((name, at) for (name, said), at in place.items() if name == one.document and one.text.startswith(said))
        for one in extracts
    ]


# --- the store of the mini study is the mini study --------------------------------------------


def test_the_store_holds_what_the_mini_study_counts(counted: CountedStudy) -> None:
    with Store(counted.store_path, read_only=True) as store:
        documents, codes, categories = store.document_rows(), store.code_counts(), store.category_counts()
    names = {row["document_id"]: row["name"].removesuffix(".txt") for row in documents}
    keys = ("region", "kind", "words", "segments")
    assert {names[row["document_id"]]: [row[key] for key in keys] for row in documents} == {
        row["document_id"]: [row[key] for key in keys] for row in mini_study.documents()
    }

    def plain(rows: list[dict[str, Any]]) -> list[Any]:
        return sorted(
            sorted({**row, "document_id": names.get(row["document_id"], row["document_id"])}.items()) for row in rows
        )

    assert plain(codes) == plain(mini_study.code_counts())
    assert plain(categories) == plain(mini_study.category_counts())


# --- every cell --------------------------------------------------------------------------------

CELLS = [
    # documents, with code, sentences, pending; shares of documents and of words; rank
    ("Alpha", "silos", 4, 2, 5, 0, 2 / 4, 60 / 500, 1),
    ("Alpha", "consent", 4, 1, 1, 0, 1 / 4, 10 / 500, 2),
    ("Alpha", "pay", 4, 1, 1, 1, 1 / 4, 10 / 500, 2),
    ("Alpha", "trials", 4, 0, 0, 0, 0, 0, None),
    ("Beta", "silos", 3, 1, 1, 0, 1 / 3, 10 / 600, 3),
    ("Beta", "consent", 3, 1, 1, 0, 1 / 3, 20 / 600, 2),
    ("Beta", "pay", 3, 2, 6, 2, 2 / 3, 120 / 600, 1),
    ("Beta", "trials", 3, 0, 0, 0, 0, 0, None),
    ("Gamma", "silos", 2, 1, 1, 0, 1 / 2, 5 / 200, 1),
    ("Gamma", "consent", 2, 0, 0, 0, 0, 0, None),
    ("Gamma", "pay", 2, 0, 0, 0, 0, 0, None),
    ("Gamma", "trials", 2, 0, 0, 0, 0, 0, None),
    ("all", "silos", 9, 4, 7, 0, 4 / 9, 75 / 1300, 2),
    ("all", "consent", 9, 2, 2, 0, 2 / 9, 30 / 1300, 3),
    ("all", "pay", 9, 3, 7, 3, 3 / 9, 130 / 1300, 1),
    ("all", "trials", 9, 0, 0, 0, 0, 0, None),
]
# Wilson 95 %: 2 of 4 and 0 of 4, z = 1.96: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
WILSON = {("Alpha", "silos"): (0.1500, 0.8500), ("Alpha", "trials"): (0.0, 0.4899)}
# As in tests/aggregate/test_summary.py: log2 odds against the rest, the prior worth 1300 / 9 words.
ODDS = {
    ("Alpha", "silos"): log2((615 / 5185) / (210 / 8290)),
    ("Alpha", "consent"): log2((120 / 5680) / (210 / 8290)),
    ("Alpha", "pay"): log2((220 / 5580) / (1210 / 7290)),
    ("Beta", "silos"): log2((165 / 6535) / (660 / 6940)),
    ("Beta", "pay"): log2((1210 / 5490) / (220 / 7380)),
    ("Gamma", "silos"): log2((120 / 2980) / (705 / 10495)),
}


def cell(one: Finding) -> tuple[Any, ...]:
    counts = (one.documents, one.documents_with_code, one.segments, one.segments_pending)
    return (one.group, one.code, *counts, one.share_documents, one.share_words, one.rank)


def test_every_cell_of_the_report_is_the_one_counted_by_hand(report: StudyReport) -> None:
    findings = found(report)
    assert set(findings) == {(group, code) for group in (*REGIONS, "all") for code in CODES}
    for group, code, *expected in CELLS:
        assert cell(findings[group, code])[2:] == pytest.approx(tuple(expected)), (group, code)
    for key, (low, high) in WILSON.items():
        assert (findings[key].share_documents_low, findings[key].share_documents_high) == pytest.approx(
            (low, high), abs=1e-4
        )
    for key, odds in ODDS.items():
        assert findings[key].relative_emphasis == pytest.approx(odds)
    assert findings["Alpha", "trials"].relative_emphasis is None  # nobody raises it: nothing to compare
    assert findings["all", "pay"].relative_emphasis is None  # no other group
    assert findings["Gamma", "silos"].share_words_low is None  # one document raises it


def test_numbers_are_plain_python_ones(report: StudyReport) -> None:
    for one in found(report).values():
        for name in ("documents", "documents_with_code", "segments", "segments_pending"):
            assert type(getattr(one, name)) is int
        assert type(one.rank) in (int, type(None))
        assert type(one.top_three) is float
        assert type(one.share_words) is float


def test_a_missing_number_is_none_whatever_pandas_calls_it() -> None:
    assert [_known(value) for value in (pd.NA, float("nan"), None, 3)] == [None, None, None, 3]


def test_names_and_definitions_are_the_codebooks(report: StudyReport) -> None:
    assert [(c.category, c.name, [k.overall.number for k in c.codes]) for c in report.categories] == [
        ("data", "Data", [1, 2]),  # by number, though the file has consent first
        ("money", "Money", [3, 4]),
    ]
    one = found(report)["Beta", "pay"]
    assert (one.name, one.definition, one.category, one.category_name) == ("Pay", "pay", "money", "Money")
    assert [one.code for one in report.findings] == list(CODES)
    assert (report.title, report.date) == ("Mini study", "2025-04-05")


def test_a_region_lists_what_it_raises_by_emphasis_and_the_rest_as_silent(report: StudyReport) -> None:
    raised = {region: [one.code for one in report.region(region).findings] for region in REGIONS}
    assert raised == {"Alpha": ["silos", "consent", "pay"], "Beta": ["pay", "consent", "silos"], "Gamma": ["silos"]}
    assert {region: report.region(region).silent for region in REGIONS} == {
        "Alpha": ("Trials",),
        "Beta": ("Trials",),
        "Gamma": ("Consent", "Pay", "Trials"),
    }
    for chapter in report.regions:  # the same findings in both places
        assert all(one == found(report)[one.group, one.code] for one in chapter.findings)


def heard(chapter: RegionChapter) -> tuple[Any, ...]:
    who = chapter.participation
    return (who.country, who.interviews, who.workshops, who.other, who.words, dict(who.groups))


def test_participation_is_that_of_the_documents_and_the_plan(report: StudyReport) -> None:
    assert {chapter.participation.region: heard(chapter) for chapter in report.regions} == {
        "Alpha": ("Austria", 4, 0, 0, 500, {"clinicians": 2, "industry": 1, "(missing)": 1}),
        "Beta": ("Belgium", 2, 1, 0, 600, {"industry": 1, "patients": 1}),  # of interviews: the workshop has no group
        "Gamma": (None, 2, 0, 0, 200, {"clinicians": 1, "industry": 1}),
    }
    everyone = report.participation
    assert (everyone.region, everyone.country, everyone.interviews, everyone.workshops) == ("all", None, 8, 1)
    assert everyone.words == 1300
    assert list(everyone.groups.items()) == [("clinicians", 3), ("industry", 3), ("patients", 1), ("(missing)", 1)]

    def planned(chapter: RegionChapter) -> tuple[int | None, ...]:
        who = chapter.participation
        return who.planned_interviews, who.planned_workshops, who.workshop_participants

    assert [planned(chapter) for chapter in report.regions] == [(5, 1, 12), (2, 0, 0), (None, None, None)]
    assert (everyone.planned_interviews, everyone.planned_workshops) == (7, 1)


def test_the_workshop_is_held_against_the_interviews_of_its_region(report: StudyReport) -> None:
    beta = report.region("Beta").workshop
    # b1 raises pay and silos, the interviews pay (b2) and consent (b3).
    assert (beta.has_both, beta.confirmed, beta.added, beta.dropped) == (True, ("Pay",), ("Silos",), ("Consent",))
    for region in ("Alpha", "Gamma"):
        outcome = report.region(region).workshop
        assert (outcome.has_both, outcome.confirmed, outcome.added, outcome.dropped) == (False, (), (), ())


def test_every_table_of_a_report_is_there(report: StudyReport) -> None:
    assert set(report.tables) == {
        *("summary", "categories", "overall", "association", "workshops", "cooccurrence", "saturation"),
        *("languages", "documents", "matrix", "quotes", "facets"),
    }
    assert report.missing == {}
    raised = {"a1.txt": [1, 0, 1, 0], "a2.txt": [1, 1, 0, 0], "b1.txt": [1, 0, 1, 0], "b2.txt": [0, 0, 1, 0]}
    raised |= {"b3.txt": [0, 1, 0, 0], "g1.txt": [1, 0, 0, 0]} | dict.fromkeys(("a3.txt", "a4.txt", "g2.txt"), [0] * 4)
    names = report.tables["documents"].set_index("document_id")["name"]
    matrix = report.tables["matrix"]
    assert list(matrix.columns) == list(CODES)
    assert {names[key]: row for key, row in zip(matrix.index, matrix.values.tolist(), strict=True)} == raised


# --- which passages are quoted -----------------------------------------------------------------

TYPICAL, CONTRASTING = "typical", "contrasting"
QUOTED: dict[tuple[str, str], list[tuple[str, int, str]]] = {
    # a2 is surest; of a1 the second passage, which shares no word with it, though the first one is surer.
    ("Alpha", "silos"): [("a2.txt", 5, TYPICAL), ("a1.txt", 7, CONTRASTING)],
    ("Alpha", "consent"): [("a2.txt", 5, TYPICAL)],
    ("Alpha", "pay"): [("a1.txt", 0, TYPICAL)],  # a3 is pending
    ("Beta", "silos"): [("b1.txt", 8, TYPICAL)],
    ("Beta", "consent"): [("b3.txt", 4, TYPICAL)],
    # b1 says 5 sentences of 18 words: the least sure ends go until 60 words are left.
    ("Beta", "pay"): [("b2.txt", 2, TYPICAL), ("b1.txt", 2, CONTRASTING)],
    ("Gamma", "silos"): [],  # five words are too short to quote
}


def test_quotes_are_chosen_by_the_stated_rules(report: StudyReport) -> None:
    for key, one in found(report).items():
        places = sentences(one.quotes)
        chosen = [(*place, quote.choice) for place, quote in zip(places, one.quotes, strict=True)]
        assert chosen == QUOTED.get(key, []), key  # none of the whole study: quotes stand by region
        assert len({quote.document_id for quote in one.quotes}) == len(one.quotes)


def test_no_pending_coding_is_quoted_and_no_long_passage_whole(report: StudyReport) -> None:
    quotes = [quote for one in found(report).values() for quote in one.quotes]
    pending = {SAID["a3.txt"][2], SAID["b1.txt"][0], SAID["b1.txt"][9]}
    assert not any(said in quote.text for quote in quotes for said in pending)
    long = next(quote for quote in quotes if quote.document == "b1.txt" and "pay" in quote.codes)
    assert long.text == " ".join(SAID["b1.txt"][at] for at in (2, 3, 4))
    assert long.probability == pytest.approx((0.8 + 0.9 + 0.85) / 3)


def test_a_quote_says_where_it_stands_and_who_speaks(report: StudyReport, counted: CountedStudy) -> None:
    one = found(report)["Alpha", "silos"].quotes[0]
    assert (one.region, one.country, one.stakeholder_group, one.kind) == ("Alpha", "Austria", "clinicians", "interview")
    assert (one.speaker, one.codes) == ("R1", ("silos", "consent"))
    assert one.probability == pytest.approx(0.95)
    with Store(counted.store_path, read_only=True) as store:
        texts = {name: store.transcript(name).document.text for name in ATTRIBUTES}
    for finding in found(report).values():
        for extract in (*finding.quotes, *finding.recommendations, *finding.practices):
            assert texts[extract.document][extract.start : extract.end] == extract.text


# --- what is said beside them ------------------------------------------------------------------


def test_affected_parties_and_impacts_are_counted_by_passages_and_documents(report: StudyReport) -> None:
    pay = found(report)["Beta", "pay"]
    # Patients twice in the one passage of b1, in sentences that its quote leaves out, and once in b2.
    patients, companies = FacetCount("patients", "Patients", 2, 2), FacetCount("companies", "Companies", 1, 1)
    assert pay.affected == (patients, companies)
    assert pay.impacts == (FacetCount("delay", "Delay", 2, 2), FacetCount("cost", "Cost", 1, 1))
    others = [one for key, one in found(report).items() if key[1] != "pay"]
    assert not any(one.affected or one.impacts for one in others)


def test_what_stands_two_sentences_off_in_the_same_turn_belongs_to_a_passage(report: StudyReport) -> None:
    findings = found(report)
    # Beside pay at 1-5 only 6: 10 is another speaker. Beside silos at 8: 10, but not 11, and not 6 of the turn before.
    assert sentences(findings["Beta", "pay"].recommendations) == [("b1.txt", 6)]
    assert sentences(findings["Beta", "silos"].recommendations) == [("b1.txt", 10)]
    assert findings["Beta", "silos"].recommendations[0].text == SAID["b1.txt"][10]
    # Beside consent at 4: 6, but not 7.
    assert [one.text for one in findings["Beta", "consent"].practices] == [SAID["b3.txt"][6]]
    for extract in (*findings["Beta", "pay"].recommendations, *findings["Beta", "consent"].practices):
        assert (extract.choice, extract.probability, extract.codes) == ("", None, ())


def test_the_whole_study_has_what_its_regions_have(report: StudyReport) -> None:
    findings = found(report)
    for code in CODES:  # in this study only Beta tells of them
        for name in ("affected", "impacts", "recommendations", "practices"):
            assert getattr(findings["all", code], name) == getattr(findings["Beta", code], name)
    chapters = {code.overall.code: code for category in report.categories for code in category.codes}
    assert sentences(chapters["consent"].practices) == [("b3.txt", 6)]
    assert chapters["pay"].practices == ()


def test_strengths_weaknesses_and_practices_need_no_code_beside_them(report: StudyReport) -> None:
    gamma, beta, alpha = (report.region(region) for region in ("Gamma", "Beta", "Alpha"))
    assert [one.text for one in gamma.strengths] == [SAID["g2.txt"][3]]
    assert [one.text for one in gamma.weaknesses] == [SAID["g2.txt"][5]]
    assert [one.text for one in beta.practices] == [f"{SAID['b3.txt'][6]} {SAID['b3.txt'][7]}"]  # neighbours: one
    assert (alpha.strengths, alpha.weaknesses, alpha.practices) == ((), (), ())
    assert all(chapter.has_facets for chapter in report.regions)  # looked for; in Alpha nothing was found


def test_access_to_data_is_filled_from_its_category(tmp_path: Path, report: StudyReport) -> None:
    assert all(not any(chapter.data_access.values()) for chapter in report.regions)  # the mini study calls it "data"
    named = reported(make_counted_study(tmp_path / "named", book=codebook(data=DATA_CATEGORY)))
    access = named.region("Beta").data_access
    assert tuple(access) == DATA_HEADINGS
    reached, barriers, wanted, works = access.values()
    assert reached == ()  # for the author
    assert sentences(barriers) == [("b3.txt", 4), ("b1.txt", 8)]  # consent has more words than silos
    assert sentences(wanted) == [("b1.txt", 10)]
    assert sentences(works) == [("b3.txt", 6)]
    assert sentences(named.region("Alpha").data_access[DATA_HEADINGS[1]]) == [("a2.txt", 5), ("a2.txt", 5)]


def test_a_store_from_before_facets_says_so(tmp_path: Path, report: StudyReport) -> None:
    plain = reported(make_counted_study(tmp_path / "plain", facets=False))
    assert not any(chapter.has_facets for chapter in plain.regions)
    assert not any(chapter.practices or chapter.strengths for chapter in plain.regions)
    assert not any(one.affected or one.recommendations for one in found(plain).values())
    assert [cell(one) for one in found(plain).values()] == [cell(one) for one in found(report).values()]


# --- moving a document -------------------------------------------------------------------------


def test_moving_the_workshop_to_alpha_moves_exactly_its_cells(report: StudyReport, own: CountedStudy) -> None:
    own.move("b1.txt", "Alpha")
    moved, before = reported(own), found(report)
    after = found(moved)
    for group, code, *expected in [
        ("Alpha", "silos", 5, 3, 6, 0, 3 / 5, 70 / 800, 2),
        ("Alpha", "consent", 5, 1, 1, 0, 1 / 5, 10 / 800, 3),
        ("Alpha", "pay", 5, 2, 6, 3, 2 / 5, 100 / 800, 1),
        ("Alpha", "trials", 5, 0, 0, 0, 0, 0, None),
        ("Beta", "silos", 2, 0, 0, 0, 0, 0, None),
        ("Beta", "consent", 2, 1, 1, 0, 1 / 2, 20 / 300, 2),
        ("Beta", "pay", 2, 1, 1, 0, 1 / 2, 30 / 300, 1),
        ("Beta", "trials", 2, 0, 0, 0, 0, 0, None),
    ]:
        assert cell(after[group, code])[2:] == pytest.approx(tuple(expected)), (group, code)
    for code in CODES:
        # Gamma keeps everything but how surely it differs from the others, who were drawn in other groups.
        kept = {name: getattr(before["Gamma", code], name) for name in UNSURE}
        assert replace(after["Gamma", code], **kept) == before["Gamma", code]
        assert elsewhere(after["all", code]) == elsewhere(before["all", code])
    assert {region: moved.region(region).silent for region in REGIONS} == {
        "Alpha": ("Trials",),
        "Beta": ("Silos", "Trials"),
        "Gamma": ("Consent", "Pay", "Trials"),
    }


UNSURE = ("relative_emphasis_low", "relative_emphasis_high", "q_value")


def elsewhere(one: Finding) -> Finding:
    """A finding without the regions of its extracts."""

    def placed(extracts: tuple[Extract, ...]) -> tuple[Extract, ...]:
        return tuple(replace(extract, region=None) for extract in extracts)

    return replace(one, recommendations=placed(one.recommendations), practices=placed(one.practices))


def test_moving_the_workshop_moves_its_quotes_its_facets_and_its_outcome(own: CountedStudy) -> None:
    own.move("b1.txt", "Alpha")
    moved = reported(own)
    after = found(moved)
    # Three documents now: the most typical, the workshop, and last the passage that shares no word with the first.
    silos = after["Alpha", "silos"].quotes
    assert [(*place, one.choice) for place, one in zip(sentences(silos), silos, strict=True)] == [
        ("a2.txt", 5, TYPICAL),
        ("b1.txt", 8, TYPICAL),
        ("a1.txt", 7, CONTRASTING),
    ]
    assert sentences(after["Beta", "pay"].quotes) == [("b2.txt", 2)]
    assert after["Beta", "silos"].quotes == ()
    assert after["Beta", "pay"].affected == (FacetCount("patients", "Patients", 1, 1),)
    assert [(count.facet, count.documents) for count in after["Alpha", "pay"].affected] == [
        ("companies", 1),
        ("patients", 1),
    ]
    assert sentences(after["Alpha", "silos"].recommendations) == [("b1.txt", 10)]
    alpha, beta = moved.region("Alpha"), moved.region("Beta")
    assert heard(alpha)[1:5] == (4, 1, 0, 800)
    assert heard(beta)[1:5] == (2, 0, 0, 300)
    assert alpha.participation.country is None  # documents of two countries
    assert (alpha.workshop.confirmed, alpha.workshop.added, alpha.workshop.dropped) == (
        ("Silos", "Pay"),
        (),
        ("Consent",),
    )
    assert not beta.workshop.has_both


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_moving_any_document_moves_its_counts_and_no_others(report: StudyReport, own: CountedStudy, name: str) -> None:
    home = str(ATTRIBUTES[name].region)
    target = REGIONS[(REGIONS.index(home) + 1) % 3]
    own.move(name, target)
    after = found(reported(own))
    of_document = {
        (row["code_id"], row["status"]): row for row in mini_study.code_counts() if row["document_id"] == name[:2]
    }
    for (group, code), one in found(report).items():
        sign = {home: -1, target: 1}.get(group, 0)
        segments, pending = (
            of_document[code, status]["segments"] if (code, status) in of_document else 0
            for status in ("auto", "pending")
        )
        now = after[group, code]
        assert now.documents == one.documents + sign
        assert now.documents_with_code == one.documents_with_code + sign * bool(segments)
        assert (now.segments, now.segments_pending) == (
            one.segments + sign * segments,
            one.segments_pending + sign * pending,
        )


# --- which documents ---------------------------------------------------------------------------


def test_a_document_without_a_region_has_a_chapter_of_its_own(own: CountedStudy) -> None:
    with Store(own.store_path) as store:
        known = store.known_documents()["a1.txt"]
        store.update_attributes({known.document_id: replace(known.attributes, region=None)})
    made = reported(own)
    assert [chapter.participation.region for chapter in made.regions] == ["Alpha", "Beta", "Gamma", "(missing)"]
    missing = made.region("(missing)")
    assert heard(missing)[1:5] == (1, 0, 0, 100)
    assert [one.code for one in missing.findings] == ["silos", "pay"]
    assert sentences(missing.findings[0].quotes) == [("a1.txt", 3)]


def test_a_region_that_is_called_as_all_of_them_is_refused(own: CountedStudy) -> None:
    own.move("a1.txt", "all")
    with pytest.raises(SelectionError, match='A region called "all" cannot be told from all regions together'):
        reported(own)


def test_a_filter_reports_on_its_documents_alone(counted: CountedStudy) -> None:
    made = reported(counted, kind="workshop")
    assert [chapter.participation.region for chapter in made.regions] == ["Beta"]
    assert made.participation.words == 300
    assert sentences(made.regions[0].findings[0].quotes) == [("b1.txt", 2)]
    assert not made.regions[0].workshop.has_both
    assert made.methods[0].startswith("The material is 1 document (1 workshop) from 1 region.")
    assert made.methods[0].endswith('Only documents with kind "workshop" were taken: 1 of the 9 coded.')
    # That no interview was taken is no shortfall against the plan.
    assert made.participation.planned_interviews is made.regions[0].participation.planned_interviews is None


@pytest.mark.parametrize("asked", [{"region": "Beta"}, {"code": "3"}, {"category": "data"}, {"status": "auto"}])
def test_parts_of_a_report_are_refused(counted: CountedStudy, asked: dict[str, str]) -> None:
    with pytest.raises(
        SelectionError, match=r"compares whole regions over all codes\. Leave out region, code, category"
    ):
        reported(counted, **asked)


def test_a_filter_that_no_document_fits_is_said(counted: CountedStudy) -> None:
    with pytest.raises(SelectionError, match="No document fits all of these filters"):
        reported(counted, since="2199-01-01")
    with pytest.raises(SelectionError, match=r'no kind "workshops" in the store\. Did you mean "workshop"'):
        reported(counted, kind="workshops")


def test_a_report_needs_a_store(study: SmallStudy) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        flow.study_report(study.work, Filter())
    assert not study.store_path.exists()


def test_not_asked_is_not_silent(own: CountedStudy) -> None:
    with Store(own.store_path) as store:
        known = [store.known_documents()[name] for name in ("g1.txt", "g2.txt")]
        store.update_attributes({one.document_id: replace(one.attributes, topics_asked=("Money",)) for one in known})
    made = reported(own)
    gamma, silos = made.region("Gamma"), found(made)["Gamma", "silos"]
    assert (silos.documents, silos.documents_with_code, silos.share_documents) == (0, 0, None)
    assert gamma.findings == ()
    assert gamma.silent == ("Pay", "Trials")
    assert "Asked about some topics only, and counted for these alone: 2 documents." in gamma.notes
    assert "Nobody in this region was asked about: Silos, Consent." in gamma.notes
    assert found(made)["all", "silos"].documents == 7


def test_what_was_said_unasked_is_neither_counted_nor_quoted(own: CountedStudy) -> None:
    with Store(own.store_path) as store:
        known = store.known_documents()["b3.txt"]  # it tells of consent, and of a practice beside it
        store.update_attributes({known.document_id: replace(known.attributes, topics_asked=("pay",))})
    made = reported(own)
    consent = found(made)["Beta", "consent"]
    assert (consent.documents, consent.documents_with_code) == (2, 0)
    assert (consent.quotes, consent.practices, found(made)["all", "consent"].practices) == ((), (), ())
    assert "Consent" in made.region("Beta").silent
    assert made.region("Beta").practices  # told all the same
    assert set(made.tables["quotes"]["document"][made.tables["quotes"]["code"] == "consent"]) == {"a2.txt"}
    compared = flow.compare(own.work, Filter(), "Beta", "Alpha")
    assert ("consent", "Beta") not in compared.quotes
    assert ("consent", "Alpha") in compared.quotes


# --- what the report rests on ------------------------------------------------------------------


def test_methods_speak_of_the_runs_and_checks_of_the_documents_reported(own: CountedStudy) -> None:
    later = replace(
        RUN, coder="rules.v1", coder_kind="rules", model_hash="b2:rules", finished_utc="2025-06-07T00:00:00+00:00"
    )
    with Store(own.store_path) as store:
        store.save_run(later, codebook(), [document("g1.txt")], facets=facets_codebook())
        run = store.document_rows(Filter(region="Gamma"))[0]["run"]
        store.save_audit_sample(run, [AuditDraw("g1.txt", 0, "coded", 0.5)])
        store.save_audit_verdicts("Kim", {("g1.txt", 0): ["silos"]})
    whole, beta = reported(own), reported(own, country="Belgium")
    assert (whole.date, beta.date) == ("2025-06-07", "2025-04-05")
    assert "rules.v1 gave 1 coding" in whole.methods[1]
    assert "rules.v1" not in " ".join(beta.methods)
    assert "rules" not in beta.methods[1]
    assert "A random sample of 1 sentence was judged by Kim" in whole.methods[2]
    assert "were not audited" in beta.methods[2]
    assert whole.notes[-3].startswith("Machine codings by rules.v1, codebook 1.0.0, 1 sentences drawn")
    assert whole.notes[-2] == "Codings that people decided on: 1 accepted."
    assert whole.methods[2].startswith("Codings that people decided on: 1 accepted. A random sample")
    assert "people decided" not in beta.methods[2]
    assert beta.notes[-1].startswith("Machine codings by hybrid.v2, codebook 1.0.0, not audited")


def test_notes_say_what_numbers_count_and_who_coded(report: StudyReport) -> None:
    assert report.notes[0].startswith("Only respondents' words count.")
    assert report.notes[-1].startswith("Machine codings by hybrid.v2, codebook 1.0.0, not audited")
    assert report.region("Gamma").notes[0].startswith("Gamma has 2 documents: too few")
    assert report.region("Alpha").notes == (
        "1 suggested coding in this region waits for a person and counts in no number.",
    )


def test_the_same_store_gives_the_same_report_and_stays_as_it_is(counted: CountedStudy, report: StudyReport) -> None:
    before = dump(counted.store_path)
    again = reported(counted)
    assert found(again) == found(report)
    assert (again.regions, again.methods, again.notes) == (report.regions, report.methods, report.notes)
    assert dump(counted.store_path) == before
