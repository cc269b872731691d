"""The segmenting room: a `Document` becomes a `Transcript` of turns (who speaks) and segments (sentences).

Turns come from labels ("Interviewer:", voices, bold names ...), roles from what the labels say and how the
people talk, segments from a sentence rule with exact offsets into `Document.text`.
"""

from __future__ import annotations

from .speakers import SpeakerSummary, describe_speakers
from .transcript import SEGMENTER_VERSION, segment_document, segment_passage

__all__ = [
    "SEGMENTER_VERSION",
    "SpeakerSummary",
    "describe_speakers",
    "segment_document",
    "segment_passage",
]
