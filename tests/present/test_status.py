from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode import flow, present
from qualcode.aggregate import AuditAccuracy, Estimate
from qualcode.flow.results import Assigned
from qualcode.study import RegionPlan


@dataclass(frozen=True)
class Status:
    title: str = "Buses"
    documents: list[dict[str, Any]] = field(default_factory=list)
    plan: Mapping[str, RegionPlan] = field(default_factory=dict)
    auto: int = 6
    accepted: int = 0
    pending: int = 1
    rejected: int = 0
    expected_wrong: float = 0.9
    variance_wrong: float = 0.64
    made_by: tuple[str, ...] = ("Made by hand.",)
    drawn: int = 0
    accuracy: AuditAccuracy | None = None
    done: Mapping[str, int] = field(default_factory=dict)
    sentences: int = 90
    assigned: tuple[Assigned, ...] = ()
    undone_runs: int = 0
    undone_imports: int = 0


MEASURED = AuditAccuracy(
    judged=30,
    drawn=40,
    precision=Estimate(0.912, 0.85, 0.953),
    recall=Estimate(float("nan"), float("nan"), float("nan")),
    f1=Estimate(0.8, float("nan"), float("nan")),
    notes=("Recall is undefined: the person sees no code in the sentences judged.",),
)


def document(
    region: str | None, kind: str = "interview", group: str | None = None, words: int = 1000
) -> dict[str, Any]:
    return {"region": region, "kind": kind, "stakeholder_group": group, "words": words}


OF_STUDY = (
    *("auto", "accepted", "pending", "rejected", "audit_drawn", "audit_judged"),
    *("precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high", "f1", "f1_low", "f1_high"),
    *("sentences", "sentences_done", "assigned", "undone_runs", "undone_imports"),
)
PLAN = {
    "North": RegionPlan(interviews=3, workshops=1, groups={"driver": 2, "passenger": 0}),
    "South": RegionPlan(interviews=2),
}
COLLECTED = [
    document("North", group="driver"),
    document("North", "workshop", group="mixed"),
    document("East", "survey"),
    document(None, group="clerk"),
]


def test_status_holds_numbers_for_programs_and_n_of_m_for_people() -> None:
    status = Status(documents=COLLECTED, plan=PLAN)
    rows = {row["region"]: row for row in json.loads(str(present.status_text(status, "json")))}
    assert list(rows) == ["North", "South", "(missing)", "East", "Total"]
    north = {name: rows["North"][name] for name in ("interviews", "interviews_planned", "driver", "driver_planned")}
    assert north == {"interviews": 1, "interviews_planned": 3, "driver": 1, "driver_planned": 2}
    assert rows["East"]["interviews_planned"] is None
    assert (rows["East"]["other"], rows["(missing)"]["clerk"]) == (1, 1)
    plain = {name: value for name, value in rows["Total"].items() if name not in OF_STUDY}
    assert plain == {
        "region": "Total", "interviews": 2, "interviews_planned": 5, "workshops": 1, "workshops_planned": 1,
        "driver": 1, "driver_planned": 2, "passenger": 0, "passenger_planned": 0, "clerk": 1, "clerk_planned": 0,
        "other": 1, "documents": 4, "words": 4000,
    }  # fmt: skip
    lines = str(present.status_text(status, "table")).splitlines()
    north_line = next(line for line in lines if line.startswith("North"))
    assert north_line.split() == ["North", "1", "of", "3", "1", "of", "1", "1", "of", "2", "0", "2", "2,000"]
    start = lines.index("Collected of planned.")
    assert lines[start + 1] == "6 codings count, 1 waits for a person."


def test_status_without_a_plan_only_counts() -> None:
    text = str(present.status_text(Status(documents=COLLECTED), "table"))
    assert " of " not in text
    assert "Collected of planned" not in text


