"""Shares that change from day to day: their band, and how they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from salesinsight.charts.frame import TEXT_PT
from salesinsight.modeling.metrics import Z

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def share_band(share: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the pointwise 95 % band, on the log-log scale; no width at 0 and 1.

    Examples
    --------
    >>> low, high = share_band(np.array([0.0, 0.5]), np.array([0.0, 0.1]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 0.3], [0.0, 0.67])
    """
    inside = (share > 0) & (share < 1)
    width = np.zeros(len(share))
    width[inside] = Z * error[inside] / (share[inside] * np.abs(np.log(share[inside])))
    return share ** np.exp(width), share ** np.exp(-width)


def draw_curve(ax: Axes, rows: pd.DataFrame, share: str, style: str, colour: str, label: str) -> None:
    """Draw one share by day, out of ten, with its band."""
    ax.step(rows["day"], 10 * rows[share], style, where="post", color=colour, lw=2, label=label)
    band = (10 * rows["low"], 10 * rows["high"])
    ax.fill_between(rows["day"], *band, step="post", color=colour, alpha=0.13, lw=0)


def dress_curves(
    ax: Axes, horizon: int, across: str, up: str, corner: Literal["upper left", "lower left"] | None = None
) -> None:
    """Axes of curves: days across, out of ten up, and the legend in a corner, if any."""
    ax.set(xlim=(0, horizon), ylim=(0, 10), yticks=range(0, 11, 2))
    ax.set_xlabel(across, fontsize=TEXT_PT)
    ax.set_ylabel(up, fontsize=TEXT_PT)
    ax.grid(axis="y", color="#E6E6E6")
    if corner is not None:
        ax.legend(loc=corner, frameon=False, fontsize=TEXT_PT)
