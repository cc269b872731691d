"""The pages on files say what the code does: endings, columns, limits, and SQL that runs."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from qualcode import archive
from qualcode.cli import app
from qualcode.flow import codebook_files, codebook_rows
from qualcode.flow.exporting import CODING_KEYS, ENDINGS, QUOTE_KEYS, WHAT
from qualcode.present.table import guarded
from qualcode.read import FORMATS, pdf, pdf_child
from qualcode.read.sources import ARCHIVE
from qualcode.refi import dialects
from qualcode.refi.reading import MAX_PROJECT
from qualcode.segment.sentences import MAX_SENTENCE
from qualcode.web.exploring import PATIENCE_MS, SETTINGS
from studies import make_small_study, query

DOCS = Path(__file__).resolve().parents[2] / "docs"
FORMATS_PAGE, EXCHANGE_PAGE, EXPLORING_PAGE, CODEBOOK_PAGE = (
    (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("formats", "exchange", "exploring", "codebook")
)


def rows(page: str, header: str) -> list[list[str]]:
    """Cells of the table whose first header is that."""
    lines = page[page.index(f"| {header} |") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def endings(cells: list[list[str]]) -> list[str]:
    """What is in backticks in the first cells."""
    return [ending for cell, *_ in cells for ending in re.findall(r"`\.(\w+)`", cell)]


def test_every_format_that_is_read_has_its_row() -> None:
    read = rows(FORMATS_PAGE.split("## What is written")[0], "ending")
    assert sorted(endings(read)) == sorted((*FORMATS, ARCHIVE))
    assert all(len(row) == 4 and all(row) for row in read)


def test_every_way_out_has_its_row() -> None:
    written = rows(FORMATS_PAGE.split("## What is written")[1], "ending")
    assert [f".{ending}" for ending in endings(written)] == [*ENDINGS, ".qdpx", ".qdc"]


def test_every_key_of_an_export_is_named() -> None:
    told = {row[0].split("`")[1]: row[2] for row in rows(FORMATS_PAGE, "`--what`")}
    assert tuple(told) == WHAT
    assert told["codings"].split(", ") == list(CODING_KEYS)
    assert told["quotes"].split(", ") == list(QUOTE_KEYS)


@pytest.mark.parametrize("said", ["=1+1", "-no", "-5", "'tis", "'=a", "@me", "\ttab", "''", "plain"])
def test_the_line_of_the_page_takes_the_apostrophe_off(said: str) -> None:
    (shown,) = re.findall(r"```python\ntext = (.*?)\n```", FORMATS_PAGE)
    assert eval(shown, {"re": re, "cell": guarded(said)}) == said


def test_codebooks_go_in_and_out_as_the_page_says() -> None:
    page = CODEBOOK_PAGE[CODEBOOK_PAGE.index("## Codebooks of other programs") :]
    way_in, way_out = page.split("`qualcode codebook export", 1)
    assert set(re.findall(r"`(\.\w+)`", way_in)) == set(codebook_files.ENDINGS_IN)
    table, *_ = told = rows(way_out, "ending")
    assert [f".{ending}" for ending in endings(told)] == list(codebook_files.ENDINGS_OUT)
    assert table[1].split(": ")[1].split(" (")[0].split(", ") == list(codebook_rows.COLUMNS)


def spelled(command: Any) -> set[str]:
    """Options of a command and of all below it."""
    below = getattr(command, "commands", {}).values()
    own = {spelling for parameter in command.params for spelling in parameter.opts}
    return own.union(*(spelled(one) for one in below))


@pytest.mark.parametrize("page", [FORMATS_PAGE, EXCHANGE_PAGE, EXPLORING_PAGE, CODEBOOK_PAGE])
def test_every_option_of_the_pages_is_one(page: str) -> None:
    named = set(re.findall(r"(?<![\w|-])--[a-z][a-z-]*", page))
    assert named
    assert named - spelled(get_command(app)) == set()


@pytest.mark.parametrize(
    "said",
    [
        f"{archive.MAX_ENTRIES:,} entries",
        f"{archive.MAX_TOTAL >> 30} GiB unpacked",
        f"{archive.MAX_RATIO} to 1 packed",
        f"{archive.MAX_XML >> 20} MiB a part",
        f"{pdf_child.MAX_PAGES:,} pages, {pdf_child.MAX_CHARACTERS // 10**6} million characters",
        f"{pdf.MAX_SECONDS} seconds",
        f"{pdf_child.MAX_MEMORY >> 30} GiB of memory",
        f"before {MAX_SENTENCE:,} characters",
    ],
)
def test_limits_are_those_of_the_code(said: str) -> None:
    assert said in FORMATS_PAGE


def test_the_rule_of_the_places_is_that_of_the_code() -> None:
    assert dialects.SURE == 4 / 5
    assert f"more than {MAX_PROJECT >> 20} MiB of XML, a codebook of more than {archive.MAX_XML >> 20}" in EXCHANGE_PAGE
    assert f"after {dialects.CUT_FROM} characters" in EXCHANGE_PAGE
    assert f"of at least {dialects.TELLING} characters" in EXCHANGE_PAGE
    assert f"a name of {dialects.LABEL_UP_TO} characters or less" in EXCHANGE_PAGE
    assert f"Of more than {dialects.SAMPLE} quotes, {dialects.SAMPLE} spread" in EXCHANGE_PAGE


def test_what_a_query_may_is_what_the_page_says() -> None:
    limit = f"A query may take {PATIENCE_MS // 1000} seconds and give {SETTINGS['max_returned_rows']:,} rows"
    assert limit in EXPLORING_PAGE


def test_the_sql_for_r_runs_and_counts_what_the_tables_count(tmp_path: Path) -> None:
    study = make_small_study(tmp_path / "buses")
    study.tag()
    (shown,) = re.findall(r"```r\n(.*?)```", EXPLORING_PAGE, flags=re.DOTALL)
    (sql,) = re.findall(r'dbGetQuery\(store, "(.*?)"\)', shown, flags=re.DOTALL)
    # By hand, from the notes: sentences that say "late" or "slow", "costs too much", "no money".
    assert query(study.store_path, sql) == [
        ("Northfield", "Delays", 2, 27),
        ("Northfield", "High fares", 2, 23),
        ("Southport", "No funding", 1, 9),
    ]
