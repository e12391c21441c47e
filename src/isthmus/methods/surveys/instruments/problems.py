"""What is wrong with a file, said so that it can be mended."""

from __future__ import annotations

from dataclasses import dataclass

from isthmus.methods.surveys.model import SurveyError


class InstrumentError(SurveyError):
    """Something that cannot be used as an instrument. ``problems`` holds every one that was found."""

    def __init__(self, problems: tuple[Problem, ...], name: str = "") -> None:
        self.problems, self.name = problems, name
        super().__init__("\n".join(f"{name}{', ' if name and p.where else ''}{p}" for p in problems))


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place: ``line`` of the file (from 1, None where there is no file), ``place`` as in
    'section know, item know-1, text', and ``words`` that say what to do."""

    line: int | None
    place: str
    words: str

    @property
    def where(self) -> str:
        """Line and place, as far as they are known."""
        parts = [f"line {self.line}"] if self.line is not None else []
        return ", ".join([*parts, self.place] if self.place else parts)

    def __str__(self) -> str:
        return f"{self.where}: {self.words}" if self.where else self.words
