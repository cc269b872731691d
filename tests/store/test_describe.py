from __future__ import annotations

from pathlib import Path

from qualcode.store import Store, describe_schema, render_er_diagram


def test_page_names_every_table_view_and_column_with_type_and_meaning() -> None:
    page = describe_schema()
    assert page.index("### codings_long") < page.index("### codings\n")
    assert "| `segment_id` | INTEGER, key | the segment (`segments`) |" in page
    assert "| `segments` | INTEGER | segments that can be coded (respondents' sentences) |" in page
    assert "_sqlite_migrations" not in page
    assert all(line.count(" | ") == 2 for line in page.splitlines() if line.startswith("| `"))


def test_diagram_shows_tables_and_their_keys() -> None:
    lines = render_er_diagram().splitlines()
    assert lines[0] == "erDiagram"
    assert '    documents ||--o{ turns : "document_id"' in lines
    assert '    categories ||--o{ codes : "codebook_id, category_id"' in lines
    assert "        TEXT document_id PK, FK" in lines
    assert not any("_long" in line for line in lines)


def test_page_of_a_store_is_that_of_a_new_one(tmp_path: Path) -> None:
    with Store(tmp_path / "study.db", create=True):
        pass
    assert describe_schema(tmp_path / "study.db") == describe_schema()
    assert render_er_diagram(tmp_path / "study.db") == render_er_diagram()
