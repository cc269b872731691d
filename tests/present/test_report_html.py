from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualcode.present.report_html import LISTED, PASSAGES, _typed, percent_digits, report_html, stands_out
from qualcode.report import CategoryChapter, Extract, Finding, StudyReport

from . import reports

VOID = {"meta", "br", "hr", "img", "input", "link"}
ADDRESSES = ("src", "srcset", "action", "data", "poster", "background", "formaction", "ping", "style", "target")


class Page(HTMLParser):
    """What stands in a page: elements with attributes, text by element, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self.text_of: dict[str, str] = {}
        self.feed(text)
        self.close()
        self.faults += [f"open at the end: {tag}" for tag, _ in self.open]
        self.text_of = {id_: re.sub("[ \\n]+", " ", words).strip() for id_, words in self.text_of.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"twice {name} in {tag}" for name in set(names) if names.count(name) > 1]
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("th", "td", "dt", "dd", "li", "small"):
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("id") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"closes {tag}, open is {self.open[-1:]}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for _, id_ in self.open:
            if id_:
                self.text_of[id_] = self.text_of.get(id_, "") + data

    def of(self, *tags: str) -> list[dict[str, str]]:
        """Attributes of all elements with one of the tags."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def text(self) -> str:
        return self.text_of["main"]


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return reports.make_report()


@pytest.fixture(scope="module")
def page(report: StudyReport) -> Page:
    return Page(report_html(report))


