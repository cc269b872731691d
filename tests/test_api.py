from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import qualcode
from qualcode.aggregate import CODING_COLUMNS, DOCUMENT_COLUMNS, SUMMARY_COLUMNS
from qualcode.api import StudyStore
from qualcode.codebook import Codebook
from qualcode.errors import SelectionError, StoreError
from qualcode.model import Attributes, Block, Coding, Document, Segment, Transcript, Turn, count_words
from qualcode.store import RunRecord, Store, TaggedDocument

CODES = {"pay": (1, "money"), "invest": (2, "money"), "silos": (3, "data")}
SENTENCES = (
    "The payer does not pay for this therapy.",
    "And nobody invests in our small firm.",
    "The hospital records sit in five systems.",
    "We had coffee.",
)


def codebook() -> Codebook:
    def code(name: str) -> dict[str, Any]:
        number, _ = CODES[name]
        words = {"name": name.capitalize(), "short_definition": name, "definition": name}
        return {"id": name, "number": number, "colour": f"#00000{number}", **words}

    categories = [
        {
            "id": category,
            "name": category.capitalize(),
            "definition": category,
            "colour": "#ffffff",
            "codes": [code(name) for name in CODES if CODES[name][1] == category],
        }
        for category in ("money", "data")
    ]
    return Codebook.model_validate({"id": "mini", "title": "Mini", "version": "1.0.0", "categories": categories})


def tagged(name: str, attributes: Attributes, codings: list[Coding]) -> TaggedDocument:
    """A document of one respondent turn that says all `SENTENCES`."""
    text = " ".join(SENTENCES)
    segments = []
    for position, sentence in enumerate(SENTENCES):
        start = text.index(sentence)
        segments.append(Segment(position, 0, start, start + len(sentence), sentence, count_words(sentence)))
    document = Document(name, text, (Block(0, len(text), "paragraph"),), attributes, source_hash=f"sha256:{name}")
    transcript = Transcript(document, (Turn(0, 0, len(text), "R1", "respondent"),), tuple(segments))
    return TaggedDocument(transcript, tuple(codings), "b2:reading")


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    path = tmp_path / "qualcode.db"
    run = RunRecord(
        coder="rules.v1",
        coder_kind="rules",
        model_hash="b2:model",
        settings={"auto": 0.6, "review": 0.3},
        seed=1,
        qualcode_version="0.1.0",
        started_utc="2025-03-01T10:00:00+00:00",
    )
    crete, sofia = (
        Attributes(region, "X", "industry", "interview", "2024-05-01", "en") for region in ("Crete", "Sofia")
    )
    items = [
        tagged("c1.txt", crete, [Coding(0, "pay", 0.9, "auto", intense=True), Coding(1, "invest", 0.8, "auto")]),
        tagged("c2.txt", crete, [Coding(0, "pay", 0.7, "auto"), Coding(1, "pay", 0.8, "auto")]),
        tagged("s1.txt", sofia, [Coding(2, "silos", 0.9, "auto"), Coding(0, "pay", 0.4, "pending")]),
        tagged("s2.txt", Attributes("Sofia", "X", "academia", "workshop", "2023", "en"), []),
    ]
    with Store(path, create=True) as store:
        store.save_run(run, codebook(), items)
    return path


@pytest.fixture
def study(store_file: Path) -> Iterator[StudyStore]:
    with qualcode.open(store_file) as opened:
        yield opened


def test_summary_counts_what_the_store_holds(study: StudyStore) -> None:
    df = study.summary(by="region")
    assert list(df.columns) == list(SUMMARY_COLUMNS)
    counted = [
        "group",
        "code",
        "documents",
        "documents_with_code",
        "segments",
        "words",
        "group_words",
        "segments_pending",
    ]
    assert df[counted].values.tolist() == [
        ["Crete", "pay", 2, 2, 3, 23, 50, 0],
        ["Crete", "invest", 2, 1, 1, 7, 50, 0],
        ["Crete", "silos", 2, 0, 0, 0, 50, 0],
        ["Sofia", "pay", 2, 0, 0, 0, 50, 1],
        ["Sofia", "invest", 2, 0, 0, 0, 50, 0],
        ["Sofia", "silos", 2, 1, 1, 7, 50, 0],
    ]


def test_categories_are_counted_by_segment(study: StudyStore) -> None:
    df = study.frequency(by=None, level="category")
    assert df[["code", "documents_with_code", "segments"]].values.tolist() == [["money", 2, 4], ["data", 1, 1]]


