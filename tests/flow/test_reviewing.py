from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import SelectionError, StoreError
from qualcode.review import QUEUE_ORDERS, Decision, Place, ShownSentence
from qualcode.store import AuditDraw, Filter, Store
from studies import SmallStudy


def desk(study: SmallStudy, coder: str = "Anna", *, is_blind: bool = False) -> flow.ReviewDesk:
    return flow.ReviewDesk(study.work, coder, is_blind=is_blind)


def document_id(found: flow.ReviewDesk, name: str) -> str:
    return next(line.document_id for line in found.documents() if line.name == name)


def place_of(found: flow.ReviewDesk, words: str) -> Place:
    """The sentence with these words."""
    for line in found.documents():
        for sentence in sentences(found, line.document_id):
            if words in sentence.text:
                return Place(line.document_id, sentence.position)
    raise AssertionError(words)


def sentences(found: flow.ReviewDesk, document: str) -> list[ShownSentence]:
    return [s for turn in found.document(document).turns for s in turn.sentences]


def shown(found: flow.ReviewDesk, place: Place) -> ShownSentence:
    return next(s for s in sentences(found, place.document_id) if s.position == place.position)


def outcomes(sentence: ShownSentence) -> dict[str, str]:
    return {coding.code: coding.outcome for coding in sentence.codings}


def test_lists_documents_with_what_is_done(tagged: SmallStudy) -> None:
    found = desk(tagged)
    lines = found.documents()
    assert [line.name for line in lines] == ["anna.txt", "ben.txt", "cleo.txt"]
    assert lines[0].attributes == {
        "region": "Northfield",
        "stakeholder_group": "passenger",
        "kind": "interview",
        "date": "2025-01-10",
    }
    assert [(line.sentences, line.done) for line in lines] == [(4, 0), (3, 0), (4, 0)]
    found.finish([place_of(found, "My garden")])
    assert [line.done for line in found.documents()] == [1, 0, 0]
    assert [line.name for line in found.documents(Filter(region="Southport"))] == ["ben.txt"]
    assert found.choices()["region"] == ["Northfield", "Southport"]


def test_shows_a_transcript_with_speakers_and_codings(tagged: SmallStudy) -> None:
    found = desk(tagged)
    page = found.document(document_id(found, "anna.txt"))
    assert [(turn.speaker, turn.role, len(turn.sentences)) for turn in page.turns] == [
        ("Interviewer", "interviewer", 1),
        ("Anna", "respondent", 3),
        ("Interviewer", "interviewer", 1),
        ("Anna", "respondent", 1),
    ]
    assert (page.page, page.pages, page.before) == (1, 1, None)
    assert page.after == document_id(found, "ben.txt")
    late = page.turns[1].sentences[0]
    assert outcomes(late) == {"delays": late.codings[0].machine_status}
    reason = next(r for r in late.codings[0].reasons if r.source == "cue")
    assert late.text[reason.start : reason.end] == "late"
    assert (late.codings[0].coder, late.codings[0].codebook_version) == ("rules.v1", "1.0.0")
    assert not page.turns[0].sentences[0].is_coded


@pytest.mark.parametrize("order", QUEUE_ORDERS)
def test_every_queue_can_be_worked_to_its_end(tagged: SmallStudy, order: str) -> None:
    found = desk(tagged)
    if order == "audit":
        with Store(tagged.store_path) as store:
            run = store.document_rows()[0]["run"]
            store.save_audit_sample(run, [AuditDraw("anna.txt", n, "all", 0.5) for n in (1, 2)])
    seen: list[Place] = []
    while (page := found.queue(order)).passage is not None:
        assert page.progress.left > 0
        assert page.passage.place not in seen
        seen.append(page.passage.place)
        found.finish([page.passage.place])
    assert page.progress.left == 0
    assert page.note
    expected = {"audit": 2, "stale": 0, "conflict": None}.get(order, 6)
    assert expected is None or len(seen) == expected


