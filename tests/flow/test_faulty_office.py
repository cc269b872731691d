"""Faults 12 to 15 as a run of the tagger meets them."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml

from qualcode.errors import ReadError
from studies import SmallStudy, dump, query

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _with_changes() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("Interviewer:").bold = True
    paragraph.add_run(" How is the bus?")
    paragraph = document.add_paragraph()
    paragraph.add_run("Dora:").bold = True
    said = paragraph.add_run(" It is ")
    for change in ('ins w:id="1" w:author="x"', 'del w:id="2" w:author="x"'):
        tag, words = (
            ("t", "late. ") if change.startswith("ins") else ("delText", "early, and the ticket costs too much.")
        )
        paragraph._p.append(
            parse_xml(f'<w:{change} {W}><w:r><w:{tag} xml:space="preserve">{words}</w:{tag}></w:r></w:{change[:3]}>')
        )
    document.add_comment(said, text="Does she mean that there is no money?", author="Ana")
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def test_12_only_what_was_said_is_coded_and_the_rest_is_told(study: SmallStudy) -> None:
    path = study.write("dora.docx", _with_changes())
    study.metadata("ben.txt", "dora.docx,Northfield,passenger,interview,2025-01-10\nben.txt")
    study.tag(path)
    assert study.codings() == [("dora.docx", "delays", "auto")]
    assert query(study.store_path, "SELECT role, speaker FROM turns ORDER BY position")[:2] == [
        ("interviewer", "Interviewer"),
        ("respondent", "Dora"),
    ]
    assert "1 deleted run" in query(study.store_path, "SELECT left_out FROM documents")[0][0]


def test_13_a_file_that_cannot_be_read_is_named_and_changes_nothing(tagged: SmallStudy) -> None:
    before = dump(tagged.store_path)
    for name, raw, cause in (
        ("renamed.docx", b"Only words.", "not a zip archive"),
        ("secret.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password-protected"),
        ("broken.odt", b"PK\x03\x04", "damaged"),
        ("renamed.rtf", b"Only words.", "is not RTF"),
        ("empty.html", b"<html></html>", "holds no text"),
    ):
        with pytest.raises(ReadError, match=f"There is nothing to tag.\n.*{name}: .*{cause}"):
            tagged.tag(tagged.write(name, raw))
    assert dump(tagged.store_path) == before
