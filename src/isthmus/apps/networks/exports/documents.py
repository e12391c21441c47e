"""The map of a plan's document, as a picture."""

from __future__ import annotations

import io
from typing import Any

from isthmus.apps.networks.models import ProposedNetwork

WIDTH, HEIGHT, MARGIN = 1600, 1200, 60
COLOURS = ("#1d70b8", "#00703c", "#d4351c", "#4c2c92", "#b58840", "#28a197", "#912b88", "#505a5f")


def picture(networks: list[ProposedNetwork]) -> bytes:
    """The schools on a white ground as PNG, north up, each with the number of its network beside it."""
    from PIL import Image, ImageDraw, ImageFont

    points = [
        (float(m.organisation.easting), float(m.organisation.northing or 0), network.number)
        for network in networks
        for m in network.members.all()
        if m.organisation.easting is not None
    ]
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    draw.rectangle((0, 0, WIDTH - 1, HEIGHT - 1), outline="#b1b4b6")
    if points:
        west, south = min(p[0] for p in points), min(p[1] for p in points)
        wide = max(max(p[0] for p in points) - west, 1.0)
        high = max(max(p[1] for p in points) - south, 1.0)
        scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        left, top = (WIDTH - scale * wide) / 2, (HEIGHT + scale * high) / 2
        places: dict[int, list[tuple[float, float]]] = {}
        for east, north, number in points:
            places.setdefault(number, []).append(
                (left + (east - west) * scale, top - (north - south) * scale)
            )
        for found in places.values():
            middle = (sum(x for x, _y in found) / len(found), sum(y for _x, y in found) / len(found))
            for place in found:
                draw.line((middle, place), fill="#d0d3d5", width=2)
        for number, found in places.items():
            colour = COLOURS[number % len(COLOURS)]
            for x, y in found:
                draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=colour, outline="white", width=2)
                draw.text((x + 10, y - 12), str(number), fill="#0b0c0c", font=font)
        _bar(draw, font, scale)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bar(draw: Any, font: Any, scale: float) -> None:
    """How long some kilometres are on the picture."""
    km = next(k for k in (100, 50, 20, 10, 5, 2, 1, 0.5, 0.1) if 1000 * k * scale < WIDTH / 4 or k == 0.1)
    y = HEIGHT - 30
    draw.line((30, y, 30 + 1000 * km * scale, y), fill="#0b0c0c", width=4)
    draw.text((30, y - 32), f"{km:g} km", fill="#0b0c0c", font=font)
