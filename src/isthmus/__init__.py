"""Isthmus: partnerships between schools."""

__version__ = "0.1.0"
