"""Ten teams share and combine: the tables are those of one store with all transcripts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from qualcode import flow
from qualcode.aggregate import SUMMARY_COLUMNS
from qualcode.errors import SelectionError, ShareError
from qualcode.flow.combining import NOT_IN_SHARES
from qualcode.present import write_cross_regional
from qualcode.sealed_json import checksum
from shared_regions import REGIONS, SETTINGS, Team, make_store, make_team, talks

BY = ("region", "country", "stakeholder_group", "kind", "language")


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return make_team(tmp_path_factory.mktemp("pooled") / "all", REGIONS)


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Team]:
    folder = tmp_path_factory.mktemp("teams")
    return {region: make_team(folder / region, [region]) for region in REGIONS}


@pytest.fixture(scope="module")
def shares(teams: dict[str, Team]) -> list[Path]:
    return [team.share(region) for region, team in teams.items()]


@pytest.fixture(scope="module")
def careful(teams: dict[str, Team]) -> list[Path]:
    return [team.share(region, smallest=4) for region, team in teams.items()]


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("level", ["code", "category"])
def test_ten_shares_give_the_pooled_table_to_the_last_digit(
    pooled: Team, shares: list[Path], by: str, level: str
) -> None:
    expected = flow.summarize(pooled.work, flow.make_filter(), by=by, level=level).frame
    found = flow.combine(pooled.work, shares, by=by, level=level).frame
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs
    assert expected["share_words_corrected"].notna().any()
    assert expected["q_value"].notna().any() == (by != "language")


def test_the_order_of_the_shares_does_not_matter(pooled: Team, shares: list[Path]) -> None:
    one, other = (flow.combine(pooled.work, given).frame for given in (shares, shares[::-1]))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_who_made_it_is_told_as_for_a_pooled_store(pooled: Team, shares: list[Path]) -> None:
    notes = flow.combine(pooled.work, shares).notes
    expected = flow.summarize(pooled.work, flow.make_filter()).notes
    assert set(expected) <= set(notes)
    assert any(note.startswith("Combined from 10 share(s), 49 documents: Alpha 5, Beta 5") for note in notes)


def test_what_is_withheld_is_missing_and_lies_within_its_bounds(pooled: Team, careful: list[Path]) -> None:
    cells = 0
    for by in BY[:2]:
        for level in ("code", "category"):
            truth = flow.summarize(pooled.work, flow.make_filter(), by=by, level=level).frame
            found = flow.combine(pooled.work, careful, by=by, level=level).frame
            for name in ("documents_with_code", "words", "share_documents", "share_words"):
                wrong = (found[f"{name}_least"] > truth[name] + 1e-12) | (truth[name] > found[f"{name}_most"] + 1e-12)
                assert not wrong.any(), (by, level, name)
            hidden = found["withheld"].str.contains("counted")
            assert (
                found.loc[hidden, ["documents_with_code", "words", "share_words", "relative_emphasis"]]
                .isna()
                .all(axis=None)
            )
            cells += int(hidden.sum())
            _same_where_told(found, truth)
    assert cells > 10


def _same_where_told(found: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Whatever is not missing is what the pooled store says; q alone is corrected over fewer cells."""
    for name in SUMMARY_COLUMNS:
        if name != "q_value":
            told = found[name].notna()
            assert found.loc[told, name].tolist() == truth.loc[told, name].tolist(), name


def test_withheld_attributes_are_a_group_of_their_own_and_told(pooled: Team, careful: list[Path]) -> None:
    found = flow.combine(pooled.work, careful, by="kind")
    assert "(withheld)" in set(found.frame["group"])
    assert any("kind of 4 documents is withheld, as fewer than 4 are alike" in note for note in found.notes)
    assert any(note.startswith("Withheld by the teams, as few documents raise them: ") for note in found.notes)
    assert any(note.endswith(": share_words_corrected is missing, as a code is withheld.") for note in found.notes)


def test_a_report_has_every_table_that_counts_are_enough_for(pooled: Team, shares: list[Path], tmp_path: Path) -> None:
    made = flow.combined_report(pooled.work, shares)
    whole = flow.study_report(pooled.work, flow.make_filter())
    for name in ("summary", "categories", "overall", "association", "workshops"):
        pd.testing.assert_frame_equal(made.tables[name], whole.tables[name], check_exact=True)
    assert made.missing.items() >= NOT_IN_SHARES.items()
    assert made.participation.interviews == whole.participation.interviews
    assert made.methods[4].startswith("Shares hold no words")
    assert all(not finding.quotes for finding in made.findings)
    path = tmp_path / "report.xlsx"
    assert write_cross_regional(made, path) == {path: "written"}


