"""JSON of speech recognition in: one block a segment, with its speaker and time.

Known are the files of Whisper, WhisperX and whisper.cpp, and a plain list of segments; other JSON is refused, since any
program may write it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ReadError, shown
from .decode import decode, unify_newlines
from .layout import Parsed, TextBuilder, counted, listed, storable

_PLACES = {
    "segments": "segments of Whisper or WhisperX",
    "transcription": "segments of whisper.cpp",
    "chunks": "chunks of Whisper",
}
"""Key that holds the segments, and how the file is called then."""
_TEXT_KEYS = ("text", "transcript", "utterance")
_SPEAKER_KEYS = ("speaker", "speaker_name", "name")
_START_KEYS = ("start", "start_time", "time", "timestamp", "timestamps")
_WHOLE_KEYS = frozenset({"text", "language", "task", "duration", "usage", "logprobs"})
_NOBODY = "Unknown"
_ACCEPTED = (
    'Read are the JSON of Whisper and WhisperX ("segments"), of whisper.cpp ("transcription"), and a list of objects '
    'with "text" and "speaker" or "start".'
)


@dataclass(frozen=True)
class _Segment:
    words: str
    speaker: str | None
    time: str | None
    voices: frozenset[str]


def parse_speech_json(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002, ARG001
    """Read the JSON of a program that writes down speech.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"json"}
    file : str
        Name for the messages.
    encoding : str or None
        None = find it.

    Returns
    -------
    Parsed
        Segments joined by LF; times in seconds are written ``00:01:03.420``. Where some segments name a speaker, one
        without is spoken by "Unknown".

    Raises
    ------
    ReadError
        If it is no JSON, no transcript, or holds no words.
    """
    decoded = decode(raw, file=file, encoding=encoding)
    try:
        tree = json.loads(decoded.text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{file}: is not valid JSON ({error}). Export it again.") from error
    entries, kind = _entries(tree, file)
    left_out = Counter[str]()
    segments = [_segment(entry, left_out) for entry in entries]
    named = any(segment.speaker for segment in segments)
    builder = TextBuilder()
    for segment in segments:
        if not segment.words:
            left_out["segment without words"] += 1
            continue
        if named and not segment.speaker:
            left_out[f'segment without a speaker (spoken by "{_NOBODY}")'] += 1
        if len(segment.voices) > 1:
            left_out["segment that holds words of a second speaker (kept with the first)"] += 1
        builder.add(
            segment.words, "caption", speaker=segment.speaker or (_NOBODY if named else None), time=segment.time
        )
    if not builder.blocks:
        raise ReadError(f"{file}: no segment holds words. Nothing is stored for it.")
    return Parsed(
        builder.text,
        tuple(builder.blocks),
        left_out=(*decoded.notes, *counted(left_out)),
        encoding=decoded.encoding,
        encoding_guessed=decoded.guessed,
        read_as=(f"speech: {kind}",),
    )


def is_speech_json(raw: bytes) -> bool:
    """Whether a file is the JSON of a program that writes down speech; other JSON lies in many folders."""
    try:
        parse_speech_json(raw, format="json", file="")
    except ReadError:
        return False
    return True


# --- which shape -------------------------------------------------------------------------------


def _entries(tree: Any, file: str) -> tuple[list[Mapping[str, Any]], str]:
    """The segments, and what the file is called."""
    if isinstance(tree, list) and tree and all(map(_is_spoken, tree)):
        return tree, "a list of segments"
    if isinstance(tree, dict):
        place = next((key for key in _PLACES if isinstance(tree.get(key), list)), None)
        if place and all(isinstance(entry, dict) and _text_of(entry) is not None for entry in tree[place]):
            return tree[place], _PLACES[place]
        if isinstance(tree.get("text"), str) and tree.keys() <= _WHOLE_KEYS:
            return [tree], "the text of Whisper, without times"
    raise ReadError(f"{file}: is JSON, but no transcript: found {_found(tree)}. {_ACCEPTED}")


def _is_spoken(entry: Any) -> bool:
    """Whether it has words and a speaker or a time, and is no coding that qualcode wrote."""
    if not isinstance(entry, dict) or _text_of(entry) is None or "code_number" in entry:
        return False
    return any(key in entry for key in (*_SPEAKER_KEYS, *_START_KEYS))


def _found(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"an object with {shown(listed(map(json.dumps, tree))) or 'nothing in it'}"
    if isinstance(tree, list):
        first = f", the first {_found(tree[0])}" if tree else ""
        return f"a list of {len(tree)}{first}"
    return json.dumps(tree)[:60]


# --- one segment -------------------------------------------------------------------------------


def _segment(entry: Mapping[str, Any], left_out: Counter[str]) -> _Segment:
    spoken = [word.get("speaker") for word in entry.get("words") or () if isinstance(word, dict)]
    voices = Counter(name for name in map(_speaker, spoken) if name)
    speaker = next((name for key in _SPEAKER_KEYS if (name := _speaker(entry.get(key)))), None)
    if speaker is None and voices:
        speaker = voices.most_common(1)[0][0]
    return _Segment(
        words=storable(unify_newlines(_text_of(entry) or "").strip(), left_out),
        speaker=speaker and storable(speaker, left_out),
        time=_time(next((entry[key] for key in _START_KEYS if key in entry), None)),
        voices=frozenset(voices) | ({speaker} if speaker else set()),
    )


def _text_of(entry: Mapping[str, Any]) -> str | None:
    return next((entry[key] for key in _TEXT_KEYS if isinstance(entry.get(key), str)), None)


def _speaker(value: Any) -> str | None:
    """A name as written; numbers count voices."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}"
    return (" ".join(value.split()) or None) if isinstance(value, str) else None


def _time(value: Any) -> str | None:
    """Seconds as hours, minutes and seconds; a stamp as written; of a from and to the first."""
    if isinstance(value, Mapping):
        value = value.get("from", value.get("start"))
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = next(iter(value), None)
    if isinstance(value, str):
        return value.strip() or None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 360_000:
        return None
    minutes, milliseconds = divmod(round(value * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
