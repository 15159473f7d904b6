"""Power by participants as a drawing that needs no script: stretched marks, and labels that a style sheet writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, log10
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.markup import escape
from decision_widgets.views.power_words import WEEK, change, percent
from decision_widgets.views.schemas import Payload

LEVELS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
TICKS: Final = 6
_LABEL_AT: Final = 0.52
_LAST: Final = 96.0


def chart_html(payload: Payload) -> str:
    """Draw the curve of the planned effect, pale ones of others, weeks on top; nothing where there is no curve."""
    curves: Sequence[Payload] = payload.get("curves") or ()
    if not curves:
        return ""
    end = payload["axis"]["n_max"]
    grid = "".join(f'<line class="g" x1="0" x2="100" y1="{y:g}" y2="{y:g}"/>' for y in _heights(LEVELS))
    label = "Power by number of participants, for several sizes of the change"
    return (
        f'<div class="dw-plot" data-plot role="group" aria-label="{label}">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{grid}'
        f'<g data-slot="marks">{"".join(_marks(payload, curves, end))}</g></svg>'
        f'<div class="ticks" aria-hidden="true">{"".join(_ticks(end, bool(payload.get("grid"))))}</div>'
        f'<div class="labels" aria-hidden="true" data-slot="labels">{"".join(_labels(payload, curves, end))}</div>'
        "</div>"
    )


def _marks(payload: Payload, curves: Sequence[Payload], end: float) -> Iterator[str]:
    n, height = payload["answer"]["n_units"] / end * 100, _height(_reached(payload, curves))
    for curve in sorted(curves, key=lambda each: _is_planned(payload, each)):
        css = "curve" if _is_planned(payload, curve) else "ghost"
        start = [(0.0, payload["inputs"]["alpha"])]
        reached = [*start, *zip(curve["n"], curve["power"], strict=True)]
        points = "L".join(f"{x / end * 100:.1f} {_height(y):.2f}" for x, y in reached)
        yield f'<path class="{css}" d="M{points}"/>'
    for _, at in _weeks(payload, end):
        yield f'<line class="g" x1="{at:.2f}" x2="{at:.2f}" y1="0" y2="100"/>'
    asked = _height(payload["inputs"]["power"])
    yield f'<line class="asked" x1="0" x2="100" y1="{asked:g}" y2="{asked:g}"/>'
    yield f'<line class="stem" x1="{n:.2f}" x2="{n:.2f}" y1="{height:.2f}" y2="100"/>'


def _labels(payload: Payload, curves: Sequence[Payload], end: float) -> Iterator[str]:
    for curve in curves:
        if not _is_planned(payload, curve):
            last = len(curve["n"]) - 1
            place = next((i for i, power in enumerate(curve["power"]) if power > _LABEL_AT), last)
            x, y = curve["n"][place] / end * 100, _height(curve["power"][place])
            text = change(curve["mde_rel"], curve["mde_abs"], str(payload.get("kind")))
            yield _label(text, x, y, "ghost" + (" end" if x > 92 else ""))
    for days, at in _weeks(payload, end):
        yield _label(f"{days}{numbers.NBSP}d", at, 0, "week")
    found = payload["answer"]
    yield _label(f"{percent(payload['inputs']['power'])} power", 0, _height(payload["inputs"]["power"]), "asked")
    n = min(100.0, found["n_units"] / end * 100)
    people = f"{numbers.integer(numbers.plan_size(found['n_units']))} participants"
    yield _label(people, n, 100, "n" + (" end" if n > 60 else ""))
    yield f'<span class="dot" style="left:{n:.2f}%;top:{_height(_reached(payload, curves)):.2f}%"></span>'


def _reached(payload: Payload, curves: Sequence[Payload]) -> float:
    """Return the planned curve's power at the plan's size, which may be more than was asked for."""
    n: float = payload["answer"]["n_units"]
    planned = next((curve for curve in curves if _is_planned(payload, curve)), None)
    if planned is None:
        return float(payload["answer"]["power"])
    before_n, before = 0.0, payload["inputs"]["alpha"]
    for after_n, after in zip(planned["n"], planned["power"], strict=True):
        if after_n >= n:
            return float(before + (after - before) * (n - before_n) / (after_n - before_n))
        before_n, before = after_n, after
    return float(before)


def _ticks(end: float, days: bool) -> Iterator[str]:
    for level in LEVELS:
        yield _label(f"{round(level * 100)}%", 0, _height(level), "yt")
    step = nice_step(end / TICKS)
    for tick in range(int(end / step) + 1):
        if tick * step / end * 100 < _LAST:
            yield _label(short(tick * step), tick * step / end * 100, 100, "xt")
    yield _label(f"participants in the experiment{' (days on top)' if days else ''}", 100, 100, "xl")


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, … that is at least so large.

    >>> nice_step(18000), nice_step(3)
    (20000.0, 5.0)
    """
    unit = float(10 ** floor(log10(least)))
    return next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= least)


def short(n: float) -> str:
    """Write a tick: thousands as k, millions as M.

    >>> short(0), short(1500), short(20000), short(2_000_000)
    ('0', '1.5k', '20k', '2M')
    """
    if n >= 1e6:
        return f"{n / 1e6:g}M"
    return f"{n / 1e3:g}k" if n >= 1e3 else f"{n:g}"


def _weeks(payload: Payload, end: float) -> list[tuple[int, float]]:
    grid = payload.get("grid")
    if not grid:
        return []
    come = [people * share for people, share in zip(grid["participants"], grid["traffic"], strict=True)]
    found = [(day, come[day - 1] / end * 100) for day in range(WEEK, len(come) + 1, WEEK)]
    return [(day, at) for at_least, (day, at) in enumerate(found) if at <= 100 and _apart(found, at_least)]


def _apart(found: Sequence[tuple[int, float]], at: int) -> bool:
    return at == 0 or found[at][1] - found[at - 1][1] > 6


def _is_planned(payload: Payload, curve: Payload) -> bool:
    planned: float = payload["answer"]["mde_abs"]
    return bool(abs(curve["mde_abs"] - planned) <= 1e-9 * abs(planned))


def _label(text: str, left: float, top: float, css: str) -> str:
    return f'<span class="{css}" style="left:{left:.2f}%;top:{top:.2f}%" data-label="{escape(text)}"></span>'


def _height(power: float) -> float:
    return 100 - power * 100


def _heights(levels: Sequence[float]) -> list[float]:
    return [_height(level) for level in levels]
