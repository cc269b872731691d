from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from counted_study import ATTRIBUTES, CountedStudy, make_counted_study
from qualcode import flow
from qualcode.errors import AggregateError, SelectionError
from qualcode.flow.tables import report_tables
from qualcode.store import Filter, Store
from studies import dump

SUMMARIES = {"summary", "categories", "overall"}
OTHERS = {
    *("association", "workshops", "cooccurrence", "saturation", "languages", "documents", "matrix", "quotes", "facets"),
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study; only to be read."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


def tables(study: CountedStudy, **asked: str) -> flow.ReportTables:
    with Store(study.store_path, read_only=True) as store:
        return report_tables(store, store.check_filter(Filter(**asked)), study.work)  # type: ignore[arg-type]


def table(study: CountedStudy, name: str, **asked: str) -> pd.DataFrame:
    with Store(study.store_path, read_only=True) as store:
        chosen = store.check_filter(Filter(**asked))  # type: ignore[arg-type]
        return flow.report_table(store, chosen, study.work, name)


def test_all_tables_come_with_the_settings_of_the_study(counted: CountedStudy) -> None:
    made = tables(counted)
    assert set(made.frames) == SUMMARIES | OTHERS
    assert made.missing == {}
    summary = made.frames["summary"]
    assert (summary.attrs["draws"], summary.attrs["small_group"], summary.attrs["by"]) == (100, 3, "region")
    assert made.frames["overall"]["documents"].tolist() == [9] * 4
    assert made.frames["categories"]["words"].tolist() == [60, 10, 30, 120, 5, 0]  # data, money of each region


def test_codes_that_stand_in_one_turn_are_counted_together(counted: CountedStudy) -> None:
    pairs = table(counted, "cooccurrence")
    # One turn of a2 has silos and consent; a turn of b1 has silos and another pay.
    both = pairs[pairs["units_both"] > 0]
    # Turns with silos: a1, a2 (two), b1, g1; with consent: a2, b3. Jaccard: 1 / (5 + 2 - 1).
    columns = ["code_a", "code_b", "units_both", "units_a", "units_b", "jaccard"]
    assert both[columns].values.tolist() == [["silos", "consent", 1, 5, 2, pytest.approx(1 / 6)]]


def test_listings_have_a_row_for_each_of_their_things(counted: CountedStudy) -> None:
    assert table(counted, "documents")["name"].tolist() == list(ATTRIBUTES)
    # Passages: silos 1 + 1 of a1, 3 of a2 (the turn ends between two), 1 of b1, 1 of g1; consent 2; pay 1 + 1 + 1.
    quotes = table(counted, "quotes")
    assert quotes["code"].value_counts().to_dict() == {"silos": 7, "pay": 3, "consent": 2}
    assert quotes["words"].max() == 90  # whole, not shortened
    assert table(counted, "facets")["facet"].value_counts()["delay"] == 3
    assert table(counted, "saturation")["documents"].max() == 9


def test_a_filter_chooses_the_documents_of_every_table(counted: CountedStudy) -> None:
    made = tables(counted, kind="interview")
    assert made.frames["overall"]["documents"].tolist() == [8] * 4
    assert len(made.frames["documents"]) == len(made.frames["matrix"]) == 8
    assert set(made.frames["facets"]["document"]) == {"b2.txt", "b3.txt", "g2.txt"}
    assert set(made.frames["workshops"]["result"]) == {"no workshop"}


def test_a_table_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path) -> None:
    study = make_counted_study(tmp_path / "study")
    with Store(study.store_path) as store:
        known = store.known_documents()["a1.txt"]
        store.update_attributes({known.document_id: replace(known.attributes, language="(missing)")})
    made = tables(study)
    assert set(made.missing) == {"languages"}
    assert 'language is written "(missing)"' in made.missing["languages"]
    assert set(made.frames) == SUMMARIES | OTHERS - {"languages"}
    with pytest.raises(AggregateError, match="language is written"):
        table(study, "languages")
    assert flow.study_report(study.work, Filter()).missing == made.missing


def test_an_unknown_table_is_wrong_use(counted: CountedStudy) -> None:
    with pytest.raises(ValueError, match=r"`name` must be one of association, .*facets\. Got 'quote' instead"):
        table(counted, "quote")


# --- what figures are drawn from ---------------------------------------------------------------


def test_figures_get_all_regions_and_codes_or_the_one_asked_for(counted: CountedStudy) -> None:
    before = dump(counted.store_path)
    drawn = flow.figure_tables(counted.work, Filter())
    assert drawn.regions == ("Alpha", "Beta", "Gamma")
    assert drawn.codes == ("silos", "consent", "pay", "trials")  # by number
    assert drawn.kinds == {"interview": 8, "workshop": 1}
    assert set(drawn.frames) >= {"summary", "overall", "cooccurrence", "saturation"}
    one = flow.figure_tables(counted.work, Filter(), region="beta", code="3")
    assert (one.regions, one.codes) == (("Beta",), ("pay",))
    pd.testing.assert_frame_equal(one.frames["summary"], drawn.frames["summary"])  # the figures still show all
    assert dump(counted.store_path) == before


@pytest.mark.parametrize(
    ("asked", "chosen", "message"),
    [
        ({}, {"region": "Gama"}, 'no region "Gama" in the store. Did you mean "Gamma"?'),
        ({}, {"code": "pays"}, 'no code "pays" in the store. Did you mean "pay"?'),
        ({"since": "2199"}, {}, "No document fits all of these filters."),
    ],
)
def test_names_that_are_not_there_get_the_nearest(
    counted: CountedStudy, asked: dict[str, str], chosen: dict[str, str], message: str
) -> None:
    with pytest.raises(SelectionError) as caught:
        flow.figure_tables(counted.work, Filter(**asked), **chosen)  # type: ignore[arg-type]
    assert message.casefold() in str(caught.value).casefold()


def test_a_language_without_cues_is_not_read_and_not_free_of_barriers(counted: CountedStudy) -> None:
    made = table(counted, "languages").set_index("language")
    assert made.loc["en", "read_by"] == "model"
    assert made["read_by"].isin(["model", "not read"]).all()
