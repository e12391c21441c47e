"""Matching: who reviews whom. ``review_triads`` forms a round with proof, ``review_rounds`` several that meet anew."""

from isthmus.methods.matching.model import MatchingError, NoTriads, Triads, reviewers
from isthmus.methods.matching.rounds import may_meet, review_rounds
from isthmus.methods.matching.triads import review_triads

__all__ = [
    "MatchingError",
    "NoTriads",
    "Triads",
    "may_meet",
    "review_rounds",
    "review_triads",
    "reviewers",
]
