"""What one answer with a name said, in the words of its questionnaire."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.apps.surveys.adapters.instruments import from_bytes, read
from isthmus.apps.surveys.models import Response


def said(row: Response) -> Iterator[tuple[str, str]]:
    """Each question that was answered, with the words of the answer; then what was written beside them."""
    instrument = read(row.wave.instrument.text)
    (given,) = from_bytes(instrument, [bytes(row.codes)])
    for item in instrument.scored:
        if label := instrument.scale_of(item).label(given[item.id]):
            yield item.text, label
    for item in instrument.items:
        for key in item.text_keys:
            if text := row.comments.get(key):
                yield item.text, " ".join(str(text).split())
