"""Make the template of the regional report again: ``python docs/make_templates.py``.

It is a Word file with tags that docxtpl fills; ``docs/report-templates.md`` lists what a tag may name. Change it
here, not in Word, so that it can be remade and its changes can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qualcode.present.phrases import blank
from qualcode.present.regional import TEMPLATE
from qualcode.present.sealing import seal
from qualcode.present.word import Writer, document_bytes, field_end, field_start, lay_out, write_caption, write_cell
from qualcode.present.word_styles import MARGIN_CM, PAGE_CM, TO_BE_WRITTEN

MOST_QUOTED = 4
"""Passages shown of a list; where more were found, a line says how many and where."""
MOST_STRENGTHS = 8
MOST_PRACTICES = 5

TITLES = (
    "1. Largest barriers",
    "2. Strengths and weaknesses",
    "3. Best practices",
    "4. Access to secondary health data",
    "5. What the workshop made of the interviews",
    "6. Barriers nobody raised",
    "7. How these numbers were made",
)


def regional_template() -> bytes:
    """The template, the same bytes each time."""
    template = Template()
    template.front()
    template.barriers()
    template.strengths()
    template.practices()
    template.data_access()
    template.ending()
    return seal(
        document_bytes(template.writer.document, title="", subject="Template", date="2025-01-01", author="qualcode"),
        TEMPLATE.suffix,
    )


class Template:
    """The template being written; text in double braces is filled by docxtpl."""

    def __init__(self) -> None:
        self.writer = Writer("{{ report.title }} · {{ participation.region }}")

    def write(self, style: str, *lines: str) -> None:
        """Paragraphs of one style."""
        for line in lines:
            self.writer.text(line, style)

    def tag(self, *tags: str) -> None:
        """Tags for whole paragraphs, each on a line of its own."""
        self.write("Normal", *("{%p " + tag + " %}" for tag in tags))

    def blank(self, question: str) -> None:
        """A mark for the author."""
        self.writer.blank(question)

    def passages(self, items: str, most: int, *, otherwise: str) -> None:
        """Quotes of a list, the rest of a long one named; a mark for the author where there is none."""
        self.tag(f"for quote in ({items})[:{most}]")
        self.write("Quote", "{{ quote | quoted }}")
        self.write("Quote source", "{{ quote | source }}{% if quote.choice %} ({{ quote.choice }}){% endif %}")
        self.tag("else")
        self.blank(otherwise)
        self.tag("endfor")
        self.rest(items, most)

    def rest(self, items: str, most: int) -> None:
        """Where the rest of a long list is."""
        self.tag(f"if {items} | more({most})")
        self.write("Note", "{{ " + f"{items} | more({most}, participation.region)" + " }}")
        self.tag("endif")

    def table(self, number: str, title: str, heads: Sequence[str], widths: Sequence[float], *, right_from: int) -> Any:
        """A table with its caption and head; columns from `right_from` on hold numbers."""
        write_caption(self.writer.text("", "Table caption"), "Table", number, title)
        grid = self.writer.document.add_table(rows=1, cols=len(heads))
        for place, (cell, head) in enumerate(zip(grid.rows[0].cells, heads, strict=True)):
            write_cell(cell, head, "Table head number" if place >= right_from else "Table head")
        self._laid = (grid, widths, title, right_from)
        return grid

    def row(self, *texts: str, style: str = "") -> None:
        """A row of the table just begun."""
        grid, _, _, right_from = self._laid
        for place, (cell, text) in enumerate(zip(grid.add_row().cells, texts, strict=False)):
            write_cell(cell, text, style or ("Table number" if place >= right_from else "Table text"))

    def end_table(self) -> None:
        """Widths, repeated head, rows that stay whole."""
        grid, widths, title, _ = self._laid
        lay_out(grid, widths, PAGE_CM[0] - 2 * MARGIN_CM, described=title)
        self.write("After table", "")

    # --- chapters ------------------------------------------------------------------------------

    def front(self) -> None:
        """Title block, contents, participation."""
        self.write("Title", "{{ participation.region }}")
        self.write("Subtitle", "Regional report · {{ report.title }}")
        self.write(
            "Normal",
            "{% if participation.country %}{{ participation.country }}. {% endif %}"
            "Numbers as of {{ report.date[:10] }}.",
        )
        self.blank("authors, organisation, version, funding statement")
        self.write(
            "Normal",
            "This is a draft made from coded notes. Text in brackets on a coloured ground is for the author to write: "
            "search for “To be written”.",
        )
        self.tag("if not has_facets")
        self.write(
            "Normal",
            "The notes were coded without looking for affected parties, impacts, recommendations, strengths, "
            "weaknesses and practices; these are left to the author.",
        )
        self.tag("endif")
        self._contents()
        self._participation()

    def _contents(self) -> None:
        self.write("TOC Heading", "Contents")
        first = self.writer.text("", "toc 1")
        field_start(first, 'TOC \\o "1-2" \\h \\z \\u')
        first.add_run("Who was heard")
        self.write("toc 1", TITLES[0])
        self.tag("for finding in findings")
        self.write("toc 2", "1.{{ loop.index }} {{ finding.name }} (barrier {{ finding.number }})")
        self.tag("endfor")
        self.write("toc 1", *TITLES[1:])
        field_end(self.writer.document.paragraphs[-1])

    def _participation(self) -> None:
        self._chapter("Who was heard")
        self.write(
            "Normal",
            "Interviews: {{ participation.interviews | of_planned(participation.planned_interviews) }}. "
            "Workshops: {{ participation.workshops | of_planned(participation.planned_workshops) }}"
            "{% if participation.workshop_participants %}, planned with "
            "{{ participation.workshop_participants }} participants{% endif %}. "
            "{% if participation.other %}Other documents: {{ participation.other }}. {% endif %}"
            "Respondents' words: {{ '{:,}'.format(participation.words) }}. "
            "{{ participation | small_group(least_documents) }}",
        )
        self.table("1", "Interviews by stakeholder group", ("Stakeholder group", "Interviews"), (10, 3), right_from=1)
        self.row("{%tr for group, count in participation.groups.items() %}")
        self.row("{{ 'Not known' if group == '(missing)' else group }}", "{{ count }}")
        self.row("{%tr endfor %}")
        self.row("All", "{{ participation.interviews }}")
        self.end_table()

    def barriers(self) -> None:
        """One part a barrier, the most emphasised first."""
        self._chapter(TITLES[0])
        self.write(
            "Normal",
            "In the order of emphasis: first the barrier that takes up most of the respondents' words. Of each, a "
            "typical quote is the passage the coding is surest of, a contrasting one says it in other words.",
        )
        self.tag("for finding in findings")
        self.write("Heading 2", "1.{{ loop.index }} {{ finding.name }} (barrier {{ finding.number }})")
        self.write("Heading 3", "Detailed description")
        self.write("Normal", "{{ finding.definition }}")
        self.write(
            "List Bullet",
            "Frequency: {{ finding | raised(participation | documents_noun) }}.",
            "Emphasis: {{ finding | share_of_words }}; {{ finding | rank }}.",
            "Compared with all other regions together: {{ finding | relative }}.",
        )
        self.tag("if finding | pending")
        self.write("List Bullet", "{{ finding | pending }}")
        self.tag("endif")
        self._numbers()
        self.passages("finding.quotes", 3, otherwise="a passage that shows the barrier")
        self._facets("Affected parties", "affected", "who is affected, and how?", "how are they affected?")
        self._facets("Impact", "impacts", "how far does it hold innovations back?", "how far, and for whom?")
        self.write("Heading 3", "Recommended actions")
        self.passages("finding.recommendations", MOST_QUOTED, otherwise="who should do what?")
        self.tag("else")
        self.write("Normal", "No document of the region raises a barrier of the codebook.")
        self.tag("endfor")

    def _numbers(self) -> None:
        heads = (
            "Documents raising it",
            "95 %",
            "Share of words",
            "95 %",
            "Against other regions",
            "95 %",
            "Rank",
            "Pending",
        )
        widths = (3, 2.1, 1.8, 2.1, 2.2, 2.1, 1.3, 1.8)
        self.table("{{ loop.index + 1 }}", "{{ finding.name }}, in numbers", heads, widths, right_from=0)
        self.row(
            "{{ finding.documents_with_code }} of {{ finding.documents }} ({{ finding.share_documents | percent }})",
            "{{ finding.share_documents_low | percent_range(finding.share_documents_high) }}",
            "{{ finding.share_words | percent }}",
            "{{ finding.share_words_low | percent_range(finding.share_words_high) }}",
            "{{ finding.relative_emphasis | times }}",
            "{{ finding.relative_emphasis_low | times_range(finding.relative_emphasis_high) }}",
            "{{ finding.rank }}",
            "{{ finding.segments_pending }}",
        )
        self.end_table()

    def _facets(self, title: str, field: str, question: str, further: str) -> None:
        self.write("Heading 3", title)
        self.tag(f"if finding.{field}")
        self.write("Normal", "Named in passages on this barrier: {{ finding." + field + " | facets }}.")
        self.blank(further)
        self.tag("else")
        self.blank(question)
        self.tag("endif")

    def strengths(self) -> None:
        """Strengths and weaknesses side by side."""
        self._chapter(TITLES[1])
        number, heads = "{{ findings | length + 2 }}", ("Strengths", "Weaknesses")
        self.table(number, "Strengths and weaknesses of the region", heads, (1, 1), right_from=2)
        most = f"[:{MOST_STRENGTHS}]"
        self.row("{%tr for left, right in strengths" + most + " | beside(weaknesses" + most + ") %}")
        self.row(
            *(
                f"{{% if {side} %}}{{{{ {side} | quoted }}}} ({{{{ {side} | source }}}}){{% endif %}}"
                for side in ("left", "right")
            )
        )
        self.row("{%tr endfor %}")
        self.row(blank("further strengths"), blank("further weaknesses"), style=TO_BE_WRITTEN)
        self.end_table()
        for side in ("strengths", "weaknesses"):
            self.tag(f"if {side} | more({MOST_STRENGTHS})")
            listed = f"{side} | more({MOST_STRENGTHS}, participation.region)"
            self.write("Note", f"{side.capitalize()}. {{{{ {listed} }}}}")
            self.tag("endif")

    def practices(self) -> None:
        """What works, as told."""
        self._chapter(TITLES[2])
        self.tag(f"for practice in practices[:{MOST_PRACTICES}]")
        self.write("Heading 2", "Best practice {{ loop.index }}")
        self.blank("name of the practice")
        self.write("Heading 3", "Detailed description")
        self.write("Quote", "{{ practice | quoted }}")
        self.write("Quote source", "{{ practice | source }}")
        self._practice_blanks()
        self.tag("else")
        self.blank("name of a practice")
        self.write("Heading 3", "Detailed description")
        self.blank("what was done, and why does it work?")
        self._practice_blanks()
        self.tag("endfor")
        self.rest("practices", MOST_PRACTICES)

    def _practice_blanks(self) -> None:
        for title, question in (
            ("Key players", "which organisations take part, and what does each do?"),
            ("Impact assessment", "how far does it help innovations into use?"),
            ("Transferability", "what would another region need for it?"),
        ):
            self.write("Heading 3", title)
            self.blank(question)

    def data_access(self) -> None:
        """The four headings on secondary health data."""
        self._chapter(TITLES[3])
        self.tag("for heading, passages in data_access.items()")
        self.write("Heading 2", "{{ heading }}")
        self.passages("passages", MOST_QUOTED, otherwise="what is known of this in the region?")
        self.tag("endfor")

    def ending(self) -> None:
        """Workshop, silence, methods."""
        self._chapter(TITLES[4])
        self.tag("if workshop.has_both")
        for label, field in (
            ("Confirmed, raised in interviews and in the workshop", "confirmed"),
            ("Added, raised in the workshop only", "added"),
            ("Dropped, raised in interviews only", "dropped"),
        ):
            self.write("Normal", f"{label}: {{{{ workshop.{field} | join('; ') or 'nothing' }}}}.")
        self.tag("else")
        self.write("Normal", "There is no interview or no workshop of this region, so the two cannot be compared.")
        self.tag("endif")
        self._chapter(TITLES[5])
        self.tag("for name in silent")
        self.write("List Bullet", "{{ name }}")
        self.tag("else")
        self.write("Normal", "Every barrier that was asked about is raised in the region.")
        self.tag("endfor", "if silent")
        self.write("Normal", "That nobody raised a barrier does not show that it is not there.")
        self.tag("endif")
        self._chapter(TITLES[6])
        for items, style in (("report.methods", "Normal"), ("report.notes", "Note"), ("notes", "Note")):
            self.tag(f"for paragraph in {items}")
            self.write(style, "{{ paragraph }}")
            self.tag("endfor")

    def _chapter(self, title: str) -> None:
        self.write("Heading 1", title)


def main() -> None:
    """Write the template where the package looks for it."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(regional_template())
    print(f"wrote {TEMPLATE.name}")


if __name__ == "__main__":
    main()
