"""What may be computed from a report. It uses nothing but shown figures, so it gives nothing more away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isthmus.methods.disclosure.model import Cell, Group, Item, Report


def section_mean(report: Report, group: Group, items: Sequence[str]) -> float | None:
    """Mean of the printed means of a section's items; None where one of them is not shown."""
    means = [report.cell(group, name).mean for name in items]
    known = [mean.value for mean in means if mean is not None]
    return sum(known) / len(known) if known and len(known) == len(means) else None


def shares_estimate(cell: Cell) -> tuple[float, ...]:
    """The likeliest shares (C,) given the bands: their middles, moved by the same part of each band to sum to 1."""
    if not cell.shares or not cell.base:
        return ()
    low, high = (
        np.array([getattr(band, end) for band in cell.shares], dtype=float) for end in ("low", "high")
    )
    high = np.minimum(high, cell.base - low.sum() + low)
    room = (high - low).sum()
    counts = low + (high - low) * ((cell.base - low.sum()) / room if room else 0.0)
    return tuple(float(share) for share in counts / cell.base)


def sd_estimate(cell: Cell, item: Item) -> float | None:
    """The standard deviation: as printed, or from the bands of shares; None where neither is shown."""
    shares = np.array(shares_estimate(cell))
    if cell.sd is not None or item.scores is None or not len(shares) or not cell.base:
        return cell.sd
    scores = np.array(item.scores, dtype=float)
    centre = float(shares @ scores)
    return float(np.sqrt(shares @ (scores - centre) ** 2 * cell.base / (cell.base - 1)))
