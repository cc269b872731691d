"""Stories of an RTF file."""

from qualcode.read.rich_stories import Story
from qualcode.read.runs import Runs


def _say(story: Story, words: str) -> None:
    story.runs.add(words, False)


def _texts(story: Story) -> list[object]:
    return [piece.text if isinstance(piece, Runs) else piece for piece, _ in story.pieces]


def test_paragraphs_and_cells_come_in_order() -> None:
    story = Story("body")
    _say(story, "before")
    story.end_paragraph()
    story.in_table = True
    for cell in (("a", "b"), ("c",)):
        for words in cell[:-1]:
            _say(story, words)
            story.end_paragraph()
        _say(story, cell[-1])
        story.end_cell()
    story.end_row()
    story.in_table = False
    _say(story, "after")
    story.end()
    assert _texts(story) == ["before", [["a\nb", "c"]], "after"]
    assert story.text == "before\na\nb c\nafter"


def test_a_text_box_follows_the_paragraph_it_hangs_on() -> None:
    story, box = Story("body"), Story("shptxt")
    _say(box, "in the box")
    box.end()
    _say(story, "one")
    story.boxes.append(box)
    story.end_paragraph()
    _say(story, "two")
    story.end()
    assert _texts(story) == ["one", "in the box", "two"]


def test_a_table_that_breaks_off_is_kept() -> None:
    story = Story("body", in_table=True)
    _say(story, "a")
    story.end_cell()
    _say(story, "b")
    story.end()
    assert _texts(story) == [[["a", "b"]]]
