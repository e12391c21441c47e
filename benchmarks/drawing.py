"""A picture of how soon runs come to their targets, as SVG."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 60, 190, 20, 50
COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#4c2c92")
LEAST, MOST = 0.05, 20.0


def across(seconds: float) -> float:
    """Where so many seconds are, on a logarithmic scale."""
    share = math.log(max(seconds, LEAST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def up(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def ecdf(curves: list[tuple[str, float, list[float | None]]]) -> str:
    """Share of runs that are there by each moment; ``curves`` are (name, time limit, moments), in pairs of one colour,
    the first of each drawn full and the second broken."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        'font-size="13" fill="#0b0c0c"><title>Time to target</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    parts += [
        f'<path d="M{LEFT} {up(share):.1f}H{WIDTH - RIGHT}" stroke="#b1b4b6" stroke-width="1"/>'
        + text(LEFT - 8, up(share) + 4, f"{share:.0%}", "end")
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    ticks = (0.1, 0.3, 1.0, 3.0, 10.0, 20.0)
    parts += [text(across(tick), HEIGHT - BOTTOM + 20, f"{tick:g}") for tick in ticks]
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "seconds"))
    for number, (name, limit, moments) in enumerate(curves):
        there = sorted(moment for moment in moments if moment is not None and moment <= limit)
        path = f"M{LEFT} {up(0):.1f}"
        for count, moment in enumerate(there, start=1):
            path += f"H{across(moment):.1f}V{up(count / len(moments)):.1f}"
        path += f"H{across(limit):.1f}"
        colour, dash = COLOURS[number // 2 % len(COLOURS)], ' stroke-dasharray="5 4"' if number % 2 else ""
        y = TOP + 14 + 22 * number
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts.append(
            f'<path d="M{WIDTH - RIGHT + 12} {y - 4}h24" stroke="{colour}" stroke-width="2"{dash}/>'
            + text(WIDTH - RIGHT + 42, y, name, "start")
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
