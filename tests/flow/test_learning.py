from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gardens import CODES, GARDENING, NOTES, SAID, WHEN, decide, make_gardens, mixed_up, truth, workspace
from qualcode import flow
from qualcode.errors import SelectionError, StoreError, TagError
from qualcode.flow.learning import _folds, _read_answers, _weights
from qualcode.flow.material import material_hash
from qualcode.flow.training import base_model, training_material
from qualcode.review import Decision, DecisionKind, Place
from qualcode.store import AuditDraw, Store
from qualcode.tag import load_encoder
from studies import dump, make_once, query

pytestmark = pytest.mark.skipif(load_encoder() is None, reason="the embedding weights are not installed")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with its model, tagged; only to be read."""
    return make_once(tmp_path_factory, "gardens", make_gardens)


@pytest.fixture
def work(made: Path, tmp_path: Path) -> flow.Workspace:
    return workspace(Path(shutil.copytree(made, tmp_path / "gardens")))


def say(work: flow.Workspace, text: str, *, done: bool = False, coder: str = "Ana", **codes: DecisionKind) -> Place:
    """Decide on the codes of one sentence."""
    with Store(work.store_path) as store:
        for row in store.document_rows():
            for segment in store.transcript(row["name"]).segments:
                if segment.text == text:
                    place = Place(row["document_id"], segment.position)
                    decisions = [Decision(place, code, decision) for code, decision in codes.items()]
                    store.verdicts.decide(coder, decisions, looked=[place] if done else ())
                    return place
    raise AssertionError(text)


def probability(work: flow.Workspace, model: str | None, text: str, code: str) -> float:
    (trial,) = flow.try_texts([("1", text)], workspace(work.study.folder, model), kind="interview")
    return trial.score.probabilities[code]


# --- a round -----------------------------------------------------------------------------------


def test_decisions_are_learned_and_the_gain_is_told_on_other_documents(work: flow.Workspace) -> None:
    decide(work)
    before, steps = dump(work.store_path), list[str]()
    report = flow.learn_from_verdicts(work, progress=steps.append)
    learned = report.learned
    assert learned is not None
    sentences = query(work.store_path, "SELECT count(*) FROM segments WHERE is_coded = 1")[0][0]
    assert (learned.sentences, learned.documents, learned.folds) == (sentences, 6, 3)
    assert learned.left_out == {}
    assert learned.gain.difference > 0.2
    assert learned.gain.low > 0
    assert learned.gain.by_code["water"].after.recall > learned.gain.by_code["water"].before.recall
    assert (learned.audited, learned.is_forced, learned.is_compared_with_own) == (None, False, False)
    assert [step.split(" of ")[0] for step in steps[1:4]] == [f"learning without fold {n}" for n in (1, 2, 3)]
    # Kept beside the model before, with its thresholds; the store is as it was.
    assert (work.study.folder / f"{report.model}.json").is_file()
    assert (report.measured, report.counts["tenure"]) == (False, 25 + sum("tenure" in c for c in truth().values()))
    assert dump(work.store_path) == before
    # The gardeners' words are known now, and nothing is forgotten.
    own, old = "The blue letter came on Monday.", "Our contract runs out in December and the council won't renew it."
    assert probability(work, report.model, own, "tenure") > probability(work, None, own, "tenure") + 0.2
    assert probability(work, report.model, old, "tenure") > 0.8
    # A second round with that model in use: it has seen the answers, so the codebook's own is compared with.
    again = flow.learn_from_verdicts(workspace(work.study.folder, report.model))
    assert again.learned is not None
    assert again.learned.is_compared_with_own
    assert again.learned.gain == learned.gain
    assert again.model == report.model


def test_a_model_that_would_be_worse_is_refused_and_nothing_is_written(work: flow.Workspace) -> None:
    decide(work, mixed_up)
    with Store(work.store_path) as store:  # all were drawn at random: they say the same of the notes as a whole
        (run,) = (row["run"] for row in store.coverage_codebooks())
        store.save_audit_sample(
            run,
            (
                AuditDraw(name, segment.position, "all", 0.5)
                for name in NOTES
                if (transcript := store.transcript(name))
                for segment in transcript.segments
                if transcript.is_coded(segment)
            ),
        )
    before, bytes_before = sorted(work.study.folder.rglob("*")), work.store_path.read_bytes()
    with pytest.raises(
        TagError, match=r"do not make the model better .* F1 of what counts 0\.\d+ → 0\.\d+ \(-0\."
    ) as e:
        flow.learn_from_verdicts(work)
    assert "Nothing was written." in str(e.value)
    assert re.search(r"It loses most on:\n  .+: 0\.\d\d → 0\.\d\d \(\d+ codings of people\)\n", str(e.value))
    assert str(e.value).endswith("--force")
    assert sorted(work.study.folder.rglob("*")) == before
    assert work.store_path.read_bytes() == bytes_before
    report = flow.learn_from_verdicts(work, force=True, folder=work.study.folder / "worse")
    assert report.learned is not None
    assert report.learned.is_forced
    assert report.learned.gain.difference < 0
    assert report.learned.audited is not None
    assert report.learned.audited.difference == pytest.approx(report.learned.gain.difference)
    assert (work.study.folder / f"{report.model}.npz").is_file()


def test_weights_and_thresholds_are_learned_anew_on_request(work: flow.Workspace) -> None:
    decide(work)
    kept, anew = (flow.learn_from_verdicts(work, measure=measure, folds=2) for measure in (False, True))
    assert kept.learned is not None
    assert (kept.learned.folds, kept.measured, anew.measured) == (2, False, True)
    assert kept.model != anew.model
    assert kept.figures["sentences"] < anew.figures["sentences"]


def test_the_order_of_decisions_does_not_matter(work: flow.Workspace, made: Path, tmp_path: Path) -> None:
    other = workspace(Path(shutil.copytree(made, tmp_path / "other")))
    decide(work)
    for number in (3, 0, 5, 1, 4, 2):
        decide(other, documents=[f"sam{number}.txt"], coder="Ben")
    first, second = _read_answers(work), _read_answers(other)
    assert first == second
    material = training_material(work, ())
    hashes = {
        material_hash(work.codebook, flow.Material(material.examples, (), judged=tuple(a.sentence for a in answers)))
        for answers in (first.answers, second.answers, first.answers[1:])
    }
    assert len(hashes) == 2


# --- what counts as judged ---------------------------------------------------------------------


def judged(work: flow.Workspace) -> dict[str, tuple[tuple[str, ...], set[str]]]:
    """Codes, and codes decided on, by sentence."""
    return {a.sentence.text: (a.sentence.codes, set(a.known)) for a in _read_answers(work).answers}


def test_a_sentence_somebody_is_done_with_is_known_for_every_code(work: flow.Workspace) -> None:
    say(work, "The blue letter came again.", done=True, tenure="add", soil="add")
    say(work, "We ate plum pie again.", done=True)
    assert judged(work) == {
        "The blue letter came again.": (("tenure", "soil"), set(CODES)),
        "We ate plum pie again.": ((), set(CODES)),
    }


def test_of_a_sentence_decided_on_only_these_codes_are_known(work: flow.Workspace) -> None:
    say(work, "We stood at the dragon again.", water="add", soil="reject")
    (found,) = judged(work).values()
    assert found[0][:1] == ("water",)
    assert found[1] == {"water", "soil"}


def test_what_the_machine_counts_stays_where_nobody_is_done(work: flow.Workspace) -> None:
    with Store(work.store_path) as store:
        row = next(r for r in store.verdicts.suggestions("Ana") if r["machine_status"] == "auto")
        other = next(code for code in CODES if code != row["code"])
        place = Place(row["document_id"], row["position"])
        store.verdicts.decide("Ana", [Decision(place, other, "reject")])
    (found,) = judged(work).values()
    assert row["code"] in found[0]
    assert found[1] == {other}
    with Store(work.store_path) as store:  # who is done and did not give it has turned it down
        store.verdicts.decide("Ana", looked=[place], is_blind=True)
    assert judged(work) == {next(iter(judged(work))): ((), set(CODES))}


def test_what_is_open_is_left_out_and_counted(work: flow.Workspace) -> None:
    say(work, "We ate plum pie again.", tenure="unsure")
    say(work, "We ate plum pie in May.", tenure="add", coder="Ana")
    say(work, "We ate plum pie in May.", tenure="reject", coder="Ben")
    with Store(work.store_path) as store:
        waiting = [r for r in store.verdicts.suggestions("Ana") if r["machine_status"] == "pending"]
        counted = {
            (r["document_id"], r["position"]) for r in store.verdicts.suggestions("Ana") if r["outcome"] == "auto"
        }
        row = next(r for r in waiting if (r["document_id"], r["position"]) not in counted)
        other = next(
            code
            for code in CODES
            if code
            not in {
                r["code"] for r in waiting if (r["document_id"], r["position"]) == (row["document_id"], row["position"])
            }
        )
        store.verdicts.decide("Ana", [Decision(Place(row["document_id"], row["position"]), other, "reject")])
    known = _read_answers(work)
    assert known.answers == []
    assert known.left_out == {"differ": 2, "waits": 1}


def test_an_adjudication_settles_what_people_differ_on(work: flow.Workspace) -> None:
    say(work, "We ate plum pie in May.", tenure="add", coder="Ana")
    place = say(work, "We ate plum pie in May.", tenure="reject", coder="Ben")
    with Store(work.store_path) as store:
        store.verdicts.decide("Cleo", [Decision(place, "tenure", "accept")], kind="adjudicate")
    assert judged(work) == {"We ate plum pie in May.": (("tenure",), {"tenure"})}


def test_a_decision_taken_back_teaches_nothing(work: flow.Workspace) -> None:
    say(work, "We ate plum pie again.", done=True)
    with Store(work.store_path) as store:
        store.verdicts.undo(store.verdicts.actions()[0]["action_id"])
    assert _read_answers(work).answers == []


def test_decisions_on_a_code_that_meant_something_else_are_left_out(work: flow.Workspace) -> None:
    say(work, "The blue letter came again.", tenure="add")
    say(work, "We stood at the dragon again.", water="add")
    changed = work.study.folder / "changed"
    shutil.copytree(GARDENING, changed)
    file = changed / "codebook.yaml"
    meaning = "The group has no lasting right to the land"
    text = file.read_text(encoding="utf-8")
    assert meaning in text
    file.write_text(text.replace(meaning, "The group shares the land"), encoding="utf-8")
    known = _read_answers(flow.Workspace(work.study, work.store_path, changed, work.model))
    assert [answer.sentence.text for answer in known.answers] == ["We stood at the dragon again."]
    assert known.left_out == {"stale": 1}


def test_a_turn_in_another_language_teaches_nothing(work: flow.Workspace) -> None:
    swedish = "Vi har inget vatten i trädgården och ingen vill hjälpa oss med det."
    note = work.study.folder / "lotta.txt"
    note.write_text(f"Interviewer: How was it?\nLotta: {swedish}\n", encoding="utf-8")
    flow.tag_documents([note], work, options=flow.read_options(attributes={"region": "North"}))
    say(work, swedish, done=True, water="add")
    known = _read_answers(work)
    assert (known.answers, known.left_out, known.transcripts) == ([], {"language": 1}, {})


def test_a_sentence_is_learned_with_what_was_said_and_asked_before(work: flow.Workspace) -> None:
    say(work, "The blue letter came again.", done=True)
    say(work, "We stood at the dragon again.", done=True)
    first, second = (answer.sentence for answer in _read_answers(work).answers)
    assert (first.before, first.question, first.written) == ("", "How was it?", False)
    assert second.before == "The blue letter came again."


# --- what is refused ---------------------------------------------------------------------------


def test_too_few_decisions_are_refused_with_how_many_are_needed(work: flow.Workspace) -> None:
    say(work, "The blue letter came again.", done=True, tenure="add")
    say(work, "We ate plum pie again.", tenure="unsure")
    wanted = r"1 sentences are judged, and people gave them 1 codes \(1 more .*\)\. Learning needs 50 sentences and 20"
    with pytest.raises(TagError, match=wanted):
        flow.learn_from_verdicts(work)


def test_one_document_is_not_enough(work: flow.Workspace) -> None:
    note = work.study.folder / "long.txt"
    lines = [text.format(f"{when} and {n}") for n in range(2) for when in WHEN for text in SAID]
    note.write_text(f"Interviewer: How was it?\nSam: {' '.join(lines)}\n", encoding="utf-8")
    flow.tag_documents([note], work, options=flow.read_options(attributes={"region": "North"}))
    known = {text: SAID[next(s for s in SAID if text.startswith(s.partition(" {}")[0]))] for text in lines}
    decide(work, lambda _name, text: filter(None, [known[text]]), documents=["long.txt"])
    with pytest.raises(TagError, match=r"All decisions are in one document \(long\.txt\)"):
        flow.learn_from_verdicts(work)


def test_without_notes_examples_or_folds_nothing_is_learned(work: flow.Workspace, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`folds` of `learn_from_verdicts` must be 2 or more\. Got 1 instead\."):
        flow.learn_from_verdicts(work, folds=1)
    with Store(tmp_path / "empty.db", create=True):
        pass
    with pytest.raises(StoreError, match="holds no codings yet"):
        flow.learn_from_verdicts(flow.Workspace(work.study, tmp_path / "empty.db", GARDENING))
    shutil.copytree(GARDENING, tmp_path / "bare", ignore=shutil.ignore_patterns("*.jsonl"))
    with pytest.raises(SelectionError, match="no examples to train from"):
        flow.learn_from_verdicts(flow.Workspace(work.study, work.store_path, tmp_path / "bare"))


def test_a_model_that_reads_embeddings_learns_only_where_they_are_installed(work: flow.Workspace) -> None:
    with pytest.raises(TagError, match=r"weights are not installed: it cannot learn more here\. Install them: pip"):
        base_model(work, training_material(work, ()), None)


# --- steps -------------------------------------------------------------------------------------


def test_whole_documents_are_dealt_into_folds_of_equal_size() -> None:
    names = [f"document {n}" for n in range(7)]
    folds = _folds(names, 3)
    assert sorted(list(folds.values()).count(n) for n in range(3)) == [2, 2, 3]
    assert _folds(reversed(names), 3) == folds


def test_a_drawn_sentence_stands_for_its_stratum(work: flow.Workspace) -> None:
    places = [say(work, f"We ate plum pie {when}.", done=True) for when in WHEN[:3]]
    names = {r["document_id"]: r["name"] for r in Store(work.store_path, read_only=True).document_rows()}
    draws = [AuditDraw(names[p.document_id], p.position, "nothing", 0.5) for p in places[:2]]
    draws += [AuditDraw("sam5.txt", 1, "nothing", 0.5), AuditDraw("sam5.txt", 2, "counts", 0.25)]
    with Store(work.store_path) as store:
        (run,) = (row["run"] for row in store.coverage_codebooks())
        store.save_audit_sample(run, draws)
        sample = store.audit_sample()
    # Three drawn at 0.5 stand for six; two of them are judged. The third judged sentence was not drawn.
    assert _weights(sample, _read_answers(work).answers) == {(p.document_id, p.position): 3.0 for p in places[:2]}
