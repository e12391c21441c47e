"""What people are told. The words never say which rule hid a figure: that would say how many people there are."""

from __future__ import annotations

from isthmus.methods.disclosure.model import Cell, Detail, Item, Rules


def hidden_words(rules: Rules) -> str:
    """Why a group or a figure is not shown."""
    return (
        f"Not shown, so that nobody can work out results of fewer than {rules.threshold} people, "
        "from this figure or from it together with others"
    )


def withheld_words(rules: Rules) -> str:
    """Why there is no report."""
    return (
        f"There is no report: fewer than {rules.threshold} people answered, or no figure could be shown without "
        "giving away answers of fewer. The answers are not shown to anybody"
    )


def lowered_words(cell: Cell, item: Item) -> str:
    """Why a shown figure says less than others; empty where it does not."""
    if cell.detail == Detail.ALONE:
        return "The mean alone is shown, to protect small groups"
    if cell.detail == Detail.MEAN:
        return "The mean is shown, and the favourable share in a wide band, to protect small groups"
    if cell.detail == Detail.FAVOURABLE:
        return "Only the favourable share is shown, in a wide band, to protect small groups"
    if cell.detail in (Detail.COARSE, Detail.SHARES):
        return "Shares are shown in wide bands, to protect small groups"
    if item.scores is not None and cell.mean is None:
        return "No mean is shown: so few people answered that it would say nothing, or too much"
    return ""