def test_a_queue_keeps_to_its_filter_and_puts_passages_aside(tagged: SmallStudy) -> None:
    found = desk(tagged)
    first = found.queue("uncertain", Filter(region="Southport"))
    assert first.passage is not None
    assert first.passage.document == "ben.txt"
    second = found.queue("uncertain", Filter(region="Southport"), later=[first.passage.place])
    assert second.passage is not None
    assert second.passage.place != first.passage.place
    found.finish([first.passage.place])
    progress = [found.queue("uncertain", Filter(region=name)).progress for name in ("Southport", "Northfield")]
    assert [p.decided for p in progress] == [1, 0]
    found.undo()
    only_one = found.queue("uncertain", Filter(code="funding"))
    assert only_one.progress.left == 1
    assert only_one.passage is not None
    again = found.queue("uncertain", Filter(code="funding"), later=[only_one.passage.place])
    assert again.passage == only_one.passage


def test_a_passage_comes_with_the_question_before_it(tagged: SmallStudy) -> None:
    found = desk(tagged)
    passage = found.passage(place_of(found, "My garden"))
    assert [s.text for turn in passage.turns for s in turn.sentences] == [
        "Is the bus late?",
        "The bus is always late in the evening.",
        "My garden is fine.",
        "The ticket costs too much, it is terrible.",
    ]


def test_decides_adds_and_takes_back(tagged: SmallStudy) -> None:
    found = desk(tagged)
    place = place_of(found, "The ticket costs too much, it is terrible")
    before = shown(found, place)
    done = found.decide([Decision(place, "fares", "reject"), Decision(place, "delays", "add")])
    assert done.said == "Decided 2 codings on 1 sentence"
    assert outcomes(done.sentences[place]) == {"fares": "rejected", "delays": "accepted"}
    assert done.sentences[place] == shown(found, place)
    assert found.decide([Decision(place, "fares", "reject")]).action is None
    more = found.decide([Decision(place, "funding", "unsure")])
    assert more.said == "Unsure of No funding on 1 sentence"
    assert outcomes(shown(found, place))["funding"] == "pending"
    assert found.undo().action == more.action
    back = found.undo()
    assert (back.action, back.sentences[place]) == (done.action, before)
    assert found.undo().said == "There is nothing to take back."


def test_tables_follow_decisions_at_once(tagged: SmallStudy) -> None:
    found = desk(tagged)
    place = place_of(found, "no money for a second bus")

    def funding() -> int:
        frame = found.summary().frame
        return int(frame[(frame["code"] == "funding") & (frame["group"] == "Southport")]["segments"].iloc[0])

    found.decide([Decision(place, "funding", "accept")])
    assert funding() == 1
    found.decide([Decision(place, "funding", "reject")])
    assert funding() == 0
    found.undo()
    assert funding() == 1


def test_what_was_read_before_a_decision_does_not_change_under_who_still_uses_it(tagged: SmallStudy) -> None:
    found = desk(tagged)
    before = found._current()
    outcomes_before = before.rows.outcome.tolist()
    place = place_of(found, "no money for a second bus")
    found.decide([Decision(place, "funding", "reject")])
    # A table begun before the decision ends after it, and is kept with what it was made of.
    before.summaries[("late",)] = found.summary()
    assert before.rows.outcome.tolist() == outcomes_before
    assert ("late",) not in found._current().summaries
    assert found._current().rows.outcome.tolist() != outcomes_before


def test_finish_says_that_a_sentence_is_right_as_it_stands(tagged: SmallStudy) -> None:
    found = desk(tagged)
    place, plain = place_of(found, "The road is slow"), place_of(found, "My garden")
    assert outcomes(shown(found, place)) == {"delays": "pending"}
    done = found.finish([place, plain])
    assert done.said == "Done with 2 sentences"
    assert outcomes(done.sentences[place]) == {"delays": "rejected"}
    assert all(sentence.is_done for sentence in done.sentences.values())


def test_bulk_decides_what_waits_and_is_one_action(tagged: SmallStudy) -> None:
    found = desk(tagged)
    waiting = sum(line.pending for line in found.codes())
    assert waiting > 0
    done = found.decide_all(Filter(), "accept")
    assert sum(line.pending for line in found.codes()) == 0
    assert done.action is not None
    found.undo()
    assert sum(line.pending for line in found.codes()) == waiting
    assert found.decide_all(Filter(region="Southport", code="fares"), "accept").action is None


