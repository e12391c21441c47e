"""What every browser test may use: `visit` opens a window, as somebody or nobody."""

from tests.browser.support.launch import chromium
from tests.browser.support.visitor import visit

__all__ = ["chromium", "visit"]
