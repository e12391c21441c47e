"""Matching: who reviews whom. ``review_triads`` forms a round with proof, ``review_rounds`` several that meet anew;
``bound_of_triads`` tells what no round of a whole country costs less than."""

from isthmus.methods.matching.country import bound_of_triads
from isthmus.methods.matching.model import MatchingError, NoTriads, Triads, reviewers
from isthmus.methods.matching.rounds import may_meet, review_rounds
from isthmus.methods.matching.triads import review_triads

__all__ = [
    "MatchingError",
    "NoTriads",
    "Triads",
    "bound_of_triads",
    "may_meet",
    "review_rounds",
    "review_triads",
    "reviewers",
]