def test_codes_are_counted_and_come_with_their_ends(tagged: SmallStudy) -> None:
    found = desk(tagged)
    lines = {line.code: line for line in found.codes()}
    rows = found._current().rows
    assert sum(line.counted + line.pending for line in lines.values()) == len(rows.code)
    place = place_of(found, "no money for a second bus")
    found.decide([Decision(place, "funding", "reject")])
    assert {line.code: line for line in found.codes()}["funding"].rejected == 1
    page = found.code("delays")
    probabilities = [
        next(c.probability for t in p.turns for s in t.sentences for c in s.codings if s.position == p.place.position)
        for p in page.confident
    ]
    assert probabilities == sorted(probabilities, key=lambda p: -(p or 0))
    with pytest.raises(SelectionError, match=r'no code "delay".*Did you mean "delays"'):
        found.code("delay")


def test_quotes_are_what_counts(tagged: SmallStudy) -> None:
    found = desk(tagged)
    found.decide_all(Filter(), "accept")
    quotes, total = found.quotes(Filter(code="fares", region="Northfield"))
    assert [(q.document, q.suggested) for q in quotes] == [("anna.txt", ("fares",)), ("cleo.txt", ("fares",))]
    assert total == 2
    assert len(found.quotes(Filter(code="fares"), limit=1)[0]) == 1


def test_memos_are_ones_own_and_others_are_shown_with_the_code(tagged: SmallStudy) -> None:
    anna, ben = desk(tagged), desk(tagged, "Ben")
    place = place_of(anna, "My garden")
    assert anna.note("a garden?", place=place).sentences[place].memo == "a garden?"
    anna.note("the same as price?", code="fares")
    assert shown(ben, place).memo == ""
    assert ben.code("fares").memos == (("Anna", "the same as price?"),)
    assert anna.note("", place=place).said == "Memo removed"


# --- several people ----------------------------------------------------------------------------


def test_two_people_at_one_store_see_what_the_other_did(tagged: SmallStudy) -> None:
    anna, ben = desk(tagged), desk(tagged, "Ben")
    place = place_of(anna, "The ticket costs too much, it is terrible")
    anna.decide([Decision(place, "fares", "reject")])
    (coding,) = shown(ben, place).codings
    assert [(o.coder, o.decision) for o in coding.opinions] == [("Anna", "reject")]
    ben.decide([Decision(place, "fares", "accept")])
    assert outcomes(shown(anna, place)) == {"fares": "pending"}
    assert anna.coders() == ["Anna", "Ben"]


def test_disagreements_are_settled_by_adjudication(tagged: SmallStudy) -> None:
    anna, ben = desk(tagged), desk(tagged, "Ben")
    place = place_of(anna, "The ticket costs too much, it is terrible")
    assert anna.disagreements() == []
    anna.decide([Decision(place, "fares", "accept")])
    anna.finish([place])
    ben.decide([Decision(place, "fares", "reject"), Decision(place, "delays", "add")])
    ben.finish([place])
    (found,) = anna.disagreements()
    assert dict(found.opinions) == {"Anna": ("fares",), "Ben": ("delays",)}
    assert (set(found.codes), found.distance, found.settled) == ({"fares", "delays"}, 1.0, None)
    assert anna.adjudicate(place, ["fares"]).said == "Settled: High fares"
    assert anna.disagreements()[0].settled == ("fares",)
    assert outcomes(shown(ben, place)) == {"fares": "accepted", "delays": "rejected"}
    # Their own words stay what they were, for agreement.
    assert dict(anna.disagreements()[0].opinions) == {"Anna": ("fares",), "Ben": ("delays",)}
    anna.undo()
    assert anna.disagreements()[0].settled is None


def test_blind_review_shows_nothing_of_others_until_the_person_is_done(tagged: SmallStudy) -> None:
    anna, ben = desk(tagged), desk(tagged, "Ben", is_blind=True)
    place = place_of(anna, "The ticket costs too much, it is terrible")
    anna.decide([Decision(place, "delays", "add")])
    hidden = shown(ben, place)
    assert (hidden.codings, hidden.is_hidden, hidden.done_by) == ((), True, ())
    mine = ben.decide([Decision(place, "funding", "add")]).sentences[place]
    assert outcomes(mine) == {"funding": "accepted"}
    assert mine.codings[0].coder is None
    after = ben.finish([place]).sentences[place]
    assert not after.is_hidden
    # The machine's suggestion that Ben did not give is turned down, Anna's word and Ben's silence differ.
    assert outcomes(after) == {"funding": "accepted", "fares": "rejected", "delays": "pending"}
    with Store(tagged.store_path, read_only=True) as store:
        assert [(row["coder"], row["is_blind"]) for row in store.verdicts.looks()] == [("Ben", 1)]


