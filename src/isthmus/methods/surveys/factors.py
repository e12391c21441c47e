"""Common factors of a correlation matrix: least squares, maximum likelihood, an oblique rotation.

Correlations (k, k) in, loadings (k, factors) out. Used for omega; nothing here is shown to people.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from isthmus.methods.surveys.model import Floats, SurveyError

LEAST = 0.005
"""No unique variance is taken below this share of an item's variance, as in R's factanal and psych."""
STARTS = 10


def least_squares(matrix: Floats, factors: int) -> tuple[Floats, Floats]:
    """Loadings (k, factors), unrotated, and unique variances (k,): minimum residual (Harman and Jones 1966).

    At the minimum over loadings the squared residuals are those of the eigenvalues left out, so only the unique
    variances are searched.
    """

    def cost(unique: Floats) -> tuple[float, Floats]:
        values, vectors = np.linalg.eigh(matrix - np.diag(unique))
        rest, axes = values[:-factors], vectors[:, :-factors]
        return float(rest @ rest), -2.0 * np.square(axes) @ rest

    unique = _searched(cost, _start(matrix))
    values, vectors = np.linalg.eigh(matrix - np.diag(unique))
    loadings = vectors[:, -factors:] * np.sqrt(np.maximum(values[-factors:], 0.0))
    return _upright(loadings[:, ::-1]), unique


def likelihood(matrix: Floats) -> tuple[Floats, Floats]:
    """Loadings (k,) of one factor and unique variances (k,): maximum likelihood (Jöreskog 1967; R's factanal)."""

    def cost(unique: Floats) -> tuple[float, Floats]:
        loading, rest = _given(unique)
        fitted = np.outer(loading, loading) + np.diag(unique)
        slope = np.diag(fitted - matrix) / np.square(unique)
        return float((rest - np.log(rest) - 1).sum()), slope

    def _given(unique: Floats) -> tuple[Floats, Floats]:
        root = np.sqrt(unique)
        values, vectors = np.linalg.eigh(matrix / np.outer(root, root))
        loading = root * vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1, 0.0))
        return loading, np.maximum(values[:-1], 1e-12)

    unique = _searched(cost, _start(matrix))
    loading, _ = _given(unique)
    return _upright(loading[:, None])[:, 0], unique


def oblique(loadings: Floats) -> tuple[Floats, Floats]:
    """Rotated loadings (k, factors) and correlations of factors (factors, factors): quartimin (oblimin, γ = 0,
    without Kaiser's normalisation) by gradient projection (Jennrich 2002; GPArotation's GPFoblq).

    From the factors as they are, and from ``STARTS`` fixed turns of them: where factors are equally strong, as they are
    is any turn, and may be one from which no slope leads away.
    """
    factors = loadings.shape[1]
    rng = np.random.default_rng(STARTS)
    starts = [np.eye(factors), *(np.linalg.qr(rng.normal(size=(factors, factors)))[0] for _ in range(STARTS))]
    best, value = _turned(loadings, starts[0])
    for start in starts[1:]:
        turn, after = _turned(loadings, start)
        if after < value - 1e-8 * (1.0 + value):
            best, value = turn, after
    turned = loadings @ np.linalg.inv(best).T
    signs = np.where(turned.sum(axis=0) < 0, -1.0, 1.0)
    return turned * signs, (best.T @ best) * np.outer(signs, signs)


def _turned(loadings: Floats, turn: Floats, most: int = 2000, near: float = 1e-9) -> tuple[Floats, float]:
    """The turn (factors, factors) that slopes lead to from a first one, and the criterion there."""
    step = 1.0
    value, slope, turned = _quartimin(loadings, turn)
    for _ in range(most):
        gradient = -(turned.T @ slope @ np.linalg.inv(turn)).T
        projected = gradient - turn * (turn * gradient).sum(axis=0)
        size = float(np.linalg.norm(projected))
        if size < near:
            break
        step *= 2
        for _ in range(40):
            trial = turn - step * projected
            trial = trial / np.sqrt(np.square(trial).sum(axis=0))
            after, sloped, moved = _quartimin(loadings, trial)
            if after < value - 0.5 * size * size * step:
                break
            step /= 2
        else:
            break
        turn, turned, value, slope = trial, moved, after, sloped
    return turn, value


def _quartimin(loadings: Floats, turn: Floats) -> tuple[float, Floats, Floats]:
    """The criterion, its slope over the rotated loadings, and these."""
    turned = loadings @ np.linalg.inv(turn).T
    squares = np.square(turned)
    crossed = squares.sum(axis=1, keepdims=True) - squares
    return float((squares * crossed).sum()) / 4, turned * crossed, turned


def _start(matrix: Floats) -> Floats:
    """Unique variances to begin from: one less the squared multiple correlations."""
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError as bad:
        raise SurveyError("Some items are copies of others, so no factors can be told apart.") from bad
    return np.clip(1.0 / np.diag(inverse), LEAST * 2, 1.0)


def _searched(cost: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    from scipy.optimize import minimize

    options = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-10}
    found = minimize(
        cost, start, jac=True, method="L-BFGS-B", bounds=[(LEAST, 1.0)] * len(start), options=options
    )
    out: Floats = found.x
    return out


def _upright(loadings: Floats) -> Floats:
    """Each factor turned so that its loadings add up to a positive number."""
    return loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
