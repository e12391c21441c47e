"""The addresses where people answer without a name; what surrounds a request there knows and keeps nothing of them."""

PREFIX = "/a/"


def without_a_name(path: str) -> bool:
    """Whether somebody answers without a name there: neither a line nor a figure says when."""
    return path.startswith(PREFIX)
