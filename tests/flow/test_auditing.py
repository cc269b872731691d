from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from counted_study import (
    ATTRIBUTES,
    RUN,
    CountedStudy,
    codebook,
    document,
    documents,
    facets_codebook,
    make_counted_study,
)
from qualcode import flow
from qualcode.errors import SelectionError, StoreError
from qualcode.review import Decision, Place
from qualcode.store import Store

# Respondents' sentences of the counted study: Alpha 10 + 20 + 10 + 10, Beta 30 + 10 + 20, Gamma 5 + 15. With a code
# that counts: Alpha a1 0 3 7, a2 5 9 10; Beta b1 1-5 8, b2 2, b3 4; Gamma g1 0. Only waiting: a3 2; b1 0 9.
STRATA = {
    "Alpha: counts": 6, "Alpha: waits": 1, "Alpha: nothing": 43,
    "Beta: counts": 8, "Beta: waits": 2, "Beta: nothing": 50,
    "Gamma: counts": 1, "Gamma: nothing": 19,
}  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> CountedStudy:
    return make_counted_study(tmp_path / "study")


def sample(study: CountedStudy) -> dict[tuple[str, int], tuple[str, float]]:
    with Store(study.store_path, read_only=True) as store:
        return {(row["document_id"], row["position"]): (row["stratum"], row["chance"]) for row in store.audit_sample()}


def judge(study: CountedStudy, coder: str, places: list[tuple[str, int]]) -> None:
    """Says yes to what the machine counts, and no to the rest."""
    with Store(study.store_path) as store:
        counts = {
            (row["document_id"], row["position"]): json.loads(row["codes"])
            for row in store.verdicts.machine_judgements()
        }
        for place in places:
            yes = [Decision(Place(*place), code, "accept") for code in counts[place]]
            store.verdicts.decide(coder, yes, looked=[Place(*place)], kind="audit")


def test_sentences_are_drawn_of_every_region_and_kind_of_prediction(own: CountedStudy) -> None:
    report = flow.draw_audit(own.work, 40)
    assert {stratum.name: stratum.size for stratum in report.strata} == STRATA
    assert (report.drawn, report.added, report.left, report.waiting, report.sentences) == (40, 40, 0, 40, 130)
    assert report.seed == own.work.study.study.seed
    kept = sample(own)
    drawn = Counter(name for name, _ in kept.values())
    assert drawn == {stratum.name: stratum.drawn for stratum in report.strata}
    assert all(chance == pytest.approx(drawn[name] / STRATA[name]) for name, chance in kept.values())


def test_the_machine_alone_says_what_is_predicted(own: CountedStudy) -> None:
    """What people decide later does not move a sentence to another stratum."""
    first = flow.draw_audit(own.work, 40)
    judge(own, "Kim", list(sample(own))[:20])
    assert flow.draw_audit(own.work, 40).strata == first.strata


def test_drawing_again_adds_nothing_and_more_extends(own: CountedStudy) -> None:
    flow.draw_audit(own.work, 40)
    before, bytes_before = sample(own), own.store_path.read_bytes()
    again = flow.draw_audit(own.work, 40)
    fewer = flow.draw_audit(own.work, 20)
    assert (again.added, again.left, fewer.drawn) == (0, 0, 40)
    assert own.store_path.read_bytes() == bytes_before
    more = flow.draw_audit(own.work, 70)
    assert (more.drawn, more.added, more.left) == (70, 30, 0)
    assert before.keys() < sample(own).keys()
    names = Counter(name for name, _ in sample(own).values())
    assert all(chance == pytest.approx(names[name] / STRATA[name]) for name, chance in sample(own).values())


def test_the_sample_is_the_same_in_another_store_of_the_study(own: CountedStudy, tmp_path: Path) -> None:
    other = make_counted_study(tmp_path / "other")
    flow.draw_audit(own.work, 30)
    flow.draw_audit(own.work, 60)
    flow.draw_audit(other.work, 60)
    assert sample(own) == sample(other)
    assert flow.draw_audit(other.work, 60, seed=99).left > 0


def test_new_documents_make_it_a_sample_of_all(own: CountedStudy) -> None:
    flow.draw_audit(own.work, 60)
    later = document("g2.txt", replace(ATTRIBUTES["g2.txt"], region="Delta"))
    renamed = replace(
        later, transcript=replace(later.transcript, document=replace(later.transcript.document, name="d1.txt"))
    )
    with Store(own.store_path) as store:
        store.save_run(RUN, codebook(), [renamed], facets=facets_codebook())
    report = flow.draw_audit(own.work, 60)
    assert (report.drawn, report.added) == (60, report.left)
    assert report.added >= 2  # two sentences of the new region at least
    assert {name for name, _ in sample(own).values()} == {*STRATA, "Delta: nothing"}


