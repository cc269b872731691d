from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from qualcode.present.standoff import read_standoff, write_standoff


def coding(start: int, end: int, code: str = "fares", **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "code": code, "probability": 0.5, "status": "auto", "decided_by": "", **more}


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_annotations_count_code_points_and_say_how_sure_they_are() -> None:
    text = "🚌 ξ: Too dear."
    codings = [coding(5, 14), coding(5, 14, "delays", probability=None, status="accepted", decided_by="Ana; Ben")]
    files = parts(write_standoff([("ana.txt", text, codings)]))
    assert files["ana.txt"] == text
    assert files["ana.ann"].splitlines() == [
        "T1\tfares 5 14\tToo dear.",
        "#1\tAnnotatorNotes T1\tprobability 0.5000, auto",
        "T2\tdelays 5 14\tToo dear.",
        "#2\tAnnotatorNotes T2\taccepted by Ana; Ben",
    ]
    assert files["annotation.conf"].startswith("[entities]\ndelays\nfares\n\n[relations]")


def test_words_over_several_lines_have_a_fragment_a_line() -> None:
    files = parts(write_standoff([("a", "It is\n\ntoo dear.", [coding(0, 16)])]))
    assert files["a.ann"].splitlines()[0] == "T1\tfares 0 5;7 16\tIt is too dear."


def test_names_are_safe_and_told_apart() -> None:
    names = ["a.txt", "A.docx", "a", "../up", "x:y?", "in/side.txt"]
    files = parts(write_standoff([(name, name, []) for name in names]))
    assert [name for name in files if name.endswith(".txt")] == [
        "a.txt", "A.docx.txt", "a (2).txt", "up.txt", "x_y_.txt", "in/side.txt",
    ]  # fmt: skip
    assert all(name.removesuffix(".txt") + ".ann" in files for name in files if name.endswith(".txt"))


def test_the_same_study_gives_the_same_bytes_and_reads_back() -> None:
    documents = [("a.txt", "one\ntwo", [coding(0, 7)]), ("b.txt", "", [])]
    content = write_standoff(documents)
    assert content == write_standoff(documents)
    assert read_standoff(content) == [("a.txt", "one\ntwo", [(0, 7, "fares", "one two")]), ("b.txt", "", [])]
