"""Tests of the tagging room."""
