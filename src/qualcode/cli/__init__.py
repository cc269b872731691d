"""The command line: parse, one call of `flow`, one call of `present`."""

from . import reports, review, reviewing  # their commands join the app
from .app import app, main

__all__ = ["app", "main", "reports", "review", "reviewing"]
