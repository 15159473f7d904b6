"""What the design card shows, as plain values: the answers, the columns, the messages, the plan and the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decision_widgets.cards.design_code import as_cell, as_python
from decision_widgets.cards.design_form import Form, chosen, metric_words, words_of
from decision_widgets.cards.design_plan import checks_of, plan_of, summary_of
from decision_widgets.cards.design_texts import share_of
from decision_widgets.cards.design_within import drawn_arms, slots_of
from decision_widgets.data.profile import ColumnProfile, TableProfile
from decision_widgets.design import BetweenSubject, Switchback

Payload = dict[str, Any]


def design_payload(
    form: Form,
    *,
    profile: TableProfile | None,
    likeness: Mapping[str, Any] | None,
    messages: Sequence[Mapping[str, Any]],
    design: BetweenSubject | Switchback | None,
    data: str | None,
    given: bool = False,
) -> Payload:
    """Gather the card's values (schema ``dw.design/1``)."""
    between = form["design"] == "between"
    arms = drawn_arms(form)
    return {
        "schema": "dw.design/1",
        "id": form["name"].strip() or None,
        "design": form["design"],
        "name": form["name"].strip(),
        "question": form["question"].strip(),
        "data": {
            "kind": {"frame": "frame", "store": "common"}.get(form["source"], "summary"),
            "ref": data,
            "given": given,
            "rows": None if profile is None else profile.rows,
            "unit": form["participant"] or None,
            "time": form["time"] or None,
            "profile": [] if profile is None else [column_values(each) for each in profile.columns],
            "likeness": likeness,
        },
        "metrics": [_metric(metric, profile) for _, metric in chosen(form)],
        "assignment": _assignment(form) if between else None,
        "switchback": None if between else _switchback(form, arms),
        "messages": [dict(message) for message in messages],
        "plan": plan_of(form),
        "checks": [{"tone": tone, "text": text} for tone, text in checks_of(form, profile)],
        "steps": summary_of(form, None if profile is None else profile.rows),
        "code": {"python": as_python(form, data), "cell": as_cell(form, arms)},
        "complete": design is not None,
        "stamp": form.get("stamp"),
    }


def column_values(column: ColumnProfile) -> Payload:
    """Write one column's profile under the names of the card."""
    return {
        "col": column.name,
        "dtype": column.type,
        "missing": column.missing,
        "distinct": column.distinct,
        "sample": list(column.sample),
        "levels": list(column.levels),
        "kind": column.kind,
        "evidence": column.evidence,
        "confidence": column.confidence,
        "reason": column.reason,
        "remedy": column.remedy,
        "first": column.first,
        "last": column.last,
    }


def _metric(metric: Form, profile: TableProfile | None) -> Payload:
    words = metric_words(metric)
    columns = () if profile is None else profile.columns
    column = next((each for each in columns if each.name == words["name"]), None)
    detected = None if column is None else column.kind
    return {
        "id": words["name"],
        "role": metric["role"],
        "kind": {
            "value": metric["kind"] or detected,
            "detected": detected,
            "evidence": None if column is None else column.evidence,
            "confidence": None if column is None else column.confidence,
        },
        "better": "up" if metric["direction"] == "increase" else "down",
        "mde_rel": words.get("minimum_effect"),
        "limit_rel": words.get("limit"),
        "num": words.get("numerator"),
        "den": words.get("denominator"),
        "covariates": list(metric["covariates"]),
    }


def _assignment(form: Form) -> Payload:
    shares = [share_of(arm["share"]) for arm in form["arms"]]
    return {
        "randomise_by": form["participant"] or None,
        "cluster_by": form["participant"] or None,
        "arm": form["arm"].strip() or None,
        "strata": list(form["strata"]),
        "arms": [
            {
                "id": arm["name"].strip(),
                "label": arm["name"].strip(),
                "share": share if isinstance(share, float) else None,
            }
            for arm, share in zip(form["arms"], shares, strict=True)
        ],
    }


def _switchback(form: Form, arms: Mapping[str, str] | None) -> Payload:
    words, slots = words_of(form), slots_of(form)
    given = form["schedule"]
    return {
        "region": form["region"] or None,
        "regions": list(form["regions"]),
        "together": form["together"],
        "slot": words.get("slot"),
        "slot_min": None if slots is None else slots.slot,
        "burn_in_min": None if slots is None else slots.burn_in,
        "days": words.get("planned_days"),
        "start": form["start"].strip() or None,
        "assignment": form["assignment"],
        "cluster": form["cluster"],
        "seed": words.get("seed", 0),
        "arms": [arm["name"].strip() for arm in form["arms"][:2]],
        "schedule": dict(given["arms"]) if given is not None else arms or {},
    }
