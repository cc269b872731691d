"""The reading room: a file becomes a `Document`; charsets, newlines and formats are known here only.

In: paths as the researcher names them. Out: `Sources` (what is a document and what is not),
`Document` objects with LF text and blocks, and the attributes of ``documents.csv``.
"""

from __future__ import annotations

from .attributes import read_attributes
from .document import READER_VERSION, TABLES, document_of_text, read_document
from .front_matter import attribute_line
from .gold import GoldEntry, read_gold
from .languages import LANGUAGES, guess_language, language_of
from .sources import FORMATS, SourceFile, Sources, find_metadata, find_sources
from .texts import read_texts
from .values import attribute_of_header, parse_values

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "READER_VERSION",
    "TABLES",
    "GoldEntry",
    "SourceFile",
    "Sources",
    "attribute_line",
    "attribute_of_header",
    "document_of_text",
    "find_metadata",
    "find_sources",
    "guess_language",
    "language_of",
    "parse_values",
    "read_attributes",
    "read_document",
    "read_gold",
    "read_texts",
]
