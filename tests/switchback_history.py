"""A made history of a market: rows per region and time, with seasons and memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import decision_widgets as dw


def history(
    days: int = 28,
    regions: int = 4,
    *,
    minutes: int = 30,
    memory: float = 0.0,
    noise: float = 1.0,
    seed: int = 0,
    start: str = "2026-09-07",
) -> pd.DataFrame:
    """Return one row per region and stretch: a level with seasons of day and week, regions, and noise with memory."""
    rng = np.random.default_rng(seed)
    n = days * 1440 // minutes
    at = pd.date_range(start, periods=n, freq=f"{minutes}min")
    season = 2 * np.sin(2 * np.pi * (at.hour + at.minute / 60) / 24) + 0.5 * (at.day_of_week >= 5)
    shared = _with_memory(rng.normal(size=(1, n)), memory)[0] * noise
    frames = []
    for i in range(regions):
        own = _with_memory(rng.normal(size=(1, n)), memory)[0] * noise
        y = 20 + i + season + 0.5 * shared + own
        frames.append(pd.DataFrame({"at": at, "city": f"r{i}", "y": y, "size": 50 + 10 * i + 5 * season}))
    frame = pd.concat(frames, ignore_index=True)
    frame["done"] = frame["y"] * frame["size"]
    return frame


def _with_memory(steps: Any, memory: float) -> Any:
    values = np.empty_like(steps)
    values[:, 0] = steps[:, 0]
    for t in range(1, steps.shape[1]):
        values[:, t] = memory * values[:, t - 1] + np.sqrt(1 - memory**2) * steps[:, t]
    return values


def switchback(**words: Any) -> dw.Switchback:
    """Return a switchback on such a table: pairs of two hours with half an hour of burn-in, region by region."""
    usual: dict[str, Any] = {"time": "at", "slot": "2h", "region": "city", "burn_in": 30, "metrics": ["y"]}
    return dw.Switchback(**(usual | words))
