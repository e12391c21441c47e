"""Measurements of ``isthmus.methods.surveys``."""
