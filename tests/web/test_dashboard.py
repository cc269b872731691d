"""The dashboard of the mini study: every number, tint and link counted by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from aggregate.mini_study import category_counts, code_counts, document, documents, small_codebook
from counted_study import CountedStudy, make_counted_study
from qualcode import flow
from qualcode.aggregate import summary_table
from qualcode.errors import SelectionError
from qualcode.review import DocumentLine
from qualcode.web.dashboard import FIGURES, Cell, Dashboard, Row, Show, _over_all, figure_svg, make_dashboard
from qualcode.web.pages import Pages


def summary(rows: Sequence[dict[str, Any]] = (), *, by: str | None = "region", level: Any = "code") -> flow.Summary:
    frame = summary_table(
        rows or documents(), code_counts(), category_counts(), small_codebook(), by=by, level=level, seed=1, draws=50,
        small_group=3,
    )  # fmt: skip
    return flow.Summary(frame, str(by), level, None, ("A note.",))


def shown(show: Show = "documents", filters: dict[str, str] | None = None, **asked: Any) -> Dashboard:
    return make_dashboard(summary(**asked), show, filters or {})


def row(table: Dashboard, code: str) -> Row:
    return next(row for rows in table.sections.values() for row in rows if row.code == code)


def cell(table: Dashboard, code: str, group: str) -> Cell:
    return row(table, code).cells[[one.name for one in table.groups].index(group)]


# --- numbers -----------------------------------------------------------------------------------


def test_documents_that_raise_a_code_stand_with_their_counts_intervals_and_tints() -> None:
    table = shown()
    # silos: a1 and a2 of four in Alpha, b1 of three in Beta, g1 of two in Gamma
    cells = row(table, "silos").cells
    assert [(one.shown, one.counts, one.tint) for one in cells] == [
        ("50", "2/4", 5),
        ("33", "1/3", 3),
        ("50", "1/2", 5),
    ]
    assert cells[0].range == "15–85"  # Wilson, 2 of 4
    total = row(table, "silos").total
    assert total is not None
    assert (total.shown, total.counts, total.range) == ("44", "4/9", "")
    nobody = cell(table, "trials", "Alpha")
    assert (nobody.shown, nobody.counts, nobody.range, nobody.tint) == ("0", "0/4", "0–49", 0)


def test_words_are_tinted_by_the_largest_share_and_need_two_documents_for_an_interval() -> None:
    table = shown("words")
    # silos: 60 of 500, 10 of 600 and 5 of 200 words; the most is pay in Beta, 120 of 600
    cells = row(table, "silos").cells
    assert [(one.shown, one.counts, one.tint) for one in cells] == [("12.0", "", 6), ("1.7", "", 1), ("2.5", "", 1)]
    assert (cells[0].range != "", cells[1].range) == (True, "")
    assert not table.has_ranges
    assert (cell(table, "pay", "Beta").shown, cell(table, "pay", "Beta").tint) == ("20.0", 10)
    total = row(table, "silos").total
    assert total is not None
    assert total.shown == "5.8"  # 75 of 1300


def test_groups_say_how_large_they_are_and_what_waits() -> None:
    table = shown()
    groups = [(one.name, one.documents, one.words, one.is_small, one.pending) for one in table.groups]
    assert groups == [("Alpha", 4, 500, False, 1), ("Beta", 3, 600, False, 2), ("Gamma", 2, 200, True, 0)]
    assert table.pending == 3
    assert cell(table, "pay", "Alpha").pending == 1
    assert cell(table, "silos", "Gamma").is_small


def test_codes_stand_in_their_categories_and_categories_by_themselves() -> None:
    codes = {section: [one.code for one in rows] for section, rows in shown().sections.items()}
    assert codes == {"data": ["silos", "consent"], "money": ["pay", "trials"]}
    categories = shown(level="category", by="kind")
    assert [(one.code, one.number, one.name) for one in categories.sections[""]] == [
        ("data", None, "Data"), ("money", None, "Money")
    ]  # fmt: skip
    # interviews: a1, a2, b3 and g1 of eight; the workshop b1
    assert [one.counts for one in row(categories, "data").cells] == ["4/8", "1/1"]


def test_one_group_has_no_total() -> None:
    alone = [document("a1", "Alpha", 100)]
    frame = summary_table(
        alone, code_counts()[:2], (), small_codebook(), by="region", level="code", seed=1, draws=5, small_group=3
    )
    table = make_dashboard(flow.Summary(frame, "region", "code", None, ()), "documents", {})
    assert row(table, "silos").total is None


# --- what is undefined, and what is striking ---------------------------------------------------


def test_an_undefined_cell_says_why_and_is_never_0() -> None:
    asked = [one | {"topics_asked": '["pay"]'} if one["region"] == "Gamma" else one for one in documents()]
    table = shown(rows=asked)
    unasked = cell(table, "silos", "Gamma")
    assert (unasked.shown, unasked.why, unasked.leads_to) == ("–", "no document was asked about it", None)
    assert (unasked.range, unasked.counts, unasked.tint) == ("", "", 0)
    assert table.reasons == ("no document was asked about it",)
    assert cell(shown("words", rows=asked), "silos", "Gamma").why == "no document was asked about it"

    mute = [*documents(), document("d1", "Delta", 0)]
    assert cell(shown("words", rows=mute), "pay", "Delta").why == "no words of respondents"
    assert cell(shown(rows=mute), "pay", "Delta").shown == "0"  # one document, and it says nothing of pay


def test_a_mark_says_that_a_group_dwells_more_or_less_on_a_code_than_all_others() -> None:
    found = summary()
    at = found.frame.index[(found.frame["code"] == "pay")]
    found.frame.loc[at, "q_value"] = [0.01, 0.049, 0.05]
    found.frame.loc[at, "relative_emphasis"] = [-1.0, 2.0, -3.0]
    table = make_dashboard(found, "words", {})
    assert [one.mark for one in row(table, "pay").cells] == ["▼", "▲", ""]
    assert table.has_marks
    assert not make_dashboard(found, "documents", {}).has_marks  # q is about words


# --- where it leads ----------------------------------------------------------------------------


def test_a_cell_leads_to_its_quotes_with_the_filters_of_documents() -> None:
    table = shown(filters={"kind": "interview", "country": "Austria", "code": "pay", "category": "money"})
    leads = {"kind": "interview", "country": "Austria", "region": "Alpha", "code": "silos"}
    assert cell(table, "silos", "Alpha").leads_to == leads
    assert cell(table, "trials", "Alpha").leads_to is None  # nothing stands behind 0
    total = row(table, "silos").total
    assert total is not None
    assert total.leads_to == {"kind": "interview", "country": "Austria", "code": "silos"}
    assert table.groups[0].leads_to == {"kind": "interview", "country": "Austria", "region": "Alpha"}


def test_the_filter_of_a_stakeholder_group_has_the_name_it_has_in_an_address() -> None:
    rows = [one | {"stakeholder_group": "patients & carers"} for one in documents()]
    table = shown(rows=rows, by="stakeholder_group", level="category")
    leads = cell(table, "data", "patients & carers").leads_to
    assert leads == {"stakeholder": "patients & carers", "category": "data"}
    assert table.noun == "stakeholder group"


def test_what_no_filter_finds_has_no_link() -> None:
    rows = [one | {"region": None} if one["region"] == "Alpha" else one for one in documents()]
    table = shown(rows=rows)
    assert table.groups[-1].name == "(missing)"
    assert table.groups[-1].leads_to is None
    assert (cell(table, "silos", "(missing)").shown, cell(table, "silos", "(missing)").leads_to) == ("50", None)


def test_the_address_keeps_filters_when_the_table_changes() -> None:
    table = shown("words", {"country": "Austria"})
    assert table.address(by="kind") == {"show": "words", "by": "kind", "level": "code", "country": "Austria"}
    assert table.switches["show"][1] == "words"
    assert set(table.switches["by"][2]) == {"region", "country", "stakeholder_group", "kind"}


def test_progress_is_that_of_the_documents_shown() -> None:
    lines = [DocumentLine(name, name, {}, 100, 10, done, 1, 1) for name, done in (("a", 4), ("b", 0))]
    table = make_dashboard(summary(), "documents", {}, lines)
    assert (table.done, table.sentences) == (4, 20)


# --- figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["code", "category"])
def test_groups_added_up_are_the_table_of_all_documents(level: str) -> None:
    asked = [one | {"topics_asked": '["pay"]'} if one["region"] == "Gamma" else one for one in documents()]
    added = _over_all(summary(asked, level=level).frame).set_index("code")
    whole = summary(asked, by=None, level=level).frame.set_index("code")
    for name in ("documents", "documents_with_code", "documents_not_asked", "share_documents", "share_words", "flag"):
        assert added[name].tolist() == pytest.approx(whole[name].tolist()), name


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("show", ["documents", "words"])
def test_figures_are_drawings_that_say_what_was_chosen(name: str, show: Show) -> None:
    drawn = figure_svg(summary(), name, show=show, codebook=small_codebook(), filters={"kind": "interview"})
    root = ET.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert drawn == figure_svg(summary(), name, show=show, codebook=small_codebook(), filters={"kind": "interview"})
    plain = figure_svg(summary(), name, show=show, codebook=small_codebook())
    assert drawn != plain  # the caption names the filter
    assert "codes" in shown(show).alt(name)


def test_another_figure_is_refused() -> None:
    with pytest.raises(SelectionError, match=r'no figure "pie". Figures of this page: heat, map'):
        figure_svg(summary(), "pie", show="words", codebook=small_codebook())


# --- the pages of lists ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


class Written:
    """Pages as the desk of Anna has them; she and Ben disagree on one sentence."""

    def __init__(self, study: CountedStudy) -> None:
        self.desk = flow.ReviewDesk(study.work, "Anna")

    def page(self, name: str, query: dict[str, str] | None = None, **what: Any) -> str:
        return Pages(self.desk).page(name, nonce="once", csrf="token", query=query or {}, **what)

    def all_pages(self) -> dict[str, str]:
        table = make_dashboard(self.desk.summary(), "words", {}, self.desk.documents())
        passages, total = self.desk.quotes(flow.make_filter(code="pay"))
        code = self.desk.code("pay")
        return {
            "dashboard": self.page("dashboard", table=table),
            "codebook": self.page("codebook", lines=self.desk.codes()),
            "code": self.page("code", page=code, entry=self.desk.codebook.by_id["pay"]),
            "quotes": self.page("quotes", passages=passages, total=total),
            "disagreements": self.page("disagreements", found=self.desk.disagreements(), coders=["Anna"], chosen=()),
        }


def test_no_page_has_styles_or_handlers_in_its_text(study: CountedStudy) -> None:
    for name, page in Written(study).all_pages().items():
        assert not re.search(r"<[^>]* (style|on\w+)=", page), name
        assert len(re.findall(r"<h1", page)) == 1, name
        assert len(set(re.findall(r' id="([^"]*)"', page))) == len(re.findall(r' id="', page)), name


def test_cells_of_the_page_lead_to_quotes(study: CountedStudy) -> None:
    page = Written(study).all_pages()["dashboard"]
    assert 'href="/quotes?region=Beta&amp;code=pay" aria-label="20.0 %: Pay, Beta, 2 of 3 documents' in page
    assert page.count('<th scope="col"') == 5  # code, three regions, all


def test_quotes_lead_to_their_place(study: CountedStudy, tmp_path: Path) -> None:
    page = Written(study).all_pages()["quotes"]
    assert 'data-total="7"' in page  # one in a1, five in b1, one in b2
    assert re.search(r'href="/documents/[^"?]+\?at=0#s0"', page)


def test_what_people_type_stays_text(study: CountedStudy) -> None:
    written = Written(study)
    hostile = "</textarea><script>alert(1)</script>\u2028\"'"
    written.desk.note(hostile, code="pay")
    pages = written.all_pages()
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in pages["code"]
    table = make_dashboard(written.desk.summary(), "words", {"since": hostile})
    shown = written.page("dashboard", {"since": hostile}, table=table)
    assert "<script>alert" not in shown + pages["code"]