def shown(text: str) -> str:
    """How a quoted text stands on the page: what no HTML file may hold as U+FFFD, newlines as blanks."""
    text = re.sub("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)
    return re.sub(r"[ \t]*\n[ \t]*", " ", text.strip())


# --- a sound page ------------------------------------------------------------------------------


def test_every_element_is_closed_and_every_id_is_there_once(page: Page) -> None:
    assert page.faults == []
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_link_leads_to_something_on_the_page(page: Page) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [attributes["href"] for attributes in page.of("a", "use")]
    assert links
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []
    named = [attributes[name] for _, attributes in page.elements for name in ("aria-labelledby",) if name in attributes]
    assert [name for name in named if name not in ids] == []


def test_the_page_loads_nothing_and_runs_nothing_but_its_own_script(page: Page) -> None:
    assert page.of("link", "iframe", "object", "embed", "base", "form", "img") == []
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ADDRESSES], (tag, attributes)
    assert "@import" not in page.source
    assert "url(" not in re.sub(r"url\(#", "", page.source)
    (policy,) = [a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_language_landmarks_and_a_way_past_the_contents(page: Page) -> None:
    assert page.of("html") == [{"lang": "en"}]
    assert len(page.of("main")) == 1
    assert page.of("nav") == [{"id": "contents", "aria-label": "Contents"}]
    assert page.of("a")[0] == {"class": "skip", "href": "#main"}


def test_every_table_has_a_caption_and_every_heading_a_scope(page: Page) -> None:
    tags = [tag for tag, _ in page.elements]
    places = [place for place, tag in enumerate(tags) if tag == "table"]
    assert places
    assert {tags[place + 1] for place in places} == {"caption"}
    assert all(attributes.get("scope") in ("col", "row", "rowgroup") for attributes in page.of("th"))


def test_sortable_tables_say_so_before_the_script_runs(page: Page) -> None:
    assert {attributes.get("aria-sort", "none") for attributes in page.of("th")} == {"none"}
    grid = page.source[page.source.index('id="frequency-grid"') :].split("</thead>")[0]
    assert grid.count('aria-sort="none"') == 2 + 3 + 2


def test_every_figure_says_what_it_shows(page: Page) -> None:
    drawings = [attributes for attributes in page.of("svg") if attributes.get("role") == "img"]
    assert len(drawings) == 1 + 4 + 3
    assert all(attributes["aria-label"] for attributes in drawings)


def test_the_same_report_gives_the_same_page(report: StudyReport, page: Page) -> None:
    assert report_html(report) == page.source


# --- what it says ------------------------------------------------------------------------------


def test_the_contents_lead_to_every_chapter_barrier_and_region(report: StudyReport, page: Page) -> None:
    contents = page.text_of["contents"]
    names = [*(c.name for c in report.categories), *(f.name for f in report.findings)]
    for name in (*names, *(r.participation.region for r in report.regions)):
        assert name in contents


def test_words_that_hurt_stay_words(page: Page) -> None:
    assert page.of("b") == []
    assert len(page.of("script")) == 1
    for name in ("mean", "formula", "wrapped", "greek", "plain"):
        assert f"“{shown(reports.extracts()[name].text)}”" in page.text
    assert reports.MARKUP in page.text
    assert "\u2028" in page.text


def test_no_control_character_is_in_the_file(page: Page) -> None:
    assert not re.search("[\x00-\x08\x0b\x0e-\x1f\x7f]", page.source)


def test_nobody_is_named(page: Page) -> None:
    assert "R1" not in page.text
    assert ".txt" not in page.text
    assert "interview, industry, " + reports.GREEK in page.text


def test_a_number_of_the_grid_leads_to_the_quotes_behind_it(report: StudyReport, page: Page) -> None:
    cell = "silos--κεντρική-μακεδονία"
    links = [a for a in page.of("a") if a.get("href") == f"#{cell}"]
    finding = next(f for f in report.categories[0].codes[0].regions if f.group == reports.GREEK)
    assert {a["aria-label"].split(":")[0].rstrip("▲▼") for a in links} >= {
        percent_digits(finding.share_documents, 0),
        percent_digits(finding.share_words, 1),
        f"{finding.documents_with_code}/{finding.documents}",
        str(finding.segments),
    }
    assert reports.PLAIN in page.text_of[cell]
    assert reports.GREEK_WORDS in page.text_of[cell]
    assert "typical" in page.text_of[cell]
    assert reports.FORMULA not in page.text_of[cell]


def test_nothing_stands_behind_a_zero(report: StudyReport, page: Page) -> None:
    silent = [
        finding for c in report.categories for code in c.codes for finding in code.regions
        if not finding.documents_with_code
    ]  # fmt: skip
    assert silent
    targets = {attributes.get("id") for _, attributes in page.elements}
    assert "pay--the-region-of-the-upper-valleys-the-lower-valleys-and-all-the-islands-in-between" not in targets


def test_the_overview_counts_the_regions_that_raise_a_barrier(report: StudyReport, page: Page) -> None:
    for category in report.categories:
        for code in category.codes:
            regions = sum(finding.documents_with_code > 0 for finding in code.regions)
            assert f"{code.overall.name} {regions} of 3 regions" in page.text_of["overview"]


def test_a_category_is_raised_where_one_of_its_barriers_is(report: StudyReport, page: Page) -> None:
    for category in report.categories:
        groups = {f.group for code in category.codes for f in code.regions if f.documents_with_code}
        assert f"Raised in {len(groups)} of 3 regions." in page.text_of[f"category-{category.category}"]


def test_documents_without_a_region_are_no_region(report: StudyReport) -> None:
    *known, greek = report.regions
    assert greek.participation.region == reports.GREEK
    chapters = (*known, replace(greek, participation=replace(greek.participation, region="(missing)")))
    page = Page(report_html(replace(renamed(report, reports.GREEK, "(missing)"), regions=chapters)))
    assert page.faults == []
    assert "of 2 regions" in page.text_of["overview"]
    assert "of 3 regions" not in page.text_of["overview"]
    assert "--region '(missing)'" not in page.source


def renamed(report: StudyReport, old: str, new: str) -> StudyReport:
    """The report with another name for a region, in findings and tables."""

    def change(category: CategoryChapter) -> CategoryChapter:
        codes = tuple(
            replace(code, regions=tuple(replace(f, group=new if f.group == old else f.group) for f in code.regions))
            for code in category.codes
        )
        return replace(category, codes=codes)

    tables = {}
    for name, frame in report.tables.items():
        tables[name] = frame.replace({"group": {old: new}}) if "group" in frame else frame
        tables[name].attrs = dict(frame.attrs) | {
            key: {new if group == old else group: n for group, n in frame.attrs[key].items()}
            for key in ("group_documents", "group_words")
            if key in frame.attrs
        }
    return replace(report, categories=tuple(map(change, report.categories)), tables=tables)


def passages(count: int) -> Iterator[dict[str, object]]:
    """Passages of two documents, apart from the quotes that are chosen; the surest are all of a1."""
    for number in range(count):
        document = "a1" if number < count // 2 else "a3"
        start = 1000 + 20 * number
        words = Extract(
            f"Passage {number}.", document, f"{document}.txt", start, start + 10, reports.GREEK, "Greece", "industry",
            "interview", "R1", ("silos",), "", 0.99 - number / 1000,
        )  # fmt: skip
        yield vars(words) | {"code": "silos"}


def test_a_long_list_of_passages_is_cut_and_says_how_to_see_the_rest(report: StudyReport) -> None:
    quotes = pd.concat([report.tables["quotes"], pd.DataFrame(passages(40))], ignore_index=True)
    page = Page(report_html(replace(report, tables={**report.tables, "quotes": quotes})))
    cell = page.text_of["silos--κεντρική-μακεδονία"]
    assert "42 passages" in cell
    assert cell.count("“") == PASSAGES
    assert (
        f'{42 - PASSAGES} more in the store: qualcode codings --code 1 --region "Κεντρική Μακεδονία" --status counted'
        in cell
    )
    # After the two chosen quotes the documents take turns, each its surest passage first.
    assert re.findall(r"Passage (\d+)\.", cell)[:4] == ["0", "20", "1", "21"]


def test_lists_are_cut_and_say_so(page: Page) -> None:
    sheet = page.text_of["region-κεντρική-μακεδονία"]
    assert "Further passages of Κεντρική Μακεδονία: sheets Quotes and Facets" in sheet
    assert sheet.count("We keep the samples in one house and the records in another.") == LISTED
    assert "None found." not in sheet


def test_the_plan_is_called_a_plan_and_no_heading_is_called_empty(page: Page) -> None:
    sheet = page.text_of["region-κεντρική-μακεδονία"]
    assert "(planned with 12 participants)" in sheet
    assert "[To be written: what is known of this in the region?]" in sheet  # nobody looked under every heading


def test_a_region_that_was_not_asked_is_not_silent(report: StudyReport) -> None:
    def unasked(finding: Finding) -> Finding:
        return replace(finding, documents=0) if (finding.code, finding.group) == ("trials", reports.GREEK) else finding

    categories = tuple(
        replace(c, codes=tuple(replace(k, regions=tuple(map(unasked, k.regions))) for k in c.codes))
        for c in report.categories
    )
    before = Page(report_html(report)).text_of["barrier-trials"]
    said = Page(report_html(replace(report, categories=categories))).text_of["barrier-trials"]
    assert "Nobody was asked in Κεντρική Μακεδονία." in said
    assert reports.MARKUP in said.partition("Not raised in")[2]
    assert said.count(reports.GREEK) == before.count(reports.GREEK)  # moved from the one sentence to the other


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Crete", "Crete"), ("West Flanders", '"West Flanders"'), ("O'Brien", '"O\'Brien"'), ("a$b c", "'a$b c'")],
)
def test_commands_can_be_typed_in_every_shell(name: str, typed: str) -> None:
    assert _typed(name) == typed


