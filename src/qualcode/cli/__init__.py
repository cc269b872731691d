"""The command line: parse, one call of `flow`, one call of `present`."""

from . import codebooks, exporting, importing, reports, review, reviewing, searching  # their commands join the app
from .app import app, main

__all__ = ["app", "codebooks", "exporting", "importing", "main", "reports", "review", "reviewing", "searching"]
