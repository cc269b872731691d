from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.errors import CodebookError, ReadError, SelectionError, StoreError, StudyError
from qualcode.flow import tagging
from qualcode.review import Decision, Place
from qualcode.store import Filter, Store
from qualcode.study import Study
from studies import ANNA, BEN, SmallStudy, dump, query


def kinds(report: flow.TagReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.retagged, report.unchanged


ALL = [
    ("anna.txt", "delays", "auto"),
    ("anna.txt", "fares", "auto"),
    ("ben.txt", "funding", "auto"),
    ("ben.txt", "delays", "pending"),
    ("cleo.txt", "fares", "auto"),
    ("cleo.txt", "delays", "auto"),
    ("cleo.txt", "delays", "auto"),
]


def test_new_notes_are_stored_with_their_codings(study: SmallStudy) -> None:
    report = study.tag()
    assert kinds(report) == (3, 0, 0, 0)
    assert study.codings() == ALL
    assert report.codings == {"auto": 6, "pending": 1}
    # Respondents only: Anna 22, Ben 17, Cleo and Dora 23 words; 4 + 3 + 4 sentences.
    assert (report.words, report.segments) == (62, 11)
    assert report.by_category == [("Money", 3, 0), ("Service", 3, 1)]
    assert (report.tagger, report.store) == ("rules.v1", study.store_path)


def test_a_question_of_the_interviewer_is_kept_and_never_coded(study: SmallStudy) -> None:
    study.tag()
    rows = query(study.store_path, "SELECT role, text FROM segments_long WHERE text LIKE '%late?%'")
    assert rows == [("interviewer", "Is the bus late?")]
    with Store(study.store_path, read_only=True) as store:
        assert {row["role"] for row in store.codings()} == {"respondent"}


def test_twice_the_same_command_is_the_same_store_byte_for_byte(study: SmallStudy) -> None:
    study.tag()
    before, bytes_before = dump(study.store_path), study.store_path.read_bytes()
    report = study.tag()
    assert kinds(report) == (0, 0, 0, 3)
    assert report.by_category == [("Money", 3, 0), ("Service", 3, 1)]
    assert dump(study.store_path) == before
    assert study.store_path.read_bytes() == bytes_before


def test_tagging_anew_what_has_not_changed_gives_the_same_store(study: SmallStudy) -> None:
    study.tag()
    before = dump(study.store_path)
    report = study.tag(retag=True)
    assert kinds(report) == (0, 0, 3, 0)
    assert report.codings == {"auto": 6, "pending": 1}
    assert dump(study.store_path) == before


def test_in_one_go_or_one_by_one_gives_the_same_codings(study: SmallStudy) -> None:
    for name in ("cleo.txt", "anna.txt", "ben.txt"):
        study.tag(study.notes / name)
    assert study.codings() == ALL


def test_a_changed_file_is_a_new_version_and_its_old_codings_stay_readable(study: SmallStudy) -> None:
    study.tag()
    study.write("anna.txt", ANNA.replace("always late", "always on time"))
    report = study.tag()
    assert kinds(report) == (0, 1, 0, 2)
    assert study.documents()["anna.txt"]["version"] == 2
    assert study.codings(code="delays")[0] == ("ben.txt", "delays", "pending")
    old = query(
        study.store_path,
        """SELECT substr(d.text, s.start + 1, s.end - s.start), c.code_id
           FROM codings c JOIN segments s USING (segment_id) JOIN documents d USING (document_id)
           WHERE d.name = 'anna.txt' AND d.version = 1 ORDER BY s.position""",
    )
    assert old == [
        ("The bus is always late in the evening.", "delays"),
        ("The ticket costs too much, it is terrible.", "fares"),
    ]


def test_a_file_changed_back_takes_up_its_old_codings(study: SmallStudy) -> None:
    study.tag()
    study.write("anna.txt", "R1: Nothing.")
    study.tag()
    study.write("anna.txt", ANNA)
    study.tag()
    assert study.codings() == ALL
    (current,) = query(study.store_path, "SELECT count(*) FROM documents WHERE name = 'anna.txt' AND is_current = 1")
    assert current == (1,)


def test_a_new_file_leaves_the_others_as_they_are(study: SmallStudy) -> None:
    study.tag()
    study.write("dan.txt", "---\nregion: Southport\n---\nR1: There is no money.\n")
    report = study.tag()
    assert kinds(report) == (1, 0, 0, 3)
    assert report.codings == {"auto": 1}
    assert report.by_category == [("Money", 4, 0), ("Service", 3, 1)]


def test_a_changed_codebook_tags_again(study: SmallStudy) -> None:
    study.tag()
    study.codebook('regex: "slow"', 'regex: "the (?:road|street)"')
    study.codebook("version: 1.0.0", "version: 1.1.0")
    report = study.tag()
    assert kinds(report) == (0, 0, 3, 0)
    assert study.codings() == ALL  # the same, found by another cue
    with Store(study.store_path, read_only=True) as store:
        assert {row["codebook_version"] for row in store.codings()} == {"1.1.0"}
        (made,) = store.coverage_codebooks()
        assert made["version"] == "1.1.0"


def test_a_comment_in_the_codebook_changes_nothing(study: SmallStudy) -> None:
    study.tag()
    study.codebook("id: night_buses\n", "# Reviewed in May.\nid: night_buses\n")
    assert kinds(study.tag()) == (0, 0, 0, 3)


def test_another_tagger_or_threshold_tags_again(study: SmallStudy) -> None:
    study.tag()
    study.settings("[thresholds]\nauto = 0.3\n")
    report = study.tag()
    assert kinds(report) == (0, 0, 3, 0)
    assert (report.thresholds.auto, report.thresholds.review) == (0.3, 0.29)
    assert {status for _, _, status in study.codings()} == {"auto"}
    study.settings("[thresholds]\nauto = 0.9\n")
    study.tag()
    assert {status for _, _, status in study.codings()} == {"pending"}


def test_a_corrected_attribute_is_updated_without_tagging_again(
    study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.tag()
    runs = query(study.store_path, "SELECT * FROM runs")
    study.metadata("ben.txt,Southport,driver,interview,2025-02-11", "ben.txt,Northfield,passenger,interview,2025-02-12")

    def refuse(*_given: object) -> None:
        raise AssertionError("a document was tagged")

    monkeypatch.setattr("qualcode.tag.RulesTagger.score", refuse)
    report = study.tag()
    assert (kinds(report), report.attributes_updated) == ((0, 0, 0, 3), 1)
    found = study.documents()["ben.txt"]
    assert [found[name] for name in ("region", "stakeholder_group", "date")] == [
        "Northfield",
        "passenger",
        "2025-02-12",
    ]
    assert found["version"] == 1
    assert query(study.store_path, "SELECT * FROM runs") == runs
    assert study.tag().attributes_updated == 0


def test_attributes_are_corrected_while_another_file_is_tagged(study: SmallStudy) -> None:
    study.tag()
    study.write("anna.txt", "R1: The bus is late.")
    study.metadata("ben.txt,Southport", "ben.txt,Northfield")
    report = study.tag()
    assert (kinds(report), report.attributes_updated) == ((0, 1, 0, 2), 1)


def test_a_changed_role_is_a_new_version(study: SmallStudy) -> None:
    study.tag()
    report = study.tag(options=flow.read_options(speakers=["Cleo=facilitator"]))
    assert kinds(report) == (0, 1, 2, 0)  # the others were looked at with this setting in mind
    assert [row for row in study.codings() if row[0] == "cleo.txt"] == [("cleo.txt", "delays", "auto")]  # Dora's


def test_an_encoding_named_later_is_a_new_version(study: SmallStudy) -> None:
    study.write("ben.txt", "R1: Le bus est en retard. It is late, voilà.".encode("cp1252"))
    study.tag()
    by_option = flow.read_options(encoding="mac_roman")
    assert kinds(study.tag(study.notes / "ben.txt", options=by_option)) == (0, 1, 0, 0)
    (text,) = query(study.store_path, "SELECT text FROM documents WHERE name = 'ben.txt' AND is_current = 1")
    assert "voil‡" in text[0]  # byte E0 in Mac Roman


def test_a_missing_region_is_refused_with_the_files_and_the_ways_out(study: SmallStudy) -> None:
    study.metadata("ben.txt,Southport", "ben.txt,")
    study.write("dan.txt", "R1: Hello.")
    with pytest.raises(SelectionError) as caught:
        study.tag()
    message = str(caught.value)
    assert message.startswith("The region of 2 document(s) is not known:\n  ben.txt\n  dan.txt\n")
    assert all(way in message for way in ("documents.csv", "front matter", "--region", "--allow-missing"))
    assert not study.store_path.exists()


def test_a_long_list_of_files_without_region_is_cut(study: SmallStudy) -> None:
    for number in range(30):
        study.write(f"more_{number:02}.txt", "R1: Hello.")
    with pytest.raises(SelectionError, match="The region of 30 document") as caught:
        study.tag()
    assert "… and 10 more" in str(caught.value)
    assert "more_20" not in str(caught.value)


def test_a_refused_run_leaves_the_store_byte_for_byte(study: SmallStudy) -> None:
    study.tag()
    before = study.store_path.read_bytes()
    study.metadata("ben.txt,Southport", "ben.txt,")
    study.write("anna.txt", "R1: Changed.")
    with pytest.raises(SelectionError):
        study.tag()
    assert study.store_path.read_bytes() == before


def test_files_without_region_are_stored_when_allowed_and_completed_later(study: SmallStudy) -> None:
    study.metadata("ben.txt,Southport", "ben.txt,")
    study.tag(options=flow.ReadOptions(allow_missing=True))
    assert study.documents()["ben.txt"]["region"] is None
    study.metadata("ben.txt,", "ben.txt,Southport")
    report = study.tag()
    assert (report.unchanged, report.attributes_updated) == (3, 1)
    assert study.documents()["ben.txt"]["region"] == "Southport"


def test_a_region_that_is_not_planned_is_refused_with_the_near_match(study: SmallStudy) -> None:
    study.metadata("ben.txt,Southport", "ben.txt,Southprot")
    with pytest.raises(SelectionError) as caught:
        study.tag()
    assert str(caught.value) == ('ben.txt: There is no region "Southprot" in the study. Did you mean "Southport"?')
    assert not study.store_path.exists()


def test_without_a_plan_every_region_is_welcome(study: SmallStudy) -> None:
    settings = (study.folder / "qualcode.toml").read_text(encoding="utf-8")
    (study.folder / "qualcode.toml").write_text(settings.split("[regions", maxsplit=1)[0], encoding="utf-8")
    study.metadata("ben.txt,Southport", "ben.txt,Atlantis")
    study.tag()
    assert study.documents()["ben.txt"]["region"] == "Atlantis"


def test_unreadable_files_are_named_and_the_rest_is_stored(study: SmallStudy) -> None:
    study.write("empty.txt", "")
    study.write("blank.txt", " \n\n")
    study.write("sound.txt", b"\x00\x01RIFF\x00\xff" * 50)
    study.write("photo.png", b"\x89PNG")
    report = study.tag(study.notes, study.folder / "gone.txt")
    assert kinds(report) == (3, 0, 0, 0)
    assert sorted(Path(problem.split(": ")[0]).name for problem in report.problems) == [
        "blank.txt",
        "empty.txt",
        "gone.txt",
        "sound.txt",
    ]
    assert [(Path(name).name, reason) for name, reason in report.skipped] == [
        ("photo.png", ".png is not a document format")
    ]
    assert study.codings() == ALL


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00"])
def test_nothing_readable_is_an_error_and_leaves_no_store(study: SmallStudy, content: bytes) -> None:
    path = study.write("ben.txt", content)
    with pytest.raises(ReadError, match=r"There is nothing to tag\.\n.*ben\.txt"):
        study.tag(path)
    assert not study.store_path.exists()


def test_a_run_that_fails_leaves_no_new_store(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def fail_in_the_second(_name: str, done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if done == 1:
            raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        study.tag(progress=fail_in_the_second)
    assert calls == 2
    assert sorted(path.name for path in study.folder.iterdir()) == ["codebook.yaml", "notes", "qualcode.toml"]


def test_a_run_that_fails_leaves_an_old_store_as_it_was(study: SmallStudy) -> None:
    study.tag(study.notes / "anna.txt", study.notes / "ben.txt")
    before = dump(study.store_path)
    study.metadata("ben.txt,Southport", "ben.txt,Northfield")
    study.write("anna.txt", "R1: Changed.")

    def stop(_name: str, done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study.tag(progress=stop)
    assert dump(study.store_path) == before  # not even Ben's region


def test_a_failed_run_does_not_remove_what_another_program_stored_meanwhile(study: SmallStudy) -> None:
    def fail_after_the_other() -> None:
        with tagging.opened(study.store_path):
            study.tag()
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        fail_after_the_other()
    assert study.codings() == ALL


def test_a_store_in_no_folder_is_refused(study: SmallStudy) -> None:
    work = flow.Workspace(study.work.study, study.folder / "no" / "x.db", study.work.codebook_path)
    with pytest.raises(StoreError, match="There is no folder"):
        flow.tag_documents([study.notes], work)


def test_without_a_kind_a_document_is_an_interview_and_that_is_said(study: SmallStudy) -> None:
    study.metadata("anna.txt,Northfield,passenger,interview", "anna.txt,Northfield,passenger,")
    report = study.tag()
    assert report.notes == ("1 document(s) without a kind are read as interviews.",)
    assert study.documents()["anna.txt"]["kind"] == "interview"


def test_progress_names_each_document_and_ends_with_all_done(study: SmallStudy) -> None:
    seen: list[tuple[str, int, int]] = []
    study.tag(progress=lambda *step: seen.append(step))
    assert seen == [("anna.txt", 0, 3), ("ben.txt", 1, 3), ("cleo.txt", 2, 3), ("", 3, 3)]
    seen.clear()
    study.tag(progress=lambda *step: seen.append(step))
    assert seen == []


def test_offsets_of_stored_codings_are_their_words_in_any_script(study: SmallStudy) -> None:
    study.write(
        "ben.txt",
        "R1: \U0001f68c Ελα! "
        "The bus… is LATE e\u0301te\u0301, \U0001f468\u200d\U0001f469\u200d\U0001f467. Няма: no money.\r\n"
        "R2: Slow.\r\n",
    )
    study.tag()
    rows = query(
        study.store_path,
        "SELECT d.text, c.start, c.end, c.text FROM codings_long c JOIN documents d USING (document_id)",
    )
    assert len(rows) > 5
    assert all(text[start:end] == quoted for text, start, end, quoted in rows)


def test_evidence_points_at_the_words_that_hit(study: SmallStudy) -> None:
    study.tag()
    (row,) = query(
        study.store_path,
        """SELECT d.text, json_extract(c.evidence, '$[0].start'), json_extract(c.evidence, '$[0].end')
           FROM codings_long c JOIN documents d USING (document_id)
           WHERE c.document = 'anna.txt' AND c.code = 'fares'""",
    )
    assert row[0][row[1] : row[2]] == "costs too much"


def test_documents_in_folders_keep_their_relative_names(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    (study.notes / "south").mkdir()
    (study.notes / "ben.txt").rename(study.notes / "south" / "ben.txt")
    study.metadata("ben.txt", "south/ben.txt")
    study.tag()
    assert sorted(study.documents()) == ["anna.txt", "cleo.txt", "south/ben.txt"]
    monkeypatch.chdir(study.notes / "south")
    assert kinds(study.tag(Path("ben.txt"))) == (0, 0, 0, 1)


def test_one_run_holds_all_documents_of_a_command(study: SmallStudy) -> None:
    study.tag()
    assert query(study.store_path, "SELECT count(*) FROM runs") == [(1,)]
    (run,) = query(study.store_path, "SELECT settings, seed, model_hash IS NOT NULL FROM runs")
    assert (json.loads(run[0]), *run[1:]) == ({"auto": 0.5, "review": 0.29}, 20250301, 1)


DRIVER = """
    import sys
    import time
    from contextlib import contextmanager
    from qualcode.cli import main

    @contextmanager
    def progress():
        def step(name, done, total):
            print(done, file=sys.stderr, flush=True)
            if done == {pause_at}:
                time.sleep(60)
        yield step

    sys.modules["qualcode.cli.app"]._progress = progress
    main()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize("has_store", [True, False])
def test_a_killed_run_leaves_the_store_as_it_was(study: SmallStudy, has_store: bool) -> None:
    for number in range(10):
        study.write(f"more_{number}.txt", f"---\nregion: Northfield\n---\n{BEN * 200}")
    before: list[str] = []
    if has_store:
        study.tag(study.notes / "anna.txt", study.notes / "ben.txt")
        study.write("anna.txt", "R1: Changed, and late.")
        before = dump(study.store_path)
    driver = textwrap.dedent(DRIVER).format(pause_at=9)
    with subprocess.Popen(
        [sys.executable, "-c", driver, "tag", "notes"], cwd=study.folder, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line.strip() == "9":
                break
        else:
            pytest.fail("tagging ended before it could be killed")
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    with Store(study.store_path) as store:  # opening undoes the half transaction
        assert sorted(store.known_documents()) == (["anna.txt", "ben.txt"] if has_store else [])
    if has_store:
        assert dump(study.store_path) == before
    assert study.tag().new == (11 if has_store else 13)
    with closing(sqlite3.connect(study.store_path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_codebooks_in_one_store_are_kept_apart(study: SmallStudy) -> None:
    study.tag()
    study.codebook("version: 1.0.0", "version: 2.0.0")
    study.tag(study.notes / "anna.txt")
    with Store(study.store_path, read_only=True) as store:
        made = [(row["version"], row["documents"]) for row in store.coverage_codebooks()]
        assert made == [("2.0.0", 1), ("1.0.0", 2)]
        assert len(store.codings(Filter())) == len(ALL)


def test_every_coding_of_the_demo_is_words_of_its_document(demo: Path) -> None:
    rows: list[tuple[Any, ...]] = query(
        demo / "qualcode.db",
        "SELECT d.text, c.start, c.end, c.text, c.role FROM codings_long c JOIN documents d USING (document_id)",
    )
    assert len(rows) > 200
    assert all(text[start:end] == quoted for text, start, end, quoted, _ in rows)
    assert {role for *_, role in rows} == {"respondent"}


def test_another_document_of_the_same_name_does_not_replace_the_first(tmp_path: Path, study: SmallStudy) -> None:
    folders = {region: tmp_path / "plain" / region.lower() for region in ("Crete", "Sofia")}
    work = flow.Workspace(Study(), tmp_path / "plain" / "qualcode.db")
    for region, folder in folders.items():
        folder.mkdir(parents=True)
        (folder / "notes.txt").write_text(f"I: Well?\nR: In {region} the bus is late.\n", encoding="utf-8")

    def tag(region: str, *, retag: bool = False) -> flow.TagReport:
        options = flow.read_options(attributes={"region": region})
        return flow.tag_documents([folders[region]], work, options=options, tagger_name="rules.v1", retag=retag)

    tag("Crete")
    before = dump(work.store_path)
    with pytest.raises(SelectionError, match=r"notes\.txt: the store has a document of this name for Crete"):
        tag("Sofia")
    assert dump(work.store_path) == before
    assert kinds(tag("Sofia", retag=True)) == (0, 1, 0, 0)


def test_a_region_spelled_almost_like_one_of_the_store_is_said(tmp_path: Path) -> None:
    work = flow.Workspace(Study(), tmp_path / "qualcode.db")
    notes = []
    for name, region in (("a.txt", "Crete"), ("b.txt", "Kreta")):
        path = tmp_path / name
        path.write_text(f"I: Well?\nR: Here it is {name}.\n", encoding="utf-8")
        options = flow.read_options(attributes={"region": region})
        notes = list(flow.tag_documents([path], work, options=options, tagger_name="rules.v1").notes)
    assert any('"Kreta" is new here; the store has "Crete"' in note for note in notes)


def test_every_region_the_plan_does_not_know_is_named(study: SmallStudy) -> None:
    path = study.notes / "documents.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("field", "feld").replace("port", "pord"), encoding="utf-8")
    with pytest.raises(SelectionError) as refused:
        study.tag()
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["anna.txt", "ben.txt", "cleo.txt"]
    assert 'Did you mean "Northfield"?' in lines[0]


def test_a_file_that_is_gone_is_said_to_stay_in_the_tables(study: SmallStudy) -> None:
    study.tag()
    (study.notes / "ben.txt").unlink()
    notes = study.tag().notes
    assert any(note.endswith("are not among these sources; they stay and count: ben.txt") for note in notes)
    assert "ben.txt" in study.documents()
    assert not any("not among these sources" in note for note in study.tag(study.notes / "anna.txt").notes)


def test_what_was_said_in_other_languages_is_told_with_how_it_was_read(study: SmallStudy) -> None:
    (study.folder / "cues").mkdir()
    cues = "codes:\n  delays:\n    - {regex: 'kommer (?:alltid )?för sent'}\n"
    (study.folder / "cues" / "sv.yaml").write_text(cues, encoding="utf-8")
    study.write("anna.txt", "Anna: Bussen kommer alltid för sent när det regnar här. Så är det.\n")
    study.write("ben.txt", "Ben: Autobusas vėluoja kiekvieną rytą, ir niekas nepaaiškina keleiviams kodėl.\n")
    report = study.tag()
    assert report.notes[-2:] == (
        "1 sentence(s) in lt were not read: the codebook has no cues of that language.",
        "2 sentence(s) in sv were read by cues of that language (rules only).",
    )
    assert [row for row in study.codings() if row[0] in ("anna.txt", "ben.txt")] == [("anna.txt", "delays", "auto")]


# --- topics asked ------------------------------------------------------------------------------


def ask(study: SmallStudy, topics: str) -> None:
    """Give Anna's note its topics."""
    lines = (study.notes / "documents.csv").read_text(encoding="utf-8").splitlines()
    added = [f"{lines[0].removesuffix(',topics_asked')},topics_asked"]
    added += [",".join(line.split(",")[:5]) + f",{topics if line.startswith('anna') else ''}" for line in lines[1:]]
    (study.notes / "documents.csv").write_text("\n".join(added) + "\n", encoding="utf-8")


def test_topics_asked_are_corrected_without_tagging_again(study: SmallStudy) -> None:
    study.tag()
    assert {row["topics_asked"] for row in study.documents().values()} == {None}
    runs = query(study.store_path, "SELECT * FROM runs")
    for topics, stored in (("1;Service", '["1","Service"]'), ("delays", '["delays"]'), ("", None)):
        ask(study, topics)
        report = study.tag()
        assert (kinds(report), report.attributes_updated) == ((0, 0, 0, 3), 1)
        assert study.documents()["anna.txt"]["topics_asked"] == stored
        assert study.tag().attributes_updated == 0
    assert query(study.store_path, "SELECT * FROM runs") == runs
    assert query(study.store_path, "SELECT count(DISTINCT version) FROM documents_long") == [(1,)]


def test_a_topic_the_codebook_does_not_know_is_refused_and_the_store_is_as_before(study: SmallStudy) -> None:
    study.tag()
    before = study.store_path.read_bytes()
    ask(study, "1;Servise")
    with pytest.raises(StudyError, match=r'documents\.csv:2: topics_asked names "Servise".*Did you mean "Service"'):
        study.tag()
    assert study.store_path.read_bytes() == before
    ask(study, "")
    study.settings('[documents."ben.txt"]\ntopics_asked = ["9", "funding"]\n')
    settings = (study.folder / "qualcode.toml").read_text(encoding="utf-8").splitlines()
    line = settings.index('topics_asked = ["9", "funding"]') + 1
    with pytest.raises(StudyError, match=rf'qualcode\.toml:{line}: \[documents\."ben\.txt"\] topics_asked names "9"'):
        study.tag()
    assert study.store_path.read_bytes() == before


def test_topics_come_from_the_settings_then_the_table_then_the_front_matter(study: SmallStudy) -> None:
    study.write("dan.txt", "---\nregion: Southport\ntopics_asked: [delays]\n---\nR1: There is no money.\n")
    study.tag()
    assert study.documents()["dan.txt"]["topics_asked"] == '["delays"]'
    study.settings('[documents."dan.txt"]\ntopics_asked = [1, "funding"]\n')
    assert study.tag().attributes_updated == 1
    assert study.documents()["dan.txt"]["topics_asked"] == '["1","funding"]'


def test_an_unknown_topic_in_front_matter_is_a_problem_of_that_file(study: SmallStudy) -> None:
    study.write("dan.txt", "---\nregion: Southport\ntopics_asked: [delay]\n---\nR1: There is no money.\n")
    report = study.tag()
    assert kinds(report) == (3, 0, 0, 0)
    (problem,) = report.problems
    assert 'dan.txt:3: topics_asked names "delay"' in problem
    assert 'Did you mean "Delays"?' in problem


def test_topics_are_asked_of_the_codebook_of_the_run(study: SmallStudy) -> None:
    ask(study, "fares")
    study.tag()
    study.codebook("id: fares", "id: tickets")
    with pytest.raises(StudyError, match=r'documents\.csv:2: topics_asked names "fares"'):
        study.tag()


# --- facets ------------------------------------------------------------------------------------

FACETS = """\
id: bus_facets
title: What is said about the bus
version: 1.0.0
categories:
  - id: party
    name: Who
    definition: Who bears it.
    colour: "#1f5fa8"
    codes:
      - id: families
        number: 1
        name: Families
        short_definition: A family bears it.
        definition: A family bears it.
        colour: "#2f6fb8"
        cues: [{regex: "for a family"}]
      - id: everybody
        number: 2
        name: Everybody
        short_definition: All bear it.
        definition: All bear it.
        colour: "#4f8fd8"
        cues: [{regex: "the town|(?<!bus )always|family"}, {regex: "garden", weight: 0.5}]
"""


def give_facets(study: SmallStudy, source: str = FACETS) -> None:
    (study.folder / "facets").mkdir(exist_ok=True)
    (study.folder / "facets" / "codebook.yaml").write_text(source, encoding="utf-8")


def facets(study: SmallStudy) -> list[tuple[str, str, str]]:
    with Store(study.store_path, read_only=True) as store:
        return [(row["document"], row["facet"], row["text"]) for row in store.facets()]


FOUND = [
    ("anna.txt", "everybody", "The bus is always late in the evening."),
    ("ben.txt", "everybody", "The town has no money for a second bus."),
    ("cleo.txt", "families", "It came late again, and the ticket costs too much for a family of five."),
    ("cleo.txt", "everybody", "It came late again, and the ticket costs too much for a family of five."),
    ("cleo.txt", "everybody", "We are always late."),
]


def test_a_codebook_without_facets_is_tagged_as_before(study: SmallStudy) -> None:
    report = study.tag()
    assert report.facet_segments is None
    assert facets(study) == []
    assert query(study.store_path, "SELECT facets_id FROM runs") == [(None,)]


def test_facets_of_respondents_sentences_are_stored_beside_the_codings(study: SmallStudy) -> None:
    give_facets(study)
    report = study.tag()
    assert report.facet_segments == 4
    assert facets(study) == FOUND
    assert study.codings() == ALL
    assert report.codings == {"auto": 6, "pending": 1}
    with Store(study.store_path, read_only=True) as store:
        made = store.facets_codebook()
        assert made is not None
        assert (made.id, store.codebook().id) == ("bus_facets", "night_buses")
    (row,) = query(
        study.store_path,
        """SELECT d.text, json_extract(f.evidence, '$[0].start'), json_extract(f.evidence, '$[0].end')
           FROM facets_long f JOIN documents d USING (document_id) WHERE facet = 'families'""",
    )
    assert row[0][row[1] : row[2]] == "for a family"


def test_twice_with_facets_is_the_same_store_byte_for_byte(study: SmallStudy) -> None:
    give_facets(study)
    study.tag()
    before = study.store_path.read_bytes()
    report = study.tag()
    assert (kinds(report), report.facet_segments) == ((0, 0, 0, 3), 0)
    study.tag(retag=True)
    give_facets(study, "# A remark.\n" + FACETS)
    assert kinds(study.tag()) == (0, 0, 0, 3)
    assert study.store_path.read_bytes() == before


def test_facets_that_come_change_or_go_tag_again(study: SmallStudy) -> None:
    study.tag()
    give_facets(study)
    assert kinds(study.tag()) == (0, 0, 3, 0)
    assert facets(study) == FOUND
    give_facets(study, FACETS.replace("the town|", "").replace("1.0.0", "1.0.1"))
    assert kinds(study.tag()) == (0, 0, 3, 0)
    assert facets(study) == [FOUND[0], *FOUND[2:]]
    (study.folder / "facets" / "codebook.yaml").unlink()
    assert kinds(study.tag()) == (0, 0, 3, 0)
    assert facets(study) == []
    assert study.codings() == ALL
    assert query(study.store_path, "SELECT count(*) FROM runs") == [(3,)]


def test_sentences_in_another_language_have_no_facets(study: SmallStudy) -> None:
    give_facets(study)
    study.write("ben.txt", "Ben: Bussen kommer alltid för sent när det regnar, sade the town till mig igår kväll.\n")
    study.tag()
    assert "1 sentence(s) in sv" in study.tag(retag=True).notes[-1]
    assert [row for row in facets(study) if row[0] == "ben.txt"] == []


def test_faulty_facets_are_refused_and_the_store_is_as_before(study: SmallStudy) -> None:
    study.tag()
    before = study.store_path.read_bytes()
    give_facets(study, FACETS.replace("version: 1.0.0", "version: one"))
    with pytest.raises(CodebookError, match=r"facets.codebook\.yaml:3: version is"):
        study.tag()
    give_facets(study, FACETS.replace("version: 1.0.0", "version: 1.0.0\nlanguage: sv"))
    with pytest.raises(CodebookError, match=r"facets.codebook\.yaml: language is"):
        study.tag(study.notes / "anna.txt", retag=True)
    assert study.store_path.read_bytes() == before


def test_what_people_decided_stays_with_the_version_they_read(study: SmallStudy) -> None:
    study.tag()
    with Store(study.store_path) as store:
        place = Place(store.known_documents()["anna.txt"].document_id, 3)
        store.verdicts.decide("Ada", [Decision(place, "fares", "reject")], looked=[place])
    assert not any("decision" in note for note in study.tag(retag=True).notes)
    study.write("anna.txt", ANNA.replace("Goodbye then.", "Goodbye."))
    said = (
        "1 decision(s) of people and 1 look(s) at a whole sentence stay with version 1 of anna.txt; the new version "
        "starts without them."
    )
    assert said in study.tag().notes
    assert ("anna.txt", "fares", "auto") in study.codings()
    study.write("anna.txt", ANNA)  # the old words come back, and with them what was said of them
    study.tag()
    assert ("anna.txt", "fares") not in {(name, code) for name, code, _ in study.codings()}
