"""Themes that the words of comments suggest to the person who looks at them."""

from __future__ import annotations

from isthmus.methods.surveys.themes import Theme, suggest_themes

__all__ = ["Theme", "suggest_themes"]
