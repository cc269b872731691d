"""Every result of a store in which people accepted, rejected and added codings, and left one open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import qualcode
from counted_study import CountedStudy, make_counted_study
from qualcode import flow, present
from qualcode.api import StudyStore
from qualcode.review import Decision, Place
from qualcode.store import Store

# Of Alpha's 500 words pay has 10 (a1) by the machine, and 12 of a3 wait. Kim accepts these. Of Beta's pay in b1 she
# rejects sentence 1 (18 of 120 words); in g2 she adds consent to sentence 3 (9 words), which no machine suggested; of
# b3's only consent she is not sure. Of a2 5, with silos and consent, she says silos and is done with it: consent waits.
CONSENT = "Our university hospital has excellent geneticists and good engineers."


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    study = make_counted_study(tmp_path_factory.mktemp("decided") / "study")
    with Store(study.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        store.verdicts.decide(
            "Kim",
            [
                Decision(Place(ids["a3.txt"], 2), "pay", "accept"),
                Decision(Place(ids["b1.txt"], 1), "pay", "reject"),
                Decision(Place(ids["g2.txt"], 3), "consent", "add"),
                Decision(Place(ids["b3.txt"], 4), "consent", "unsure"),
                Decision(Place(ids["a2.txt"], 5), "silos", "accept"),
            ],
            looked=[Place(ids["a2.txt"], 5)],
        )
    return study


def cells(frame: pd.DataFrame, group: str, code: str, columns: Sequence[str]) -> list[Any]:
    (row,) = frame[(frame["group"] == group) & (frame["code"] == code)].to_dict("records")
    return [row[name] for name in columns]


@pytest.fixture
def opened(own: CountedStudy) -> Iterator[StudyStore]:
    with qualcode.open(own.store_path) as study:
        yield study


def test_summary_counts_what_holds(own: CountedStudy) -> None:
    frame = flow.summarize(own.work, flow.make_filter()).frame
    columns = ["documents_with_code", "segments", "words", "segments_pending"]
    expected = {
        ("Alpha", "pay"): [2, 2, 22, 0],
        ("Beta", "pay"): [2, 5, 102, 2],
        ("Gamma", "consent"): [1, 1, 9, 0],
        ("Alpha", "consent"): [0, 0, 0, 1],
        ("Beta", "consent"): [0, 0, 0, 1],
    }
    assert {key: cells(frame, *key, columns) for key in expected} == expected
    by_category = flow.summarize(own.work, flow.make_filter(), by="document", level="category").frame
    assert cells(by_category, "g2.txt", "data", ["words"]) == [9]


def test_notes_say_that_people_decided(own: CountedStudy) -> None:
    said = "Codings that people decided on: 2 accepted, 1 added, 1 rejected, 1 left open."
    assert said in flow.summarize(own.work, flow.make_filter()).notes
    report = flow.study_report(own.work, flow.make_filter())
    assert report.methods[2].startswith(said)
    assert "hybrid.v2 gave 14 codings" in report.methods[1]
    assert "people gave" not in report.methods[1]


def test_codings_carry_the_word_that_holds_and_whose_it_is(own: CountedStudy, opened: StudyStore) -> None:
    frame = opened.codings(status="accepted")
    assert frame[["document", "code", "status"]].values.tolist() == [
        ["a2.txt", "silos", "accepted"],
        ["a3.txt", "pay", "accepted"],
        ["g2.txt", "consent", "accepted"],
    ]
    assert frame["probability"].tolist()[:2] == [0.95, 0.4]
    assert pd.isna(frame["probability"][2])
    assert set(frame["decided_by"]) == {'["Kim"]'}
    assert len(opened.codings(status="counted")) == len(opened.codings(status="auto")) + 3
    waits = opened.codings(status="pending")
    assert waits[["document", "code"]].values.tolist() == [
        ["a2.txt", "consent"], ["b1.txt", "pay"], ["b1.txt", "pay"], ["b3.txt", "consent"],
    ]  # fmt: skip
    text = str(present.render([present.codings_table(flow.list_codings(own.work, flow.make_filter()))], "table"))
    assert "accepted" in text
    rows = json.loads(
        str(present.render([present.codings_table(flow.list_codings(own.work, flow.make_filter()))], "json"))
    )
    assert [row["probability"] for row in rows if row["document"] == "g2.txt"] == [None]


def test_what_people_accepted_is_quoted_first(own: CountedStudy, opened: StudyStore) -> None:
    quotes = flow.list_quotes(own.work, flow.make_filter(), per_code=1)
    first = {quote.passage.code: (quote.passage.document, quote.passage.status) for quote in quotes}
    assert first == {"silos": ("a2.txt", "accepted"), "pay": ("a3.txt", "accepted"), "consent": ("g2.txt", "accepted")}
    text = str(present.quotes_text(quotes, "table"))
    assert "accepted by people)" in text
    assert "None" not in text
    frame = opened.quotes(code="consent")
    assert frame[["text", "status"]].values.tolist() == [[CONSENT, "accepted"]]
    assert frame["probability"].isna().all()


def test_a_rejected_sentence_parts_a_passage(opened: StudyStore) -> None:
    pay = opened.quotes(code="pay", region="Beta", max_words=200)
    assert sorted(pay["first_position"]) == [2, 2]  # b1 2-5 without sentence 1, and b2


def test_comparisons_count_and_quote_what_holds(own: CountedStudy) -> None:
    for level in ("code", "category"):
        found = flow.compare(own.work, flow.make_filter(), "Gamma", "Alpha", level=level)
        text = str(present.comparison_text(found, "table"))
        assert CONSENT[:30] in " ".join(text.split())
    frame = flow.compare(own.work, flow.make_filter(), "Gamma", "Alpha").frame
    columns = ["documents_with_code_a", "words_a", "words_b"]
    assert cells(frame.assign(group="all"), "all", "consent", columns) == [1, 9, 0]


def test_a_comparison_of_two_machines_leaves_people_out(own: CountedStudy, tmp_path: Path) -> None:
    import shutil
    from dataclasses import replace

    from counted_study import RUN, codebook, documents, facets_codebook

    shutil.copytree(own.folder, tmp_path / "copy")
    copy = CountedStudy(tmp_path / "copy")
    with Store(copy.store_path) as store:
        store.save_run(replace(RUN, coder="hybrid.v3"), codebook(), documents(), facets=facets_codebook())
    found = flow.compare(copy.work, flow.make_filter(), "hybrid.v2", "hybrid.v3")
    assert not found.frame[["gained", "lost"]].to_numpy().any()
    assert "As the machine coded, whatever people decided since." in found.notes


def test_reports_and_figures_show_what_holds(own: CountedStudy, opened: StudyStore, tmp_path: Path) -> None:
    report = flow.study_report(own.work, flow.make_filter())
    gamma = report.region("Gamma")
    consent = next(finding for finding in gamma.findings if finding.code == "consent")
    assert [quote.text for quote in consent.quotes] == [CONSENT]
    assert consent.quotes[0].probability is None
    for name in ("report.docx", "report.html", "report.xlsx"):
        qualcode.write_report(report, tmp_path / name)
    qualcode.write_report(report, tmp_path / "gamma.docx", region="Gamma")
    quotes = report.tables["quotes"]
    assert quotes[quotes["status"] == "accepted"]["document"].tolist() == [
        "a2.txt",
        "g2.txt",
        "a3.txt",
    ]  # by number of the code
    assert opened.table("matrix").loc[:, "consent"].sum() == 1
    for name in ("heat_map", "cooccurrence_network", "saturation"):
        assert opened.figure(name) is not None  # type: ignore[arg-type]
    assert opened.figure("ranking_plot", group="Gamma") is not None


def test_status_counts_by_outcome(own: CountedStudy) -> None:
    report = flow.study_status(own.work)
    # 16 of the machine count: 1 rejected, 1 accepted, 2 wait; and 2 more that Kim accepted or added.
    assert (report.auto, report.accepted, report.pending, report.rejected) == (12, 3, 4, 1)
    assert report.done == {"Kim": 1}
