from __future__ import annotations

import pytest

from qualcode.errors import ReadError
from qualcode.flow.codebook_drafts import CategoryDraft, CodeDraft, build_codebook
from qualcode.flow.codebook_rows import COLUMNS, drafts_of_rows, grouped_by_name, rows_of
from qualcode.read.cells import read_cells


def drafts(text: str) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    groups, left_out = drafts_of_rows(read_cells(text.encode(), format="csv", file="a.csv"), file="a.csv")
    return {group.name: [code.name for code in group.codes] for group in groups}, left_out


def test_a_row_a_code_with_its_category() -> None:
    lists = {"use_when": ["a", "b"], "not_when": ["no bus (use instead: fares)"]}
    made, _ = build_codebook("Buses", [CategoryDraft("Money", [CodeDraft("1", "Fares", "Too dear.", lists=lists)])])
    (row,) = rows_of(made)
    assert tuple(row) == COLUMNS
    assert (row["category"], row["category_id"], row["number"], row["id"], row["name"]) == (
        *("Money", "money", 1, "fares", "Fares"),
    )
    assert (row["use_when"], row["not_when"], row["typical"]) == ("a\nb", "no bus (use instead: fares)", "")


def test_other_programs_call_the_columns_otherwise() -> None:
    assert drafts("Parent Code,Code,Code Memo,Frequency\nMoney,Costs,dear,3\n,Alone,,1\n") == (
        {"Money": ["Costs"], "Uncategorised": ["Alone"]},
        ('column "Frequency"',),
    )


def test_rows_without_a_name_are_counted() -> None:
    assert drafts("tag,description\nCosts,dear\n,nameless\n") == (
        {"Uncategorised": ["Costs"]},
        ("1 rows without a name",),
    )


def test_the_first_of_two_columns_that_mean_the_same_counts_where_it_has_words() -> None:
    groups, _ = drafts_of_rows(
        read_cells(b"code,definition,memo\nA,one,two\nB,,two\n", format="csv", file="a.csv"), file="a.csv"
    )
    assert [code.definition for code in groups[0].codes] == ["one", "two"]


def test_a_table_without_names_is_refused() -> None:
    with pytest.raises(ReadError, match=r"a\.csv:1: has no column with names of codes.*found: file, region"):
        drafts("file,region\na,b\n")


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["costs.travel", "costs.drugs"], {"costs": ["travel", "drugs"]}),
        (["costs", "costs/travel"], {"costs": ["costs", "travel"]}),
        (["a / b / c", "a / d"], {"a": ["b / c", "d"]}),
        (["24/7 care", "e.g. this", "vs. that", "open: privacy"], {"Uncategorised": [
            "24/7 care", "e.g. this", "vs. that", "open: privacy"]}),
        (["x\\y", "x\\z", "w"], {"x": ["y", "z"], "Uncategorised": ["w"]}),
    ],
)  # fmt: skip
def test_names_that_are_paths_become_categories_where_they_share_a_top(
    names: list[str], groups: dict[str, list[str]]
) -> None:
    made: list[CategoryDraft] = grouped_by_name([CodeDraft(str(n), name) for n, name in enumerate(names)])
    assert {group.name: [code.name for code in group.codes] for group in made} == groups
