from __future__ import annotations

from dataclasses import replace

import pytest

from present.reports import make_report
from qualcode.present.totals import category_totals, raised_in, stakeholder_groups


def test_totals_of_a_category_are_those_of_the_mini_study() -> None:
    # Category data: raised by a1, a2, b1, b3 and g1 of 9 documents, 20 + 40 + 10 + 20 + 5 = 95 of 1,300 words.
    data = category_totals(make_report())["data"]
    assert (data.documents, data.documents_with_code, data.segments) == (9, 5, 8)
    assert data.share_documents == pytest.approx(5 / 9)
    assert data.share_words == pytest.approx(95 / 1300)
    money = category_totals(make_report())["money"]
    assert (money.documents_with_code, money.segments_pending) == (3, 3)  # a3 alone waits for a person


def test_without_the_table_there_are_no_totals() -> None:
    report = make_report()
    tables = {name: frame for name, frame in report.tables.items() if name != "categories"}
    assert category_totals(replace(report, tables=tables)) == {}


def test_regions_count_once_however_many_codes_they_raise() -> None:
    data, money = make_report().categories
    assert raised_in(data.codes) == 3  # silos in all three
    assert raised_in(money.codes) == 2  # pay in Alpha and Beta, trials nowhere
    assert raised_in([]) == 0


def test_stakeholder_groups_are_in_order_and_the_unknown_is_last() -> None:
    groups = stakeholder_groups(make_report())
    assert groups[-1] == "(missing)"
    assert groups[:-1] == sorted(groups[:-1])