def test_frequency_and_emphasis_share_out_the_summary(study: StudyStore) -> None:
    summary, frequency, emphasis = study.summary(), study.frequency(), study.emphasis()
    assert set(frequency.columns) | set(emphasis.columns) == set(summary.columns)
    pd.testing.assert_frame_equal(summary[list(frequency.columns)], frequency)
    pd.testing.assert_frame_equal(summary[list(emphasis.columns)], emphasis)
    assert emphasis.attrs["seed"] == 20250301


def test_the_attribute_that_groups_chooses_rows_against_all_others(study: StudyStore) -> None:
    whole = study.summary(by="region", seed=7)
    crete = study.summary(by="region", region="Crete", seed=7)
    pd.testing.assert_frame_equal(whole[whole["group"] == "Crete"], crete)
    assert crete["relative_emphasis"].notna().any()
    pd.testing.assert_frame_equal(study.summary(by="region", region="CRETE", seed=7), crete)


def test_other_attributes_choose_documents(study: StudyStore) -> None:
    assert study.summary(by="region", kind="workshop")["group"].unique().tolist() == ["Sofia"]
    assert study.summary(by="kind", region="Crete")["documents"].unique().tolist() == [2]
    assert study.documents(since="2024-01-01")["name"].tolist() == ["c1.txt", "c2.txt", "s1.txt"]


def test_settings_come_from_the_study_beside_the_store(store_file: Path) -> None:
    store_file.with_name("qualcode.toml").write_text("[study]\nseed = 5\nsmall_group = 2\n", encoding="utf-8")
    with qualcode.open(store_file) as study:
        df = study.summary(draws=100)
    assert (df.attrs["seed"], df.attrs["draws"]) == (5, 100)
    assert set(df["flag"]) == {""}


def test_given_numbers_replace_those_of_the_study(study: StudyStore) -> None:
    df = study.emphasis(seed=7, draws=100, small_group=1)
    assert (df.attrs["seed"], df.attrs["draws"], df.attrs["small_group"]) == (7, 100, 1)
    assert study.settings.small_group == 5


@pytest.mark.parametrize("options", [{"by": "speaker"}, {"level": "theme"}, {"draws": 0}, {"seed": -1}])
def test_wrong_options_are_wrong_use(study: StudyStore, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        study.summary(**options)


def test_codings_come_with_the_words_they_are_about(study: StudyStore) -> None:
    df = study.codings(region="Crete")
    assert list(df.columns) == list(CODING_COLUMNS)
    assert df[["document", "code_number", "text"]].values.tolist()[:2] == [
        ["c1.txt", 1, SENTENCES[0]],
        ["c1.txt", 2, SENTENCES[1]],
    ]
    assert df["is_intense"].tolist() == [True, False, False, False]
    assert study.codings(status="pending")["document"].tolist() == ["s1.txt"]


@pytest.mark.parametrize("code", [3, "silos", "Silos", [3]])
def test_codes_are_chosen_by_number_id_or_name(study: StudyStore, code: Any) -> None:
    assert study.codings(code=code)["document"].tolist() == ["s1.txt"]


def test_quotes_join_neighbours_and_leave_pending_out(study: StudyStore) -> None:
    df = study.quotes()
    assert df[["code", "document", "text"]].values.tolist() == [
        ["pay", "c1.txt", SENTENCES[0]],
        ["pay", "c2.txt", f"{SENTENCES[0]} {SENTENCES[1]}"],
        ["invest", "c1.txt", SENTENCES[1]],
        ["silos", "s1.txt", SENTENCES[2]],
    ]
    assert (df["end"] > df["start"]).all()


def test_documents_come_by_name_with_their_attributes(study: StudyStore) -> None:
    df = study.documents()
    assert list(df.columns) == list(DOCUMENT_COLUMNS)
    assert df[["name", "region", "words", "segments"]].values.tolist()[0] == ["c1.txt", "Crete", 25, 4]


def test_misspelt_region_is_answered_with_the_nearest(study: StudyStore) -> None:
    with pytest.raises(SelectionError, match="Crete"):
        study.frequency(region="Creta")


def test_missing_store_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        qualcode.open(tmp_path / "none.db")
    assert not list(tmp_path.iterdir())


def test_reading_leaves_the_file_as_it_is(store_file: Path) -> None:
    before = store_file.read_bytes()
    with qualcode.open(store_file) as study:
        study.summary()
        study.quotes()
    assert store_file.read_bytes() == before
