from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import NamesError
from qualcode.names import Name, add_pseudonyms, parse_names, read_names


def faults(source: str) -> list[tuple[int, str]]:
    with pytest.raises(NamesError) as refused:
        parse_names(source)
    return [(fault.line, fault.message) for fault in refused.value.faults]


def test_a_list_is_read() -> None:
    names = parse_names('name,kind,aliases,pseudonym\nAna Popa,person,"Ana; Dr. Popa",\n\nCluj,place,,[City]\n')
    assert names == (Name("Ana Popa", "person", ("Ana", "Dr. Popa"), "", 2), Name("Cluj", "place", (), "[City]", 4))
    assert parse_names("name;kind\nAna;person\n")[0].name == "Ana"


def test_all_faults_come_at_once_with_their_lines() -> None:
    found = faults("name,kind,aliases,pseudonym\nAna,persn,,\nB,place,,\nAna,person,,\nBen,person,,Anas\n")
    assert [line for line, _ in found] == [2, 3, 4, 5]
    assert 'kind "persn"' in found[0][1]
    assert "fewer than two" in found[1][1]
    assert "line 2" in found[2][1]
    assert "holds a listed name" in found[3][1]


@pytest.mark.parametrize("source", ["", "who,what\n", "name\nAna\n"])
def test_a_missing_column_is_named(source: str) -> None:
    assert faults(source)[0][0] == 1


def test_pseudonyms_are_numbered_by_kind_in_the_order_of_the_list() -> None:
    names = add_pseudonyms(
        [
            Name("Vall Hospital", "organisation"), Name("Ana", "person"), Name("Kauno klinikos", "organisation"),
            Name("Acme", "organisation"), Name("Ben", "person", (), "[Person 2]"), Name("Cleo", "person"),
        ]
    )  # fmt: skip
    assert [name.pseudonym for name in names] == [
        "[Hospital 1]", "[Person 1]", "[Hospital 2]", "[Organisation 1]", "[Person 2]", "[Person 3]",
    ]  # fmt: skip


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_bytes(b"name,kind\nR\xf6sch,person\n")
    with pytest.raises(NamesError, match="UTF-8"):
        read_names(tmp_path / "names.csv")
    with pytest.raises(NamesError, match="cannot be read"):
        read_names(tmp_path / "none.csv")


def test_no_pseudonym_is_made_that_is_a_name_or_stands_for_another() -> None:
    listed = [Name("Vall Hospital", "organisation", ("Hospital",)), Name("Ana", "person"), Name("Person 2", "person")]
    assert [name.pseudonym for name in add_pseudonyms([*listed, Name("Ben", "person")], taken=["[Person 1]"])] == [
        "[Organisation 1]",
        "[Person 3]",
        "[Person 4]",
        "[Person 5]",
    ]
