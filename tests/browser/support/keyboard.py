"""Using a page by keyboard alone, and seeing where one is."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

SEEN = """element => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect()
  const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  return drawn && box.width > 0 && box.height > 0
}"""
# A radio or a checkbox is transparent: its focus is drawn by the label's ::before.
SEEN_ON_LABEL = """element => {
  const label = element.labels?.[0]
  return !!label && getComputedStyle(label, '::before').boxShadow !== 'none'
    || !!label && getComputedStyle(label, '::before').outlineStyle !== 'none'
}"""


def focused(page: Page) -> Locator:
    """What has the keyboard."""
    return page.locator("*:focus")


def tab_to(page: Page, target: Locator, *, most: int = 200, backwards: bool = False) -> None:
    """Press Tab until `target` has the keyboard, checking on the way that each stop can be seen."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if focused(page).count() == 0:
            continue
        focus_is_visible(page)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} presses of Tab do not reach {target}")


def focus_is_visible(page: Page) -> None:
    """Raise AssertionError where a person could not see which element has the keyboard."""
    here = focused(page)
    seen = here.evaluate(SEEN) or here.evaluate(SEEN_ON_LABEL)
    assert seen, f"the focus cannot be seen on {here.evaluate('element => element.outerHTML.slice(0, 200)')}"
