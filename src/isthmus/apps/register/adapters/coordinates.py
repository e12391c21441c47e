"""Between the grid of the register and degrees."""

from isthmus.methods.coordinates import to_grid, to_latitude_longitude

__all__ = ["to_grid", "to_latitude_longitude"]