def test_blind_review_hides_counts_reasons_and_tables(tagged: SmallStudy) -> None:
    desk(tagged).note("Anna's view", code="fares")
    ben = desk(tagged, "Ben", is_blind=True)
    assert {(line.counted, line.pending) for line in ben.documents()} == {(None, None)}
    page = ben.queue("uncertain")
    assert page.passage is not None
    assert (page.passage.why, page.passage.suggested) == ("", ())
    assert all(line.counted == line.pending == 0 for line in ben.codes())
    code = ben.code("fares")
    assert (code.confident, code.doubtful, code.memos) == ((), (), ())
    for ask in (
        lambda: ben.summary(),
        lambda: ben.quotes(Filter(code="fares")),
        lambda: ben.decide_all(Filter(), "accept"),
    ):
        with pytest.raises(SelectionError, match="hidden in a blind review"):
            ask()


@pytest.mark.parametrize("asked", [Filter(code="fares"), Filter(category="money")])
def test_blind_queue_is_not_narrowed_to_a_code(tagged: SmallStudy, asked: Filter) -> None:
    ben = desk(tagged, "Ben", is_blind=True)
    with pytest.raises(SelectionError, match="cannot be narrowed to a code"):
        ben.queue("uncertain", asked)
    assert ben.queue("uncertain", Filter(region="Southport")).passage is not None


def test_stale_decisions_are_queued_and_stand(tagged: SmallStudy) -> None:
    anna = desk(tagged)
    place = place_of(anna, "The ticket costs too much, it is terrible")
    anna.decide([Decision(place, "fares", "reject")])
    tagged.codebook("Passengers cannot or do not want to pay the fare.", "Anything about fares.")
    tagged.codebook("version: 1.0.0", "version: 2.0.0")
    tagged.tag()
    (coding,) = shown(anna, place).codings
    assert (coding.outcome, coding.is_stale) == ("rejected", True)
    page = anna.queue("stale")
    assert page.passage is not None
    assert page.passage.place == place
    # Said again, it is up to date.
    anna.decide([Decision(place, "fares", "reject")])
    assert anna.queue("stale").passage is None


# --- refusals ----------------------------------------------------------------------------------


def test_refuses_what_there_is_not(tagged: SmallStudy) -> None:
    found = desk(tagged)
    key = document_id(found, "anna.txt")
    with pytest.raises(SelectionError, match="no current document"):
        found.document("b2:none")
    with pytest.raises(SelectionError, match="no page 2"):
        found.document(key, 2)
    with pytest.raises(SelectionError, match=r'no queue "uncertian".*Did you mean "uncertain"'):
        found.queue("uncertian")
    with pytest.raises(SelectionError, match="no sentence 99"):
        found.passage(Place(key, 99))
    with pytest.raises(SelectionError, match="no sentence 99"):
        found.page_of(Place(key, 99))
    assert found.page_of(Place(key, 2)) == 1
    with pytest.raises(StoreError, match="no respondent's sentence"):
        found.decide([Decision(Place(key, 0), "fares", "add")])
    with pytest.raises(ValueError, match="`coder`"):
        desk(tagged, " ")


def test_needs_a_store_that_was_tagged(study: SmallStudy, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        desk(study)
    work = replace(study.work, store_path=tmp_path / "empty.db")
    Store(work.store_path, create=True).close()
    with pytest.raises(StoreError, match="Tag your notes first"):
        flow.ReviewDesk(work, "Anna")


def test_reading_ahead_changes_nothing(tagged: SmallStudy) -> None:
    found = desk(tagged)
    before = found.queue("uncertain")
    found.warm()
    assert found.queue("uncertain") == before
    desk(tagged, "Ben", is_blind=True).warm()
