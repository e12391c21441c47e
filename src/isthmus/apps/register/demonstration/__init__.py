"""The fictional authority of Saltmarch: about 180 invented schools on an island that does not exist.

Everything invented in a demonstration belongs here; real schools carry real public facts only.
"""

from isthmus.apps.register.demonstration.building import AREA_CODE, AREA_NAME, build

__all__ = ["AREA_CODE", "AREA_NAME", "build"]
