"""The dry run's speakers."""

from qualcode.model import Block, Document
from qualcode.segment import SpeakerSummary, describe_speakers, segment_document


def test_speakers_are_counted_in_the_order_they_speak() -> None:
    text = "Date: today\n\nI: How is it?\nR: It is bad.\nI: Why?\nR: No staff."
    starts = [0, *[at + 1 for at, character in enumerate(text) if character == "\n" and text[at + 1] != "\n"]]
    blocks = tuple(Block(at, text.find("\n", at) if "\n" in text[at:] else len(text), "line") for at in starts)
    assert describe_speakers(segment_document(Document("a.txt", text, blocks))) == [
        SpeakerSummary(None, "note", 1, 2),
        SpeakerSummary("I", "interviewer", 2, 4),
        SpeakerSummary("R", "respondent", 2, 5),
    ]
