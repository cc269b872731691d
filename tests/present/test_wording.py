from __future__ import annotations

import json

from qualcode import present
from qualcode.present.wording import plural


def test_only_one_is_singular_and_thousands_are_marked() -> None:
    assert [plural(n, "word") for n in (0, 1, 2, 12345)] == ["0 words", "1 word", "2 words", "12,345 words"]


def test_plain_content_is_indented_json_with_its_letters_kept() -> None:
    content = {"name": "Łódź", "codes": [1]}
    text = present.json_text(content)
    assert text == '{\n  "name": "Łódź",\n  "codes": [\n    1\n  ]\n}'
    assert json.loads(text) == content
