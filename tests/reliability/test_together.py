"""Several programs at once on one store, and the same notes on two machines."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from reliability.nursery import Nursery
from reliability.states import faults_of, is_clear
from reliability.tally import Tally, tries
from reliability.test_killed import Reviewer, ended_by
from studies import ANNA, SmallStudy, make_small_study, query

WRITERS = 4


@pytest.mark.usefixtures("loopback_only")
def test_four_programs_tag_while_the_page_is_open(study: SmallStudy, nursery: Nursery, tally: Tally) -> None:
    assert nursery.run(study.folder, "tag", "notes").status == 0
    with ended_by(nursery.start(study.folder, "review", "--no-browser", "--idle", "1", "--coder", "Ana")) as child:
        page = Reviewer(child)
        (document, position), *_ = query(study.store_path, "SELECT document_id, position FROM segments WHERE is_coded")
        for again in range(tries(20)):
            folders = []
            for writer in range(WRITERS):
                folder = study.folder / f"notes{again}_{writer}"
                folder.mkdir()
                for number in range(3):
                    text = "".join(ANNA.replace("Anna", f"A{again}{writer}{number}{turn}") for turn in range(4))
                    (folder / f"{again}{writer}{number}.txt").write_text(text, encoding="utf-8")
                folders.append(folder.name)
            running = [nursery.start(study.folder, "tag", name, "--region", "Northfield") for name in folders]
            stored = [page.decide(document, position, "delays", word) for word in ("reject", "unsure", "accept")]
            ends = [one.wait() for one in running]
            tally.tried += WRITERS
            for end in ends:
                clear = end.status == 0 or (end.status == 1 and is_clear(end.said, "in use by another program"))
                tally.check_clear(clear and "database is locked" not in end.said, end.said)
            written = 3 * sum(end.status == 0 for end in ends)
            found = "SELECT count(*) FROM documents d JOIN coverage USING (document_id) WHERE d.name GLOB ?"
            tally.check_kept(
                query(study.store_path, found, f"{again}[0-9][0-9].txt") == [(written,)], "a lost document"
            )
            tally.check_kept(all(stored), "a decision was not stored")
    tally.lost += faults_of(study.store_path)


IDS = (
    "SELECT name, document_id, text_hash, source_hash, reading_hash FROM documents ORDER BY 1",
    "SELECT codebook_id FROM codebooks ORDER BY 1",
    "SELECT run_hash, model_hash, settings FROM runs ORDER BY 1",
    "SELECT d.name, s.position, s.start, s.end, c.code_id, c.probability, c.status FROM codings c "
    "JOIN segments s USING (segment_id) JOIN documents d USING (document_id) ORDER BY 1, 2, 5",
)
PLACES = (
    {"TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C"},
    {"TZ": "America/St_Johns", "LANG": "el_GR.UTF-8", "PYTHONHASHSEED": "7"},
    {"TZ": "UTC", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
)


def test_the_same_notes_have_the_same_ids_on_every_machine(study: SmallStudy, nursery: Nursery, tally: Tally) -> None:
    assert nursery.run(study.folder, "tag", "notes").status == 0
    ids = [query(study.store_path, sql) for sql in IDS]
    assert all(ids)
    for number, place in enumerate(PLACES):
        other = make_small_study(study.folder.parent / f"Žemaičių {'long' * 30} {number}" / "study")
        files = sorted(other.notes.glob("*.txt"), reverse=True)
        if number == 1:  # the files are read in the other order, one after the other
            ends = [nursery.run(other.folder, "tag", f"notes/{file.name}", env=place) for file in files]
        else:
            ends = [nursery.run(other.folder, "tag", *(f"notes/{file.name}" for file in files), env=place)]
        tally.tried += 1
        assert all(end.status == 0 for end in ends), ends
        for sql, expected in zip(IDS, ids, strict=True):
            tally.check_kept(query(other.store_path, sql) == expected, f"{place}: {sql[:40]}")
        times = query(other.store_path, "SELECT started_utc, finished_utc FROM runs")
        tally.check_kept(all(re.search(r"(\+00:00|Z)$", time) for row in times for time in row), f"not UTC: {times}")


def test_a_copy_of_an_open_store_is_whole(study: SmallStudy, nursery: Nursery, tmp_path: Path, tally: Tally) -> None:
    """What people do: copy the file while the program has it open."""
    assert nursery.run(study.folder, "tag", "notes").status == 0
    for number in range(tries(20)):
        study.write(f"new{number}.txt", ANNA.replace("Anna", f"Anna{number}"))
        assert nursery.run(study.folder, "tag", f"notes/new{number}.txt", "--region", "Northfield").status == 0
        copy = Path(shutil.copy(study.store_path, tmp_path / "copy.db"))
        tally.tried += 1
        found = query(copy, "SELECT count(*) FROM documents")
        tally.check_kept(found == [(4 + number,)], f"{found} of {4 + number} documents in the copy")
        tally.lost += faults_of(copy)
