from __future__ import annotations

import dataclasses

import pytest

from present.reports import GREEK, make_report
from qualcode.report import StudyReport


def test_findings_are_the_barriers_over_all_regions_by_category() -> None:
    report = make_report()
    assert [finding.group for finding in report.findings] == ["all"] * 4
    assert [finding.code for finding in report.findings] == [
        code.overall.code for category in report.categories for code in category.codes
    ]


def test_a_region_is_found_by_its_name_and_no_other() -> None:
    report = make_report()
    assert report.region(GREEK).participation.region == GREEK
    with pytest.raises(KeyError, match="Atlantis"):
        report.region("Atlantis")


def test_a_report_cannot_be_changed_by_whoever_prints_it() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_report().title = "Mine"  # type: ignore[misc]
    assert "DataFrame" not in repr(StudyReport)
