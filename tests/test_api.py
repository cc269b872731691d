from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

import qualcode
from counted_study import SAID, CountedStudy, make_counted_study
from qualcode.aggregate import CODING_COLUMNS, DOCUMENT_COLUMNS, SUMMARY_COLUMNS
from qualcode.aggregate.comparison import COMPARISON_COLUMNS
from qualcode.api import StudyStore
from qualcode.codebook import Codebook
from qualcode.errors import ReportError, SelectionError, StoreError
from qualcode.model import Attributes, Block, Coding, Document, Segment, Transcript, Turn, count_words
from qualcode.store import AuditDraw, RunRecord, Store, TaggedDocument

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


@pytest.mark.parametrize("name", ["codings", "quotes", "documents", "audit", "matrix", "facets"])
def test_lists_say_what_a_row_is_and_of_how_many_documents(study: StudyStore, name: Any) -> None:
    df = study.table(name) if name in ("matrix", "facets") else getattr(study, name)()
    expected = {"codings": 3, "quotes": 3, "documents": 4, "audit": 0, "matrix": 4, "facets": 0}
    assert df.attrs["n_documents"] == expected[name]
    assert "a row a" in df.attrs["unit"]


def test_statistics_carry_their_unit_and_number_of_documents(study: StudyStore) -> None:
    tables = [study.summary(), study.table("association"), study.table("saturation"), study.compare("Crete", "Sofia")]
    for df in tables:
        assert df.attrs["n_documents"] == 4
        assert df.attrs["unit"]


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


# --- a report as a file ------------------------------------------------------------------------


def test_a_report_is_written_by_the_ending_of_its_name(study: StudyStore, tmp_path: Path) -> None:
    report = study.report()
    book = qualcode.write_report(report, str(tmp_path / "report.xlsx"))
    assert book == tmp_path / "report.xlsx"
    overview = pd.read_excel(book, sheet_name="Overview")
    # pay: 2 of 4 documents (the pending coding does not count), invest: 1, silos: 1
    shares = overview[overview["level"] == "code"].set_index("code")["share_documents"]
    assert shares.to_dict() == {"pay": 0.5, "invest": 0.25, "silos": 0.25}
    with pytest.raises(SelectionError, match=r"\.pdf"):
        qualcode.write_report(report, tmp_path / "report.pdf")


def test_a_regional_report_is_of_its_region(study: StudyStore, tmp_path: Path) -> None:
    import docx

    path = qualcode.write_report(study.report(), tmp_path / "crete.docx", region="Crete")
    words = "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    assert words.startswith("Crete")
    assert SENTENCES[0] in words
    assert SENTENCES[2] not in words  # said in Crete too, but coded in Sofia only
    with pytest.raises(SelectionError, match="Crete"):
        qualcode.write_report(study.report(), path, region="Creta")


def test_a_report_that_a_person_edited_is_left_as_it_is(study: StudyStore, tmp_path: Path) -> None:
    report = study.report()
    path = qualcode.write_report(report, tmp_path / "report.html")
    unchanged = path.read_bytes()
    assert qualcode.write_report(report, path).read_bytes() == unchanged
    path.write_bytes(unchanged + b"<p>mine</p>")
    with pytest.raises(ReportError):
        qualcode.write_report(report, path)
    assert path.read_bytes().endswith(b"<p>mine</p>")


# --- comparisons, claims, further tables, figures, reports: on the mini study, counted by hand ------


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study; only to be read."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


@pytest.fixture
def mini(counted: CountedStudy) -> Iterator[StudyStore]:
    before = counted.store_path.read_bytes()
    with qualcode.open(counted.store_path) as opened:
        yield opened
    assert counted.store_path.read_bytes() == before


def test_compare_gives_differences_and_the_words_behind_them(mini: StudyStore) -> None:
    df = mini.compare("Alpha", "Beta")
    assert list(df.columns) == [*COMPARISON_COLUMNS, "quote_a", "quote_b"]
    assert df["code"].tolist() == ["pay", "silos", "consent", "trials"]
    assert df["difference_documents"].tolist() == pytest.approx([-5 / 12, 1 / 6, -1 / 12, 0])
    assert df.attrs["difference"] == "Alpha - Beta"
    assert df["quote_a"].tolist()[:3] == [SAID["a1.txt"][0], SAID["a2.txt"][5], SAID["a2.txt"][5]]
    assert df["quote_b"].isna().tolist() == [False, False, False, True]


