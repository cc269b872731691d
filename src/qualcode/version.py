"""The version of the program; imports nothing."""

__version__ = "0.6.0"