def test_another_model_is_audited_anew_and_an_old_look_still_counts(own: CountedStudy) -> None:
    flow.draw_audit(own.work, 40)
    before = sample(own)
    judge(own, "Kim", list(before))
    assert flow.draw_audit(own.work, 40).waiting == 0
    with Store(own.store_path) as store:
        store.save_run(replace(RUN, model_hash="b2:learned"), codebook(), documents(), facets=facets_codebook())
    assert sample(own) == {}
    report = flow.draw_audit(own.work, 40)
    both = sample(own).keys() & before.keys()
    assert 0 < len(both) < 40
    assert report.waiting == 40 - len(both)


def test_each_document_is_drawn_under_its_own_run(own: CountedStudy) -> None:
    with Store(own.store_path) as store:
        store.save_run(
            replace(RUN, coder="rules.v1", coder_kind="rules"),
            codebook(),
            [document("g1.txt")],
            facets=facets_codebook(),
        )
        runs = {row["name"]: row["run"] for row in store.document_rows()}
    report = flow.draw_audit(own.work, 40)
    assert runs["g1.txt"] != runs["g2.txt"]
    assert (report.drawn, len(sample(own))) == (40, 40)


def test_too_few_are_refused_with_the_least_and_nothing_is_stored(own: CountedStudy) -> None:
    with pytest.raises(SelectionError, match="Draw at least 14"):
        flow.draw_audit(own.work, 5)
    assert sample(own) == {}


def test_a_store_without_sentences_has_nothing_to_draw(tmp_path: Path, own: CountedStudy) -> None:
    empty = tmp_path / "empty.db"
    Store(empty, create=True).close()
    with pytest.raises(StoreError, match="no sentence of a respondent"):
        flow.draw_audit(flow.Workspace(own.work.study, empty), 20)


def test_status_tells_accuracy_coders_and_assignments(own: CountedStudy) -> None:
    assert flow.study_status(own.work).accuracy is None
    flow.draw_audit(own.work, 130)
    places = list(sample(own))
    judge(own, "Kim", places)
    with Store(own.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        # Kim takes one of the machine's back, and finds one it has missed.
        store.verdicts.decide("Kim", [Decision(Place(ids["a1.txt"], 0), "pay", "reject")])
        store.verdicts.decide("Kim", [Decision(Place(ids["a4.txt"], 3), "consent", "add")])
        store.verdicts.assign({"Kim": [ids["a1.txt"], ids["g1.txt"]], "Lee": [ids["a1.txt"]]})
        store.verdicts.decide("Lee", looked=[Place(ids["a1.txt"], position) for position in (1, 4, 5)])
    report = flow.study_status(own.work)
    assert report.accuracy is not None
    # 16 codings of the machine count on all sentences, 15 of them right; 16 apply.
    figures = {name: getattr(report.accuracy, name).value for name in ("precision", "recall", "f1")}
    assert figures == pytest.approx({"precision": 15 / 16, "recall": 15 / 16, "f1": 15 / 16})
    assert (report.drawn, report.accuracy.judged, report.sentences) == (130, 130, 130)
    assert report.done == {"Kim": 130, "Lee": 3}
    assert [(one.coder, one.documents_done, one.documents) for one in report.assigned] == [("Kim", 2, 2), ("Lee", 0, 1)]
    assert [(one.sentences_done, one.sentences) for one in report.assigned] == [(15, 15), (3, 10)]


def test_tables_are_corrected_by_the_machines_own_counts(own: CountedStudy) -> None:
    """A full audit gives what the person says, though her verdicts count in the tables already."""
    flow.draw_audit(own.work, 130)
    judge(own, "Kim", list(sample(own)))
    with Store(own.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        store.verdicts.decide("Kim", [Decision(Place(ids["b1.txt"], 0), "pay", "accept")])
        store.verdicts.decide("Kim", [Decision(Place(ids["b1.txt"], 1), "pay", "reject")])
    for level in ("code", "category"):
        frame = flow.summarize(own.work, flow.make_filter(), level=level).frame
        held = frame[["share_words", "share_words_corrected"]].to_numpy()
        assert held[:, 0].tolist() == pytest.approx(held[:, 1].tolist())


def test_a_partly_judged_sample_is_told_as_such(own: CountedStudy) -> None:
    flow.draw_audit(own.work, 40)
    assert not any("judged" in note for note in flow.summarize(own.work, flow.make_filter()).notes)
    judge(own, "Kim", [place for place, (name, _) in sample(own).items() if name.startswith("Gamma")])
    summary = flow.summarize(own.work, flow.make_filter())
    known = summary.frame.groupby("group")["share_words_corrected"].count().to_dict()
    assert known == {"Alpha": 0, "Beta": 0, "Gamma": 4}
    assert any("wait to be judged" in note for note in summary.notes)
    assert flow.study_status(own.work).accuracy.notes[0].startswith("Accuracy is not known yet")  # type: ignore[union-attr]