def test_status_of_many_groups_with_long_names_fits_a_hundred_columns() -> None:
    documents = [document(f"{'Region ' * 9}{n}"[:60], group=f"{'Group ' * 10}"[:58] + f"{n:02}") for n in range(20)]
    lines = str(present.status_text(Status(documents=documents), "table")).splitlines()
    assert max(map(len, lines)) <= 100


def test_a_new_study_is_told_file_by_file() -> None:
    report = flow.InitReport(written=(Path("qualcode.toml"),), sources=1, kept=(Path("documents.csv"),))
    assert present.init_text(report).splitlines() == [
        "Wrote qualcode.toml.",
        "Kept documents.csv (it was there already).",
        "Found 1 source.",
        "Next: fill in documents.csv, then: qualcode tag --dry-run . and qualcode tag .",
    ]


def test_it_says_how_many_codings_are_probably_wrong() -> None:
    # Sum of 1 - p = 0.9 and of p (1 - p) = 0.64: 0.9 +- 1.96 * 0.8, cut off at 0.
    text = str(present.status_text(Status(documents=COLLECTED, expected_wrong=3.0), "table"))
    assert "about 3 are wrong (1 to 5)" in " ".join(text.split())
    assert "are wrong" not in str(present.status_text(Status(documents=COLLECTED, auto=0), "table"))


def said(**given: Any) -> str:
    return " ".join(str(present.status_text(Status(documents=COLLECTED, **given), "table")).split())


def test_it_says_what_people_decided_and_how_far_each_is() -> None:
    text = said(
        accepted=2,
        rejected=3,
        done={"Ada": 40, "Ben": 7},
        assigned=(Assigned("Ada", documents=3, documents_done=1, sentences=60, sentences_done=40),),
    )
    assert "8 codings count (2 of them accepted by people), 1 waits for a person, 3 rejected." in text
    assert "Of the 6 that only the machine counts about 1 are wrong" in text
    assert "Done of 90 sentences: Ada 40, Ben 7." in text
    assert "Assigned to Ada: 1 of 3 documents done (40 of 60 sentences)." in text


def test_it_says_how_good_the_machine_is_or_how_to_find_out() -> None:
    assert "The machine was not audited. Judge sentences drawn at random: qualcode review --audit 200" in said()
    assert "40 sentences drawn, none judged yet. Judge them: qualcode review --queue audit" in said(drawn=40)
    assert "audit" not in said(auto=0)
    text = said(drawn=40, accuracy=MEASURED)
    assert "The machine by the audit (30 of 40 sentences judged): precision 0.91 (0.85 to 0.95)" in text
    assert "recall not known, F1 0.80." in text
    assert "Recall is undefined" in text
    assert "Judge the other sentences drawn: qualcode review --queue audit" in text
    assert "are wrong" not in text  # what was measured stands in place of what was expected


def test_programs_find_what_concerns_the_study_in_its_total() -> None:
    status = Status(documents=COLLECTED, accepted=2, drawn=40, accuracy=MEASURED, done={"Ada": 40})
    rows = json.loads(str(present.status_text(status, "json")))
    assert tuple(rows[-1])[-len(OF_STUDY) :] == OF_STUDY
    assert all(rows[0][name] is None for name in OF_STUDY)
    last = rows[-1]
    assert (last["accepted"], last["audit_drawn"], last["audit_judged"]) == (2, 40, 30)
    assert (last["precision"], last["precision_low"], last["recall"], last["f1"]) == (0.912, 0.85, None, 0.8)
    assert (last["sentences_done"], last["assigned"]) == ([{"coder": "Ada", "sentences": 40}], [])


def test_it_says_how_much_is_taken_back() -> None:
    assert "taken back" not in str(present.status_text(Status(), "table"))
    one, both = Status(undone_runs=1), Status(undone_runs=2, undone_imports=1)
    assert "1 run is taken back. See: qualcode undo --list" in str(present.status_text(one, "table"))
    assert "2 runs and 1 import are taken back. See:" in str(present.status_text(both, "table"))
