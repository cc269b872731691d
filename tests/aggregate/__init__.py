"""Tests of the statistics; `mini_study` holds the hand-counted study they share."""
