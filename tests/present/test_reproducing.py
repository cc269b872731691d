from __future__ import annotations

import json

from qualcode.present import reproduction_text

OUTPUT = {"about": "output", "what": "t.csv different: row 3: n", "before": "aaaa", "after": "bbbb"}
INPUT = {"about": "settings", "what": "seed changed", "before": "1", "after": "2"}


def last(*, rows: list[dict[str, str]], same: int) -> str:
    """What is printed behind the table, in one line."""
    printed = str(reproduction_text(rows, "table", same=same, outputs=1, edited=0))
    return " ".join(printed.split("bbbb")[-1].split()).removeprefix("settings seed changed 1 2 ").strip()


def test_the_last_line_says_what_came_of_it() -> None:
    assert last(rows=[OUTPUT], same=1) == "Made again to the byte: 1 file."
    assert last(rows=[OUTPUT, INPUT], same=1).endswith("1 input is not as it was, without effect on the result.")
    assert last(rows=[OUTPUT, INPUT], same=0) == "Not as they were: 1 of 1 file."
    assert "another kind of processor" in last(rows=[OUTPUT], same=0)


def test_machines_get_rows() -> None:
    assert json.loads(reproduction_text([OUTPUT, INPUT], "json", same=0, outputs=1, edited=0)) == [OUTPUT, INPUT]
