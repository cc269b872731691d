"""The command line: parse, one call of `flow`, one call of `present`."""

from .app import app, main

__all__ = ["app", "main"]
