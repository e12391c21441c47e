"""Using a page by keyboard alone, and seeing where one is."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

# What has the keyboard, and whether a person could see that; a radio or a checkbox is transparent: its focus is drawn
# by the label's ::before. One question to the browser for each press, because each costs a way there and back.
HERE = """() => {
  const here = document.activeElement
  if (!here || here === document.body || here === document.documentElement) return null
  const style = getComputedStyle(here), box = here.getBoundingClientRect()
  const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  const label = here.labels?.[0] && getComputedStyle(here.labels[0], '::before')
  const onLabel = !!label && (label.boxShadow !== 'none' || label.outlineStyle !== 'none')
  return [(drawn && box.width > 0 && box.height > 0) || onLabel, here.outerHTML.slice(0, 200)]
}"""
WITH_TARGET = f"target => [target === document.activeElement, ({HERE})()]"


def focused(page: Page) -> Locator:
    """What has the keyboard."""
    return page.locator("*:focus")


def tab_to(page: Page, target: Locator, *, most: int = 200, backwards: bool = False) -> None:
    """Press Tab until `target` has the keyboard, checking on the way that each stop can be seen."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        # Found anew at each press: a panel that moves by itself puts another button in its place.
        reached, here = target.evaluate(WITH_TARGET)
        if here is not None:
            _seen(here)
        if reached:
            return
    raise AssertionError(f"{most} presses of Tab do not reach {target}")


def focus_is_visible(page: Page) -> None:
    """Raise AssertionError where a person could not see which element has the keyboard."""
    here = page.evaluate(HERE)
    assert here is not None, "nothing has the keyboard"
    _seen(here)


def _seen(here: tuple[bool, str]) -> None:
    seen, html = here
    assert seen, f"the focus cannot be seen on {html}"
