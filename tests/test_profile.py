from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.codebook import Codebook
from qualcode.errors import ProfileError
from qualcode.profile import Pole, Profile, read_profile

GOOD = """\
title = "Therapies or data"
claim = "Some regions speak of therapies, others of data."
source = "A report, chapter 2"
by = "country"

[[poles]]
name = "therapies"
codes = [15, "atmp_regulation", 8]

[[poles]]
name = "data"
codes = ["health_data"]

[expected]
Belgium = "therapies"
"Czech Republic" = "data"
"""


def written(folder: Path, source: str, encoding: str = "utf-8") -> Path:
    file = folder / "claim.toml"
    file.write_bytes(source.encode(encoding))
    return file


def faults_of(folder: Path, source: str, codebook: Codebook) -> list[tuple[int, str]]:
    with pytest.raises(ProfileError) as caught:
        read_profile(written(folder, source), codebook)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_numbers_ids_and_categories_become_ids_of_codes(tmp_path: Path, shipped: Codebook) -> None:
    assert read_profile(written(tmp_path, GOOD), shipped) == Profile(
        title="Therapies or data",
        claim="Some regions speak of therapies, others of data.",
        source="A report, chapter 2",
        by="country",
        poles=(
            Pole(name="therapies", codes=("atmp_regulation", "atmp_manufacturing")),
            Pole(
                name="data",
                codes=("data_fragmentation", "data_governance", "legal_interpretation", "consent_management"),
            ),
        ),
        expected={"Belgium": "therapies", "Czech Republic": "data"},
    )


def test_source_by_and_expected_may_be_left_out(tmp_path: Path, shipped: Codebook) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(("source", "by", "[expected]", "Belgium", '"C'))]
    profile = read_profile(written(tmp_path, "\n".join(lines), "utf-8-sig"), shipped)
    assert (profile.source, profile.by, profile.expected) == ("", "region", {})
    assert list(profile.codes_of) == ["therapies", "data"]


def test_all_faults_of_the_shape_are_reported_with_their_lines(tmp_path: Path, shipped: Codebook) -> None:
    source = """\
claim = "No by = here, nor expected."
by = "speaker"
codebook = "x.yaml"

[[poles]]
name = "a"
codes = 8

[[poles]]
name = ""
codes = [true]
"""
    found = faults_of(tmp_path, source, shipped)
    assert [line for line, _ in found] == [1, 2, 3, 7, 10, 11]
    text = "\n".join(message for _, message in found)
    for expected in (
        "title is missing. Add it.",
        "by: Input should be 'region', 'country', 'stakeholder_group', 'kind' or 'language'. Found 'speaker'.",
        "codebook is not a setting. Correct the name or remove it.",
        "poles.1.codes must be a list, as in [8, 9]. Found 8.",
        "poles.2.name: String should have at least 1 character",
        "poles.2.codes.1: Input should be a valid string. Found True.",
    ):
        assert expected in text, text


def test_codes_and_poles_that_do_not_exist_are_named_at_their_lines(tmp_path: Path, shipped: Codebook) -> None:
    source = """\
title = "T"
claim = "Expected: health_dat, 99."

[[poles]]
name = "therapies"
codes = [
  8,
  99,
]

[[poles]]
name = "data"
codes = ["health_dat", "atmp_regulation"]

[expected]
"A.B" = "therapy"
"""
    (l1, unknown), (l2, near), (l3, both), (l4, pole) = faults_of(tmp_path, source, shipped)
    assert (l1, l2, l3, l4) == (8, 13, 13, 16)
    messages = {unknown, near, both, pole}
    assert any(message.startswith('"99" is no code or category of the codebook. ') for message in messages)
    assert '"health_dat" is no code or category of the codebook. Did you mean "health_data"?' in messages
    assert "atmp_regulation is in both poles. A code belongs to one of them; remove it." in messages
    assert 'there is no pole "therapy". Did you mean "therapies"?' in messages


@pytest.mark.parametrize("number", [1, 3])
def test_there_are_two_poles(tmp_path: Path, shipped: Codebook, number: int) -> None:
    poles = "".join(f'[[poles]]\nname = "p{i}"\ncodes = [{i + 1}]\n' for i in range(number))
    ((_, message),) = faults_of(tmp_path, f'title = "T"\nclaim = "C"\n{poles}', shipped)
    assert message == f"a profile has two poles, each under its own [[poles]]. Found {number}."


def test_a_pole_without_codes_is_refused(tmp_path: Path, shipped: Codebook) -> None:
    source = 'title = "T"\nclaim = "C"\n[[poles]]\nname = "p"\ncodes = []\n[[poles]]\nname = "q"\ncodes = [2]\n'
    assert faults_of(tmp_path, source, shipped) == [(5, '"p" has no codes. Name at least one.')]


def test_poles_of_one_name_are_refused(tmp_path: Path, shipped: Codebook) -> None:
    source = 'title = "T"\nclaim = "C"\n[[poles]]\nname = "p"\ncodes = [1]\n[[poles]]\nname = "p"\ncodes = [2]\n'
    assert faults_of(tmp_path, source, shipped) == [(7, 'both poles are called "p". Rename one.')]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, shipped: Codebook) -> None:
    for path, said in (
        (tmp_path / "none.toml", "there is no such file"),
        (tmp_path, "cannot be read"),
        (written(tmp_path, 'title = "é"\n', "cp1252"), "is not UTF-8 text"),
    ):
        with pytest.raises(ProfileError, match=said):
            read_profile(path, shipped)
    assert faults_of(tmp_path, 'title = "T"\nclaim = bare\n', shipped)[0][0] == 2


def test_shipped_profiles_can_be_used(root: Path, shipped: Codebook) -> None:
    files = sorted((root / "codebooks").glob("*/profiles/*.toml"))
    assert [file.stem for file in files] == ["advanced_therapies_or_health_data"]
    profile = read_profile(files[0], shipped)
    numbers = {name: [shipped.by_id[code].number for code in codes] for name, codes in profile.codes_of.items()}
    assert numbers == {"advanced therapies": [8, 9, 15], "health data": [1, 2, 3, 4]}
    assert profile.expected == {}
    assert "D6.1" in profile.source
