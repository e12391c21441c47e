"""How the inner loops of the methods are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def compiled(function: Compiled) -> Compiled:
    """The function compiled without the interpreter's lock, kept on disk where some folder can be written to."""
    try:
        return cast(Compiled, njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast(Compiled, njit(nogil=True)(function))
