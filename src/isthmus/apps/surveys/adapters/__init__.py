"""Rows to instruments and answers, and results back: the room that imports methods."""
