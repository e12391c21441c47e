"""How much of a section's total is one thing: McDonald's omega."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from isthmus.methods.surveys.factors import LEAST, least_squares, likelihood, oblique
from isthmus.methods.surveys.model import Figure, Floats, SurveyError, complete, nothing, table
from isthmus.methods.surveys.reliability import alpha_of_correlations, correlations

NO_INTERVAL = "No interval is worked out."
AT_EDGE = (
    "A factor explains one item wholly, which happens by chance where answers are few: do not rely on it."
)


@dataclass(frozen=True)
class Omega:
    """``total``: the share of variance of the sum that is common to items. ``hierarchical``: the share that is one
    general factor. ``alpha``: standardised, beside them. ``general`` (k,) loadings on the general factor."""

    total: Figure
    hierarchical: Figure
    alpha: Figure
    general: tuple[float, ...]


def omega(answers: ArrayLike, *, factors: int = 3) -> Omega:
    """Omega of answers (people, items), complete rows only; see ``omega_of_correlations``."""
    kept, why = _usable(answers)
    if why:
        missing = nothing(len(kept), why)
        return Omega(missing, missing, missing, ())
    return omega_of_correlations(correlations(kept), len(kept), factors=factors)


def omega_of_correlations(matrix: ArrayLike, base: int, *, factors: int = 3) -> Omega:
    """Omega from correlations (k, k) of ``base`` people, as psych's `omega` (Revelle): minimum residual factors,
    oblimin, one second-order factor, Schmid and Leiman (1957).

    hierarchical = (Σ gᵢ)² / ΣΣ r; total = 1 − Σ uᵢ² / ΣΣ r. Raises where the matrix is not one of correlations, or
    there are fewer than three factors or fewer than two items a factor.
    """
    r = _correlations(matrix)
    if factors < 3 or len(r) < 2 * factors:
        raise SurveyError(
            "Omega with a general factor needs three factors or more, and two items a factor or more."
        )
    loadings, unique = least_squares(r, factors)
    turned, between = oblique(loadings)
    second, second_unique = least_squares(between, 1)
    slope = np.clip(second[:, 0], -1.0, 1.0)
    general = turned @ slope
    flip = -1.0 if general.sum() < 0 else 1.0
    whole = float(r.sum())
    alpha = alpha_of_correlations(r, base, 0.95)
    if whole <= 0:
        missing = nothing(base, "The items cancel each other out, so omega is not defined.")
        return Omega(missing, missing, alpha, tuple(general * flip))
    rest = 1 - np.square(general) - np.square(turned * np.sqrt(1 - np.square(slope))).sum(axis=1)
    caution = AT_EDGE if min(unique.min(), second_unique.min()) <= LEAST * 1.0001 else ""
    total = Figure(1 - float(rest.sum()) / whole, base, why=NO_INTERVAL, caution=caution)
    one = Figure(float(general.sum()) ** 2 / whole, base, why=NO_INTERVAL, caution=caution)
    return Omega(total, one, alpha, tuple((general * flip).tolist()))


def omega_one_factor(answers: ArrayLike, *, standardised: bool = True) -> Figure:
    """Omega of answers (people, items) under one factor by maximum likelihood, complete rows only:
    (Σλ)² / ((Σλ)² + Σθ) (McDonald 1999), of items brought to one variance, or of the items as they are. psych's
    `omega` uses another formula. Raises under three items, where one factor is not determined."""
    kept, why = _usable(answers)
    if kept.shape[1] < 3:
        raise SurveyError("Omega with one factor needs three items or more.")
    if why:
        return nothing(len(kept), why)
    loading, unique = likelihood(correlations(kept))
    spread = np.ones(kept.shape[1]) if standardised else kept.std(axis=0, ddof=1)
    common = float((loading * spread).sum()) ** 2
    caution = AT_EDGE if unique.min() <= LEAST * 1.0001 else ""
    value = common / (common + float((unique * np.square(spread)).sum()))
    return Figure(value, len(kept), why=NO_INTERVAL, caution=caution)


def _usable(answers: ArrayLike) -> tuple[Floats, str]:
    kept = complete(answers)
    n, k = kept.shape
    if n <= k:
        return kept, f"{n} people answered every one of the {k} items; more people than items are needed."
    if (np.ptp(kept, axis=0) == 0).any():
        return kept, "Everybody gave the same answer to one of the items, so it correlates with nothing."
    if np.linalg.eigvalsh(correlations(kept)).min() < 1e-8:
        return kept, "Some items are copies or sums of others, so no factors can be told apart."
    return kept, ""


def _correlations(matrix: ArrayLike) -> Floats:
    r = table(matrix, "correlations")
    square = r.shape[0] == r.shape[1]
    if (
        not square
        or np.isnan(r).any()
        or not np.allclose(r, r.T, atol=1e-8)
        or not np.allclose(np.diag(r), 1.0)
    ):
        raise SurveyError("The correlations must be a square, symmetric table with 1 on the diagonal.")
    if np.linalg.eigvalsh(r).min() < 1e-8:
        raise SurveyError("Some items are copies or sums of others, so no factors can be told apart.")
    return r
