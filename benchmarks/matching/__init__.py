"""Measurements of ``isthmus.methods.matching``."""
