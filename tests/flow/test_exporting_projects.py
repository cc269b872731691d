from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.flow import Workspace, export_project, import_project, open_workspace
from qualcode.flow.study_files import STUDY_PART
from qualcode.refi import Project
from qualcode.store import Store

from .exported_study import read, without


def test_two_exports_of_one_state_are_the_same_to_the_byte(
    decided_work: Workspace, exported: flow.ProjectExport
) -> None:
    assert export_project(decided_work).content == exported.content


def test_through_another_program_people_keep_their_codings_and_a_machine_becomes_nobody(
    exported: flow.ProjectExport, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.qdpx"
    path.write_bytes(without(exported.content, STUDY_PART))
    other = open_workspace(store=tmp_path / "other.db")
    report = import_project(other, path)
    back, went = read(export_project(other).content), read(exported.content)

    def codings(project: Project) -> Counter[tuple[str, str, int, int, str, str]]:
        names = {user.guid: user.name for user in project.users}
        return Counter(
            (source.name, source.text[s.start : s.end], s.start, s.end, coding.code, names[coding.user or ""])
            for source in project.sources
            for s in source.selections
            for coding in s.codings
        )

    people = Counter({one: 1 for one in codings(went) if one[-1] == "Ana"})
    assert report.match is not None
    assert (report.match.is_own, report.is_verified, report.passages) == (False, True, people.total())
    assert {"coding of a machine"} == {loss.what for loss in report.losses}
    assert report.losses[0].count == exported.codings - report.passages
    assert codings(back) == people


def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db", create=True):
        pass
    with pytest.raises(SelectionError, match="holds no document"):
        export_project(open_workspace(store=tmp_path / "empty.db"))
