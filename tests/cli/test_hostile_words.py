"""Words of a transcript, a code or a memo that are markup stay words in every table of HTML.

For the report see `tests/present/test_report_html.py`, for the pages `tests/web/test_pages.py`.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from web.hostile import PAYLOADS, make_hostile_study

from .test_app import Ran


class _Elements(HTMLParser):
    """Names and attributes of the elements that a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def assert_inert(page: str) -> None:
    for tag, attributes in _Elements(page).found:
        assert tag != "script"
        for name, value in attributes:
            assert not name.startswith("on"), (tag, name)
            assert not (value or "").strip().casefold().startswith("javascript:"), (tag, name)
            assert tag != "img" or name != "src" or (value or "").startswith("data:")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_tables_are_inert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payload: str) -> None:
    work, _ = make_hostile_study(tmp_path / "study", payload)
    monkeypatch.chdir(work.store_path.parent)
    Path("qualcode.toml").write_text("[study]\nbootstrap_draws = 100\n", encoding="utf-8")
    for command in (["codings"], ["quotes"], ["search", "fare"], ["summarize"], ["agreement"], ["status"]):
        ran = Ran(*command, "--format", "html")
        assert ran.code == 0, ran.err
        assert_inert(ran.out)