def test_a_fact_sheet_says_what_the_workshop_did(page: Page) -> None:
    sheet = page.text_of["region-emilia-romagna"]
    assert "Confirmed Nobody pays Added Data in silos Not taken up Consent & <privacy>" in sheet
    assert "No comparison: it takes interviews and a workshop." in page.text_of["region-κεντρική-μακεδονία"]


def test_facets_that_were_not_looked_for_are_not_called_none(page: Page) -> None:
    sheet = page.text_of["region-the-region-of-the-upper-valleys-the-lower-valleys-and-all-the-islands-in-between"]
    assert "were tagged without facets" in sheet
    assert "None found." not in sheet


def test_participation_adds_groups_up(page: Page) -> None:
    table = page.text_of["participation"]
    assert "Region industry patients & carers (missing) Interviews Workshops" in table
    assert "All 3 1 4 8 of 13 1 of 3 12 0 1,300" in table


def test_methods_and_notes_are_printed_and_missing_tables_named(report: StudyReport, page: Page) -> None:
    for paragraph in report.methods:
        assert paragraph in page.text_of["methods"]
    for note in report.notes:
        assert note in page.text_of["notes"]
    assert "Left out: cooccurrence (too few documents)." in page.text_of["notes"]
    assert "Not shown: too few documents." in page.text_of["patterns"]


