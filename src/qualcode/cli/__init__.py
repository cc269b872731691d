"""The command line: parse, one call of `flow`, one call of `present`."""

# Their commands join the app.
from . import (
    codebooks,
    doctoring,
    encrypting,
    exporting,
    importing,
    merging,
    pseudonymizing,
    reports,
    reproducing,
    review,
    reviewing,
    searching,
    sharing,
)
from .app import app, main

__all__ = [
    "app",
    "codebooks",
    "doctoring",
    "encrypting",
    "exporting",
    "importing",
    "main",
    "merging",
    "pseudonymizing",
    "reports",
    "reproducing",
    "review",
    "reviewing",
    "searching",
    "sharing",
]
