"""What is shown before a share leaves is what is in it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.aggregate import BOUND_COLUMNS
from qualcode.present import combined_text, share_preview
from qualcode.present.summary import RECORD_COLUMNS
from shared_regions import Team, make_team


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return make_team(tmp_path_factory.mktemp("team") / "study", ["Kappa"])


def test_every_document_and_code_is_shown(team: Team) -> None:
    draft = flow.prepare_share(team.work, "Kappa", smallest=1)
    text = share_preview(draft.share, draft.names)
    for name, document in zip(draft.names, draft.share.documents, strict=True):
        (line,) = [line for line in text.splitlines() if line.startswith(name)]
        assert line.split()[1:] == [document.id, document.stakeholder_group, "en", document.kind, "Southland",
                                    str(document.words), str(document.segments)]  # fmt: skip
    silos = [row for row in draft.share.codes.counted if row.unit == "silos"]
    (line,) = [line for line in text.splitlines() if " Silos " in line]
    waiting = sum(row.segments for row in draft.share.codes.pending if row.unit == "silos")
    told = [len(silos), sum(row.segments for row in silos), sum(row.words for row in silos), waiting]
    assert line.split() == ["1", "Silos", *map(str, told)]
    assert "Also told: codebook mini 1.0.0" in text
    assert "Not told: text, names of files, speakers and coders, memos, days, positions." in text
    assert not text.endswith("\n")  # who prints it ends the line


def test_what_is_withheld_says_so(team: Team) -> None:
    draft = flow.prepare_share(team.work, "Kappa", smallest=5)
    hidden = draft.share.hidden("counted")
    text = share_preview(draft.share, draft.names)
    lines = {line.split()[1].casefold(): line for line in text.splitlines() if line[:2].strip().isdigit()}
    assert hidden
    assert {code for code, line in lines.items() if line.split()[2] == "withheld"} == hidden
    assert "Withheld: a code that 1 to 4 documents raise, or fewer than 5 were asked about" in text


def test_tables_for_programs_have_the_bounds(team: Team, tmp_path: Path) -> None:
    def columns(smallest: int) -> list[str]:
        found = flow.combine(team.work, [team.share("Kappa", smallest=smallest)])
        text = combined_text(found.frame, by=found.by, notes=found.notes, output="csv")
        assert isinstance(text, str)
        return next(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))

    assert columns(1) == list(RECORD_COLUMNS)
    assert columns(5) == [*RECORD_COLUMNS, *BOUND_COLUMNS]