def test_a_report_is_refused_where_silence_could_be_secrecy(pooled: Team, careful: list[Path]) -> None:
    with pytest.raises(SelectionError, match="a report says which barriers nobody raises"):
        flow.combined_report(pooled.work, careful)


# --- what does not go together -----------------------------------------------------------------


def test_another_codebook_is_refused_and_each_is_named(shares: list[Path], tmp_path: Path, pooled: Team) -> None:
    other = _changed(
        shares[1],
        tmp_path / "other.qcshare",
        lambda tree: tree["codebook"].update(version="2.0.0", hash="b2:" + "0" * 32),
    )
    with pytest.raises(ShareError) as refused:
        flow.combine(pooled.work, [shares[0], other])
    assert [fault.file for fault in refused.value.faults] == sorted([str(shares[0]), str(other)])
    assert "Alpha was coded with mini 2.0.0" in str(refused.value)


def test_codes_that_do_not_fit_their_hash_are_refused_or_stand_for_themselves(
    shares: list[Path], tmp_path: Path, pooled: Team
) -> None:
    def renamed(tree: Any) -> None:
        text = json.dumps(tree).replace('"trials"', '"gold"')
        tree.clear()
        tree.update(json.loads(text))

    other = _changed(shares[1], tmp_path / "other.qcshare", renamed)
    with pytest.raises(ShareError, match=r"other\.qcshare: its codes are not those of .*, under one hash"):
        flow.combine(pooled.work, [shares[0], other])
    assert "gold" in set(flow.combine(pooled.work, [other]).frame["code"])


def test_a_document_in_two_shares_is_refused(teams: dict[str, Team], tmp_path: Path, pooled: Team) -> None:
    one = teams["Beta"].share("Beta")
    copy = tmp_path / "copy.qcshare"
    copy.write_bytes(one.read_bytes())
    with pytest.raises(ShareError, match=r"copy\.qcshare: 5 of its documents are in .*Beta_1\.qcshare too"):
        flow.combine(pooled.work, [one, copy])
    with pytest.raises(ShareError, match="is named twice"):
        flow.combine(pooled.work, [one, one])


def test_a_copied_store_with_a_key_of_its_own_is_recognised_by_its_counts(tmp_path: Path) -> None:
    long = [replace(talk, sentences=[*talk.sentences] * 3) for talk in talks("Beta")]
    one, other = (make_store(tmp_path / name, long) for name in ("one", "other"))
    paths = [one.share("Beta"), other.share("Beta")]
    ids = [{document["id"] for document in json.loads(path.read_bytes())["documents"]} for path in paths]
    assert not ids[0] & ids[1]
    with pytest.raises(ShareError, match="5 of its documents are in"):
        flow.combine(one.work, paths)


def test_two_teams_of_one_region_are_pooled_and_named(tmp_path: Path) -> None:
    made = talks("Theta")
    whole = make_store(tmp_path / "whole", made)
    paths = [make_store(tmp_path / str(n), made[n::2]).share("Theta") for n in range(2)]
    found = flow.combine(whole.work, paths)
    pd.testing.assert_frame_equal(found.frame, flow.summarize(whole.work, flow.make_filter()).frame, check_exact=True)
    assert "Theta: from more than one share; no document is in two of them." in found.notes


def test_unknown_groupings_are_refused(pooled: Team, shares: list[Path]) -> None:
    with pytest.raises(SelectionError, match='--by "document" is not known'):
        flow.combine(pooled.work, shares, by="document")
    with pytest.raises(SelectionError, match='--level "theme" is not known'):
        flow.combine(pooled.work, shares, level="theme")


def test_tables_need_no_codebook_of_ones_own(shares: list[Path], tmp_path: Path) -> None:
    (tmp_path / "qualcode.toml").write_text(SETTINGS, encoding="utf-8")
    frame = flow.combine(flow.open_workspace(), shares).frame
    assert frame["code_name"].unique().tolist() == ["Silos", "Consent", "Pay", "Trials"]


def _changed(path: Path, copy: Path, change: Any) -> Path:
    tree = json.loads(path.read_bytes())
    change(tree)
    copy.write_text(json.dumps({**tree, "sha256": checksum(tree)}), encoding="utf-8")
    return copy