def test_compare_takes_one_name_an_attribute_a_level_and_documents(mini: StudyStore) -> None:
    assert mini.compare("Alpha").attrs["names"] == ("Alpha", "all others")
    df = mini.compare("Austria", "Belgium", by="country", level="category", kind="interview")
    assert df[["code", "documents_a", "documents_b"]].values.tolist() == [["money", 4, 2], ["data", 4, 2]]
    with pytest.raises(SelectionError, match=r'nothing called "Alfa" to compare\. Did you mean "Alpha"'):
        mini.compare("Alfa", "Beta")


def test_profile_tests_a_claim(mini: StudyStore, tmp_path: Path) -> None:
    path = tmp_path / "claim.toml"
    poles = '[[poles]]\nname = "data"\ncodes = ["data"]\n[[poles]]\nname = "money"\ncodes = ["money"]\n'
    path.write_text(f'title = "Data or money"\nclaim = "Alpha speaks of data."\n{poles}', encoding="utf-8")
    df = mini.profile(path)
    assert df[["group", "words_first", "words_second"]].values.tolist() == [
        ["Alpha", 60, 10],
        ["Gamma", 5, 0],
        ["Beta", 30, 120],
    ]
    pd.testing.assert_frame_equal(mini.profile(str(path), region="beta"), df.iloc[[2]].reset_index(drop=True))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("association", 4),
        ("workshops", 12),
        ("cooccurrence", 6),
        ("saturation", 10),
        ("languages", 1),
        ("matrix", 9),
        ("facets", 15),
    ],
)
def test_further_tables_come_by_name(mini: StudyStore, name: Any, rows: int) -> None:
    assert len(mini.table(name)) == rows


def test_tables_obey_filters_and_unknown_ones_are_wrong_use(mini: StudyStore) -> None:
    workshops = mini.table("workshops", region="Beta")
    assert dict(workshops[["code", "result"]].values.tolist()) == {
        "silos": "added",
        "consent": "dropped",
        "pay": "confirmed",
        "trials": "not raised",
    }
    with pytest.raises(ValueError, match="`name` must be one of"):
        mini.table("workshop")  # type: ignore[arg-type]


def test_audit_lists_what_a_person_judged(mini: StudyStore, tmp_path: Path) -> None:
    assert mini.audit().empty
    study = make_counted_study(tmp_path / "audited")
    with Store(study.store_path) as store:
        store.save_audit_sample(1, [AuditDraw("a2.txt", 5, "coded", 0.5), AuditDraw("a4.txt", 0, "other", 0.01)])
        store.save_audit_verdicts("Kim", {("a2.txt", 5): ["silos"], ("a4.txt", 0): []})
    with qualcode.open(study.store_path) as audited:
        df, summary = audited.audit(), audited.summary()
    columns = ["position", "words", "stratum", "chance", "coder", "machine", "person"]
    assert df[columns].values.tolist() == [
        [5, 10, "coded", 0.5, "Kim", "silos consent", "silos"],
        [0, 10, "other", 0.01, "Kim", "", ""],
    ]
    assert summary.loc[summary["group"] == "Alpha", "segments_audited"].tolist() == [2] * 4


def test_a_figure_comes_from_one_call(mini: StudyStore) -> None:
    asked: dict[Any, dict[str, Any]] = {
        "heat_map": {"value": "share_words"},
        "forest_plot": {"code": 3},
        "ranking_plot": {"group": "beta"},
        "frequency_emphasis_map": {"group": "Gamma"},
        "cooccurrence_network": {},
        "saturation": {"kind": "interview"},
    }
    for name, options in asked.items():
        assert isinstance(mini.figure(name, **options), Figure), name


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("ranking_plot", {}, r"ranking_plot needs group=\.\.\."),
        ("forest_plot", {}, r"forest_plot needs code=\.\.\."),
        ("forest_plot", {"code": "pays"}, 'Did you mean "[Pp]ay"'),
        ("ranking_plot", {"group": "Bet"}, 'Did you mean "Beta"'),
        ("ranking_plot", {"group": "Gamma", "kind": "workshop"}, 'No group "Gamma" in this table'),
        ("heatmap", {}, 'Did you mean "heat_map"'),
    ],
)
def test_a_figure_that_cannot_be_drawn_says_why(
    mini: StudyStore, name: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SelectionError, match=message):
        mini.figure(name, **options)


def test_a_report_is_plain_values(mini: StudyStore) -> None:
    report = mini.report()
    assert [(one.code, one.documents_with_code, one.documents) for one in report.findings] == [
        ("silos", 4, 9),
        ("consent", 2, 9),
        ("pay", 3, 9),
        ("trials", 0, 9),
    ]
    assert report.region("Beta").findings[0].quotes[0].text == SAID["b2.txt"][2]
    assert mini.report(country="Austria").participation.interviews == 4
    with pytest.raises(KeyError):
        report.region("Delta")
    with pytest.raises(SelectionError, match="compares whole regions"):
        mini.report(region="Alpha")
