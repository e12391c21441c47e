"""What every browser test may use: `visit` opens a window, as somebody or nobody."""

from tests.browser.support.england import england, opens
from tests.browser.support.launch import chromium
from tests.browser.support.visitor import under_way, visit

__all__ = ["chromium", "england", "opens", "under_way", "visit"]
