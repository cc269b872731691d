from __future__ import annotations

from typing import Any

import pytest

from counted_study import codebook
from qualcode.flow.methods import methods_text, region_notes
from qualcode.report import Finding
from qualcode.study import Settings, Study

Row = dict[str, Any]
STUDY = Study(study=Settings(bootstrap_draws=1500, seed=11, small_group=3))


def document(name: str, region: str | None = "Alpha", **given: Any) -> Row:
    row: Row = {"document_id": name, "name": name, "region": region, "kind": "interview", "date": None}
    return row | {"language": "en", "words": 1000, "segments": 80, "topics_asked": None} | given


def run(coder: str = "hybrid.v2", **given: Any) -> Row:
    made: Row = {"coder": coder, "settings": {"auto": 0.5}, "model_hash": "b2:0123456789abcdef", "codebook_id": "1"}
    return made | given


def written(
    documents: list[Row] | None = None,
    codings: list[Row] | None = None,
    runs: list[Row] | None = None,
    audit: list[Row] | None = None,
    **given: Any,
) -> tuple[str, ...]:
    return methods_text(
        [document("a"), document("b", "Beta")] if documents is None else documents,
        [{"coder": "hybrid.v2"}] * 3 if codings is None else codings,
        codebook(),
        [run()] if runs is None else runs,
        audit or [],
        STUDY,
        **given,
    )


def test_material_is_counted_by_kind_region_words_and_date() -> None:
    documents = [
        document("a", date="2025-01-10"),
        document("b", date="2024-12"),
        document("c", "Beta", kind="workshop"),
        document("d", None, kind=None),
    ]
    said = written(documents)[0]
    # The region that is not known is no region.
    assert said.startswith("The material is 4 documents (2 interviews, 1 other document, 1 workshop) from 2 regions.")
    assert "Respondents speak 4,000 words in 320 sentences" in said
    assert said.endswith("The notes are dated from 2024-12 to 2025-01-10.")
    assert "dated" not in written()[0]


def test_languages_are_named_where_one_is_not_english() -> None:
    assert "Languages" not in written()[0]
    said = written([document("a"), document("b", language="el"), document("c", language=None)])[0]
    assert said.endswith("Languages: el (1), en (1), unknown (1).")


def test_coding_names_codebook_coders_thresholds_and_model() -> None:
    said = written()[1]
    assert said == (
        'Sentences were coded with the codebook "Mini", version 1.0.0: 4 codes in 2 categories; a sentence can carry '
        "several codes or none. hybrid.v2 gave 3 codings, counted from a probability of 0.50 on. "
        "Model: 0123456789ab (first digits of its content hash)."
    )


def test_a_person_has_neither_threshold_nor_model() -> None:
    kim = run("Kim", settings={}, model_hash=None)
    said = written(codings=[{"coder": "Kim"}, {"coder": "Kim"}], runs=[kim])[1]
    assert said.endswith("or none. Kim gave 2 codings.")


def test_runs_that_differ_are_all_named() -> None:
    runs = [run(), run(settings={"auto": 0.65}, model_hash="b2:fedcba987654321000", codebook_id="2")]
    said = written(codings=[{"coder": "Kim"}, *[{"coder": "hybrid.v2"}] * 2], runs=[*runs, run("Kim", settings={})])[1]
    assert "hybrid.v2 gave 2 codings, counted from a probability of 0.50 or 0.65 on. Kim gave 1 coding." in said
    assert "Model: 0123456789ab, fedcba987654" in said
    assert said.endswith("Not all documents were coded with the same version of the codebook.")


def test_checks_are_claimed_only_where_there_was_one() -> None:
    assert "were not audited" in written()[2]
    judged = [
        {"coder": "Kim", "machine": '["pay"]', "person": '["pay"]'},
        {"coder": "Lee", "machine": '["pay", "silos"]', "person": '["silos", "pay"]'},  # in any order
        {"coder": "Kim", "machine": "[]", "person": '["pay"]'},
    ]
    said = written(audit=judged)[2]
    assert said.startswith(
        "A random sample of 3 sentences was judged by Kim, Lee; on 2 of them person and machine agree"
    )
    assert "not audited" not in said
    assert "those corrected for the machine's errors stand in the workbook" in said


def test_facets_are_told_only_where_they_were_looked_for_and_in_which_language() -> None:
    said = written()[4]
    assert "about half of them were right" in said
    assert "in the language of the codebook" not in said
    assert written([document("a"), document("b", language="el")])[4].endswith('of the codebook only ("en").')
    assert "recommendations" not in written(has_facets=False)[4]


def test_a_run_without_a_threshold_has_none() -> None:
    assert "hybrid.v2 gave 3 codings. " in written(runs=[run(settings={"note": "imported"})])[1]


def test_statistics_name_draws_seed_and_sources() -> None:
    said = written()[3]
    assert "1,500 bootstrap draws of whole documents" in said
    assert said.endswith("Seed 11; computed with qualcode.")
    for source in ("Wilson", "Rao & Wu 1988", "Monroe, Colaresi & Quinn 2008", "Benjamini & Hochberg 1995"):
        assert source in said


def test_quotes_and_limits_are_told() -> None:
    said = written()
    assert "They have 6 to 60 words" in said[4]
    assert "no coding that still waits for a person is quoted" in said[4]
    assert said[5].endswith("Fewer than 3 documents: Alpha, Beta.")
    assert "Fewer than" not in written([document(name) for name in "abc"])[5]
    assert len(said) == 6
    assert not any("  " in paragraph for paragraph in said)


# --- one region --------------------------------------------------------------------------------


def finding(name: str = "Pay", **given: Any) -> Finding:
    shares = [f"share_{of}{end}" for of in ("documents", "words") for end in ("", "_low", "_high")]
    odds = ["relative_emphasis", "relative_emphasis_low", "relative_emphasis_high", "q_value", "rank", "top_three"]
    known: Row = {"number": 3, "documents": 3, "documents_with_code": 1, "segments": 1, "segments_pending": 0}
    known |= dict.fromkeys([*shares, *odds])
    known |= {"code": name.lower(), "name": name, "definition": name, "category": "money", "category_name": "Money"}
    return Finding(**{"group": "Alpha", **known, **given})


THREE = [document(name) for name in "abc"]


def test_a_region_like_others_needs_no_note() -> None:
    assert region_notes("Alpha", THREE, [finding()], STUDY) == ()


@pytest.mark.parametrize(("documents", "counted"), [(1, "1 document"), (2, "2 documents")])
def test_a_small_region_is_called_small(documents: int, counted: str) -> None:
    (said,) = region_notes("Alpha", THREE[:documents], [finding()], STUDY)
    assert said.startswith(f"Alpha has {counted}: too few to say what others of the region think.")


def test_pending_codings_are_counted() -> None:
    many = [finding(segments_pending=1), finding("Silos", segments_pending=1200)]
    assert region_notes("Alpha", THREE, many, STUDY) == (
        "1,201 suggested codings in this region wait for a person and count in no number.",
    )
    assert region_notes("Alpha", THREE, many[:1], STUDY) == (
        "1 suggested coding in this region waits for a person and counts in no number.",
    )


def test_what_nobody_was_asked_about_is_said() -> None:
    documents = [*THREE, document("d", topics_asked='["3"]')]
    assert region_notes("Alpha", documents, [finding(), finding("Silos", documents=0)], STUDY) == (
        "Asked about some topics only, and counted for these alone: 1 document.",
        "Nobody in this region was asked about: Silos.",
    )
