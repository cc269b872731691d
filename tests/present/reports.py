"""A small but complete report, made by hand: the mini study (3 regions, 9 documents, 4 codes) with names that hurt.

Numbers are those of ``aggregate/mini_study.py``, so they can be counted by hand. Names and quotes hold what
breaks files: markup, template tags, control characters, formulas, Greek, and names too long for a column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from aggregate import mini_study
from qualcode.aggregate import summary_table
from qualcode.codebook import Codebook
from qualcode.report import (
    CategoryChapter,
    CodeChapter,
    Extract,
    FacetCount,
    Finding,
    Participation,
    RegionChapter,
    StudyReport,
    WorkshopOutcome,
)

GREEK = "Κεντρική Μακεδονία"
MARKUP = "Emilia & <Romagna>"
LONG = "The Region of the Upper Valleys, the Lower Valleys and All the Islands in Between"
REGIONS = {"Alpha": GREEK, "Beta": MARKUP, "Gamma": LONG}
COUNTRIES = {GREEK: "Greece", MARKUP: "Italy", LONG: None}

MEAN = 'Nobody pays for R&D: <b>"free"</b> {{ money }} {% if %} {_{ &amp; ]]> \x0b\x1b\x07 and\u2028on, says €1.'
FORMULA = '=HYPERLINK("http://example.org";"they said") is what the form asks for'
WRAPPED = "We keep the samples in one house\n   and the records in another."
GREEK_WORDS = "Τα δεδομένα μένουν κλειδωμένα σε κάθε νοσοκομείο, και κανείς δεν τα μοιράζεται."
ENDLESS = "The_consent_form_of_the_hospital_" * 8 + "is one word."
PLAIN = "Each hospital has its own system and none of them talks to the next."

DATA_ACCESS = (
    "How it is accessed today",
    "Barriers",
    "How it should be",
    "Good practices",
)


def make_report() -> StudyReport:
    """The whole report; every field is filled somewhere and empty somewhere else."""
    frames = tables()
    return StudyReport(
        title="Barriers to <personalised> medicine & what to do",
        date="2025-03-01",
        regions=tuple(_region(name, frames) for name in sorted(COUNTRIES)),
        categories=tuple(_category(category, frames) for category in codebook().categories),
        participation=replace(
            _participation(GREEK),
            region="all",
            country=None,
            interviews=8,
            workshops=1,
            groups={"industry": 3, "patients & carers": 1, "(missing)": 4},
            words=1300,
            planned_interviews=13,
            planned_workshops=3,
            workshop_participants=12,
        ),
        methods=(
            "Material: 9 documents (8 interviews, 1 workshop) of 3 regions, 1,300 words of respondents.",
            "Coding: hybrid.v2 suggested codings; those above 0.60 count. Texts as <they> are & were.",
        ),
        tables=frames,
        missing=dict.fromkeys(("association", "workshops", "cooccurrence", "facets"), "too few documents"),
        notes=("Machine codings (hybrid.v2), not audited.", "Only codings with status auto count."),
    )


def codebook() -> Codebook:
    """The codes of the mini study, with names for reading."""

    def code(number: int, id_: str, name: str, definition: str) -> dict[str, Any]:
        words = {"name": name, "short_definition": definition, "definition": definition}
        return {"id": id_, "number": number, "colour": f"#{number}f{number}fa8", **words}

    silos = code(1, "silos", "Data in silos", "Health data stay where they were first written down.")
    consent = code(2, "consent", "Consent & <privacy>", "Rules of consent keep data from being used a second time.")
    pay = code(3, "pay", "Nobody pays", "No payer covers the innovation, however useful it is shown to be.")
    name = "Trials that are too small, too short, too far away and too dear for the firms of the region"
    trials = code(4, "trials", name, "Clinical trials do not take place.")
    return Codebook.model_validate(
        {
            "id": "mini",
            "title": "Mini",
            "version": "1.0.0",
            "categories": [
                _section("data", "Data & access", "Getting at the data.", "#1f5fa8", [consent, silos]),
                _section("money", "Money", "Paying for it all.", "#a85f1f", [trials, pay]),
            ],
        }
    )


def _section(id_: str, name: str, definition: str, colour: str, codes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id_, "name": name, "definition": definition, "colour": colour, "codes": codes}


def tables() -> dict[str, pd.DataFrame]:
    """Frames of the mini study; those it cannot have are left out."""
    documents = [row | {"region": REGIONS[row["region"]]} for row in mini_study.documents()]
    counts = documents, mini_study.code_counts(), mini_study.category_counts(), codebook()
    asked: dict[str, Any] = {"seed": 1, "draws": 200}
    quotes = pd.DataFrame([vars(extract) | {"code": extract.codes[0]} for extract in extracts().values()])
    coded = {(row["document_id"], row["code_id"]) for row in mini_study.code_counts() if row["status"] == "auto"}
    return {
        "summary": summary_table(*counts, by="region", level="code", **asked),
        "categories": summary_table(*counts, by="region", level="category", **asked),
        "overall": summary_table(*counts, by=None, level="code", **asked),
        "documents": pd.DataFrame(documents),
        "matrix": pd.DataFrame(
            {code.id: [int((row["document_id"], code.id) in coded) for row in documents] for code in codebook().codes},
            index=pd.Index([row["document_id"] for row in documents], name="document_id"),
        ),
        "quotes": quotes,
    }


def extracts() -> Mapping[str, Extract]:
    """What is quoted, by a short name."""

    def extract(document: str, region: str, text: str, code: str, **more: Any) -> Extract:
        kind = "workshop" if document == "b1" else "interview"
        known: dict[str, Any] = {"kind": kind, "country": COUNTRIES[region], "speaker": "R1", "probability": 0.91}
        return Extract(text, document, f"{document}.txt", 0, len(text), region, codes=(code,), **(known | more))

    return {
        "plain": extract("a1", GREEK, PLAIN, "silos", stakeholder_group="industry", choice="typical"),
        "greek": extract("a2", GREEK, GREEK_WORDS, "silos", choice="contrasting"),
        "endless": extract("a2", GREEK, ENDLESS, "consent", stakeholder_group="patients & carers", choice="typical"),
        "mean": extract("b1", MARKUP, MEAN, "pay", stakeholder_group=None, choice="typical"),
        "formula": extract("b2", MARKUP, FORMULA, "pay", stakeholder_group="industry", choice="contrasting"),
        "wrapped": extract("g1", LONG, WRAPPED, "silos", kind=None, speaker=None, probability=None),
    }


def _finding(frame: pd.DataFrame, code: str, group: str) -> Finding:
    row = frame[(frame["code"] == code) & (frame["group"] == group)].iloc[0]
    category = next(c for c in codebook().categories if any(own.id == code for own in c.codes))
    definition = next(own.definition for own in category.codes if own.id == code)
    quoted = extracts()
    quotes = {
        ("silos", GREEK): ("plain", "greek"),
        ("consent", GREEK): ("endless",),
        ("pay", MARKUP): ("mean", "formula"),
        ("silos", LONG): ("wrapped",),
    }.get((code, group), ())
    is_full = (code, group) in (("silos", GREEK), ("pay", MARKUP))
    numbers = ("share_documents", "share_words", "relative_emphasis")
    return Finding(
        code=code,
        number=int(row["code_number"]),
        name=row["code_name"],
        definition=definition,
        category=category.id,
        category_name=category.name,
        group=group,
        documents=int(row["documents"]),
        documents_with_code=int(row["documents_with_code"]),
        **{f"{name}{end}": _or_none(row[f"{name}{end}"]) for name in numbers for end in ("", "_low", "_high")},
        q_value=_or_none(row["q_value"]),
        rank=None if pd.isna(row["rank"]) else int(row["rank"]),
        top_three=0.83 if is_full else None,
        segments=int(row["segments"]),
        segments_pending=int(row["segments_pending"]),
        quotes=tuple(quoted[name] for name in quotes),
        affected=(FacetCount("patients", "Patients", 2, 3), FacetCount("firms", "Firms & start-ups", 1, 1))
        if is_full
        else (),
        impacts=(FacetCount("delay", "Delay", 2, 2),) if is_full else (),
        recommendations=(quoted["mean"], *[quoted["plain"]] * 6) if is_full else (),
        practices=(quoted["wrapped"],) if is_full else (),
    )


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _participation(region: str) -> Participation:
    documents = [row for row in mini_study.documents() if REGIONS[row["region"]] == region]
    kinds = [row["kind"] for row in documents]
    planned = region == GREEK
    return Participation(
        region=region,
        country=COUNTRIES[region],
        interviews=kinds.count("interview"),
        workshops=kinds.count("workshop"),
        other=0,
        groups={
            GREEK: {"industry": 2, "patients & carers": 1, "(missing)": 1},
            MARKUP: {"industry": 1, "(missing)": 1},
        }.get(region, {"(missing)": 2}),
        words=sum(row["words"] for row in documents),
        planned_interviews=10 if planned else None,
        planned_workshops=1 if planned else None,
        workshop_participants=12 if planned else None,
    )


def _region(name: str, frames: Mapping[str, pd.DataFrame]) -> RegionChapter:
    found = [_finding(frames["summary"], code.id, name) for code in codebook().codes]
    raised = sorted((one for one in found if one.documents_with_code), key=lambda one: one.rank or 99)
    quoted = extracts()
    is_full = name == GREEK
    return RegionChapter(
        participation=_participation(name),
        findings=tuple(raised),
        silent=tuple(one.name for one in found if not one.documents_with_code),
        strengths=(quoted["plain"], quoted["greek"], quoted["mean"]) if is_full else (),
        weaknesses=(quoted["wrapped"],) * 9 if is_full else (),
        practices=(quoted["mean"], quoted["plain"]) if is_full else (),
        data_access=dict(zip(DATA_ACCESS, ((quoted["plain"],), (quoted["greek"],) * 7, (), ()), strict=True))
        if is_full
        else dict.fromkeys(DATA_ACCESS, ()),
        workshop=WorkshopOutcome(True, ("Nobody pays",), ("Data in silos",), ("Consent & <privacy>",))
        if name == MARKUP
        else WorkshopOutcome(False),
        has_facets=name != LONG,
        notes=("n<5: too few documents to generalise.",),
    )


def _category(category: Any, frames: Mapping[str, pd.DataFrame]) -> CategoryChapter:
    return CategoryChapter(
        category.id,
        category.name,
        category.definition,
        category.colour,
        tuple(_code(code, frames) for code in sorted(category.codes, key=lambda code: code.number)),
    )


def _code(code: Any, frames: Mapping[str, pd.DataFrame]) -> CodeChapter:
    return CodeChapter(
        _finding(frames["overall"], code.id, "all"),
        tuple(_finding(frames["summary"], code.id, name) for name in sorted(COUNTRIES)),
        (extracts()["mean"], extracts()["wrapped"]) if code.id == "silos" else (),
    )
