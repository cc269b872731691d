"""Names of people, organisations and places: the study's list, where they stand in a text, and what may be one.

In: texts and a list. Out: places. Nothing here knows the store; `flow/pseudonymizing.py` puts both together.
"""

from .edits import Edit, Places, apply_edits
from .finding import Finder, Hit, NearMiss
from .forms import word_forms
from .listing import KINDS, NAMES_FILE, Name, add_pseudonyms, parse_names, read_names
from .suggesting import CERTAIN_KINDS, PATTERN_KINDS, Suggester, Suspect, find_patterns
from .vocabulary import basic_form, is_common

__all__ = [
    "CERTAIN_KINDS",
    "KINDS",
    "NAMES_FILE",
    "PATTERN_KINDS",
    "Edit",
    "Finder",
    "Hit",
    "Name",
    "NearMiss",
    "Places",
    "Suggester",
    "Suspect",
    "add_pseudonyms",
    "apply_edits",
    "basic_form",
    "find_patterns",
    "is_common",
    "parse_names",
    "read_names",
    "word_forms",
]