def test_a_report_without_its_tables_is_still_a_page(report: StudyReport) -> None:
    bare = replace(report, tables={}, missing=dict.fromkeys(report.tables, "made by hand"))
    page = Page(report_html(bare))
    assert page.faults == []
    assert [a for a in page.of("svg") if a.get("role") == "img"] == []
    assert reports.PLAIN in page.text


@settings(max_examples=12, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=60))
@example("</script><script>alert(1)</script>")
@example("{{ 7 * 7 }}{% raw %}")
@example("\u2028\u2029\u202e</p>\0")
def test_no_text_breaks_the_page(text: str) -> None:
    made = reports.make_report()
    who = replace(made.regions[0].participation, region=text, country=text, groups={text: 1})
    told = replace(reports.extracts()["plain"], text=text, kind=text, stakeholder_group=text, region=text)
    chapter = replace(
        made.regions[0], participation=who, silent=(text,), strengths=(told,), notes=(text,), has_facets=True
    )
    page = Page(report_html(replace(made, title=text, regions=(chapter,), methods=(text,), notes=(text,), tables={})))
    assert page.faults == []
    assert len(page.of("script")) == 1
    assert [tag for tag, _ in page.elements if tag in ("b", "iframe", "img")] == []


def test_a_study_without_regions_and_barriers_is_a_page(report: StudyReport) -> None:
    page = Page(report_html(replace(report, regions=(), categories=(), tables={}, missing={})))
    assert page.faults == []
    assert "Not shown: the table is not there." in page.text_of["patterns"]


# --- how numbers look --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.5, 0, "50"), (0.004, 0, "<1"), (0.0049, 1, "0.5"), (0.0004, 1, "<0.1"), (0.996, 0, ">99"), (1.0, 1, "100.0"),
        (0.0, 1, "0"), (None, 0, "–"),
    ],
)  # fmt: skip
def test_a_share_is_never_rounded_to_nothing_or_all(share: float | None, decimals: int, text: str) -> None:
    assert percent_digits(share, decimals) == text


def test_what_stands_out_has_a_direction(report: StudyReport) -> None:
    finding = replace(report.findings[0], relative_emphasis=1.0, q_value=0.01)
    assert stands_out(finding) == "▲"
    assert stands_out(replace(finding, relative_emphasis=-1.0)) == "▼"
    assert stands_out(replace(finding, q_value=0.05)) == ""
    assert stands_out(replace(finding, q_value=None)) == ""


# --- contrast ----------------------------------------------------------------------------------


def luminance(colour: tuple[float, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def scheme(block: str) -> dict[str, tuple[float, ...]]:
    found = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6}|\d+,\d+,\d+)", block))

    def read(value: str) -> tuple[float, ...]:
        if "," in value:
            return tuple(float(part) for part in value.split(","))
        full = value[1:] if len(value) == 7 else "".join(2 * c for c in value[1:])
        return tuple(int(full[i : i + 2], 16) for i in (0, 2, 4))

    return {name: read(value) for name, value in found.items()}


@pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])
def test_text_has_contrast_aa(page: Page, which: int) -> None:
    colours = scheme(re.findall(r":root\{(.*?)\}", page.source, re.DOTALL)[which])
    for text in ("ink", "muted", "link"):
        for ground in ("paper", "card", "soft"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    tints = [float(alpha) for alpha in re.findall(r"\.t\d+\{background:rgba\(var\(--heat\),(\.\d+)\)\}", page.source)]
    assert len(tints) == 10
    for alpha in tints:
        mixed = tuple(alpha * h + (1 - alpha) * c for h, c in zip(colours["heat"], colours["card"], strict=True))
        assert contrast(colours["ink"], mixed) >= 4.5, alpha
    assert contrast(colours["focus"], colours["paper"]) >= 3
