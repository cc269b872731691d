"""The two tables in SQL are the two tables of `summarize`, cell by cell."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from counted_study import CountedStudy, make_counted_study
from qualcode import flow
from qualcode.errors import StoreError
from qualcode.review import Decision, Place
from qualcode.store import Store
from qualcode.study import Study
from studies import SmallStudy


def columns_agree(work: flow.Workspace) -> int:
    """Compare every cell; how many there were."""
    explored = flow.exploration(work)
    frame = flow.summarize(work, flow.make_filter()).frame
    compared = 0
    with closing(explored.connect()) as sql:
        regions = [row[0] for row in sql.execute(explored.regions_sql)]
        assert regions == list(dict.fromkeys(frame["group"]))
        queries = explored.queries(regions)
        for name, share, whole, places in (
            ("frequency", "share_documents", "documents_with_code", 1),
            ("emphasis", "share_words", "words", 2),
        ):
            cursor = sql.execute(queries[name].sql)
            names = [column[0] for column in cursor.description]
            assert names == ["number", "code", "category", *([whole] if whole == "words" else ["documents"]), *regions]
            rows = cursor.fetchall()
            for row in rows:
                of_code = frame[frame["code_number"] == row[0]]
                assert list(of_code["code_name"]) == [row[1]] * len(regions)
                assert row[3] == of_code[whole].sum()
                for region, cell in zip(regions, row[4:], strict=True):
                    (expected,) = of_code[of_code["group"] == region][share]
                    if expected != expected:  # nan
                        assert cell is None
                    else:
                        assert cell == pytest.approx(100 * expected, abs=0.50001 * 10**-places)
                    compared += 1
            assert len(rows) == frame["code"].nunique()
    return compared


@pytest.fixture
def counted(tmp_path: Path) -> CountedStudy:
    return make_counted_study(tmp_path / "study")


def cell(work: flow.Workspace, table: str, code: str, region: str) -> object:
    explored = flow.exploration(work)
    with closing(explored.connect()) as sql:
        cursor = sql.execute(explored.queries([region])[table].sql)
        (row,) = [row for row in cursor if row[1] == code]
        return row[-1]


def test_every_cell_is_that_of_summarize(counted: CountedStudy) -> None:
    assert columns_agree(counted.work) == 24


def test_every_cell_is_that_of_summarize_when_people_have_decided(counted: CountedStudy) -> None:
    with Store(counted.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        store.verdicts.decide(
            "Kim",
            [
                Decision(Place(ids["a3.txt"], 2), "pay", "accept"),
                Decision(Place(ids["b1.txt"], 1), "pay", "reject"),
                Decision(Place(ids["g2.txt"], 3), "consent", "add"),
                Decision(Place(ids["a2.txt"], 5), "silos", "accept"),
            ],
            looked=[Place(ids["a2.txt"], 5)],
        )
    assert columns_agree(counted.work) == 24


def test_who_was_not_asked_is_in_no_cell(study: SmallStudy) -> None:
    study.metadata("file,region,stakeholder_group,kind,date", "file,region,stakeholder_group,kind,date,topics_asked")
    study.metadata("2025-01-10", "2025-01-10,service")
    study.metadata("2025-02-11", "2025-02-11,HIGH FARES; 3")
    study.metadata("cleo.txt,Northfield", "cleo.txt,")
    study.tag(options=flow.read_options(allow_missing=True))
    assert columns_agree(study.work) == 18
    # Nobody in Northfield was asked about fares; there, Anna was asked about delays and raises them.
    assert cell(study.work, "frequency", "High fares", "Northfield") is None
    assert cell(study.work, "frequency", "Delays", "Northfield") == 100.0
    assert cell(study.work, "emphasis", "Delays", "Northfield") == pytest.approx(100 * 8 / 22, abs=0.005)
    assert cell(study.work, "frequency", "High fares", "Southport") == 0.0


def test_it_knows_what_every_table_means(counted: CountedStudy) -> None:
    explored = flow.exploration(counted.work)
    assert explored.title == "Mini study"
    names = {relation.name: relation for relation in explored.relations}
    assert {"codings_long", "segments_long", "documents_long", "codes"} <= set(names)
    assert all(relation.comment and all(c.comment for c in relation.columns) for relation in explored.relations)


def test_without_a_study_it_has_the_name_of_the_store(counted: CountedStudy) -> None:
    assert flow.exploration(flow.Workspace(Study(), counted.store_path)).title == "qualcode.db"


def test_without_a_store_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        flow.exploration(flow.Workspace(Study(), tmp_path / "none.db"))
