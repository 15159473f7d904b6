"""The truth table of the decision: every line, and which line wins."""

from __future__ import annotations

from itertools import product

import pytest

from decision_widgets.design import Bounds, Evidence, Judgement, decide
from decision_widgets.vocabulary import Verdict


def primary(lower: float, effect: float, upper: float, margin: float | None = 0.02, name: str = "booked") -> Evidence:
    return Evidence(metric=name, bounds=Bounds(effect=effect, lower=lower, upper=upper), margin=margin)


def guardrail(lower: float, upper: float, margin: float | None = 0.02) -> Evidence:
    return Evidence(metric="wait", bounds=Bounds(effect=(lower + upper) / 2, lower=lower, upper=upper), margin=margin)


CLEAR_WIN = primary(0.03, 0.05, 0.07)
LIKELY_WIN = primary(0.01, 0.03, 0.05)
TOO_SMALL = primary(0.005, 0.015, 0.025)
FLAT = primary(-0.02, 0.01, 0.04)
RULED_OUT = primary(-0.01, 0.0, 0.01)
HARM = primary(-0.05, -0.03, -0.01)
REFUSED = Evidence(metric="fare", bounds=None, margin=0.02)
SAFE = guardrail(-0.01, 0.02)
UNPROVEN = guardrail(-0.03, 0.01)
BROKEN = guardrail(-0.06, -0.03)
NO_LIMIT = guardrail(-0.01, 0.02, margin=None)
NOT_MEASURED = Evidence(metric="wait", bounds=None, margin=0.02)


def judge(
    *primaries: Evidence,
    guardrails: tuple[Evidence, ...] = (),
    invalid: tuple[str, ...] = (),
    plan: bool | None = None,
) -> Judgement:
    return decide(invalid=invalid, primaries=primaries, guardrails=guardrails, plan_reached=plan)


@pytest.mark.parametrize(
    ("primaries", "guardrails", "verdict"),
    [
        ((CLEAR_WIN,), (), "ship"),
        ((LIKELY_WIN,), (), "ship"),
        ((LIKELY_WIN,), (SAFE,), "ship"),
        ((LIKELY_WIN, FLAT), (SAFE, SAFE), "ship"),
        ((LIKELY_WIN, RULED_OUT), (), "ship"),
        ((TOO_SMALL,), (), "inconclusive"),
        ((FLAT,), (SAFE,), "inconclusive"),
        ((LIKELY_WIN,), (UNPROVEN,), "inconclusive"),
        ((LIKELY_WIN,), (SAFE, UNPROVEN), "inconclusive"),
        ((LIKELY_WIN,), (NO_LIMIT,), "inconclusive"),
        ((LIKELY_WIN,), (NOT_MEASURED,), "inconclusive"),
        ((LIKELY_WIN, REFUSED), (), "inconclusive"),
        ((REFUSED,), (), "inconclusive"),
        ((), (SAFE,), "inconclusive"),
        ((RULED_OUT,), (), "dont-ship"),
        ((RULED_OUT, RULED_OUT), (SAFE,), "dont-ship"),
        ((RULED_OUT, REFUSED), (), "inconclusive"),
        ((HARM,), (), "dont-ship"),
        ((LIKELY_WIN, HARM), (SAFE,), "dont-ship"),
        ((LIKELY_WIN,), (BROKEN,), "dont-ship"),
        ((REFUSED,), (BROKEN,), "dont-ship"),
        ((), (BROKEN,), "dont-ship"),
    ],
)
def test_each_line_of_the_rule(
    primaries: tuple[Evidence, ...], guardrails: tuple[Evidence, ...], verdict: Verdict
) -> None:
    assert judge(*primaries, guardrails=guardrails).verdict == verdict
    assert judge(*primaries, guardrails=guardrails, plan=True).verdict == verdict


EVERY_PRIMARY = (CLEAR_WIN, LIKELY_WIN, TOO_SMALL, FLAT, RULED_OUT, HARM, REFUSED)
EVERY_GUARDRAIL = (SAFE, UNPROVEN, BROKEN, NO_LIMIT, NOT_MEASURED)


@pytest.mark.parametrize("plan", [True, False, None])
def test_an_invalid_comparison_wins_over_everything(plan: bool | None) -> None:
    every = product(EVERY_PRIMARY, EVERY_GUARDRAIL)
    verdicts = {judge(p, guardrails=(g,), invalid=("E_SRM",), plan=plan).verdict for p, g in every}
    assert verdicts == {"invalid"}


def test_a_plan_not_reached_turns_inconclusive_into_keep_running_and_nothing_else() -> None:
    for p, g in product(EVERY_PRIMARY, EVERY_GUARDRAIL):
        reached, open_ = (judge(p, guardrails=(g,), plan=plan).verdict for plan in (True, False))
        assert open_ == ("keep-running" if reached == "inconclusive" else reached)


def test_harm_wins_over_what_is_unproven() -> None:
    assert judge(HARM, REFUSED, guardrails=(UNPROVEN,)).verdict == "dont-ship"


@pytest.mark.parametrize("evidence", EVERY_PRIMARY)
def test_nothing_ships_with_a_guardrail_that_is_not_safe(evidence: Evidence) -> None:
    assert all(judge(evidence, guardrails=(SAFE, g)).verdict != "ship" for g in EVERY_GUARDRAIL if g is not SAFE)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (primary(0.0, 0.05, 0.1), "inconclusive"),
        (primary(1e-9, 0.02, 0.1), "ship"),
        (primary(1e-9, 0.02 - 1e-9, 0.1), "inconclusive"),
        (primary(-0.1, 0.0, 0.02), "inconclusive"),
        (primary(-0.1, 0.0, 0.02 - 1e-9), "dont-ship"),
        (primary(-0.1, -0.05, 0.0, margin=0.0), "inconclusive"),
        (primary(-0.1, -0.05, -1e-9, margin=0.0), "dont-ship"),
        (primary(1e-9, 0.001, 0.1, margin=None), "ship"),
    ],
)
def test_the_edges_of_a_primary(evidence: Evidence, verdict: Verdict) -> None:
    assert judge(evidence).verdict == verdict


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (-0.02, 0.01, "inconclusive"),
        (-0.02 + 1e-9, 0.01, "ship"),
        (-0.05, -0.02, "inconclusive"),
        (-0.05, -0.02 - 1e-9, "dont-ship"),
    ],
)
def test_the_edges_of_a_guardrail(lower: float, upper: float, verdict: Verdict) -> None:
    assert judge(LIKELY_WIN, guardrails=(guardrail(lower, upper),)).verdict == verdict


def test_a_win_is_clear_when_its_whole_interval_is_worth_shipping() -> None:
    assert judge(CLEAR_WIN).clear
    assert judge(primary(0.02, 0.03, 0.04)).clear
    assert not judge(LIKELY_WIN).clear
    assert not judge(CLEAR_WIN, guardrails=(UNPROVEN,)).clear


def test_the_checklist_has_a_line_for_everything_asked() -> None:
    rules = judge(LIKELY_WIN, FLAT, REFUSED, guardrails=(SAFE, BROKEN, NO_LIMIT), plan=True).rules
    assert [(rule.id, rule.status) for rule in rules] == [
        ("validity", "pass"),
        ("primary", "pass"),
        ("primary", "fail"),
        ("primary", "not_run"),
        ("guardrail", "pass"),
        ("guardrail", "fail"),
        ("guardrail", "not_run"),
        ("plan", "pass"),
    ]


@pytest.mark.parametrize(("plan", "status"), [(True, "pass"), (False, "fail"), (None, "note")])
def test_the_plan_is_on_the_checklist(plan: bool | None, status: str) -> None:
    assert judge(FLAT, plan=plan).rules[-1].status == status


def test_a_judgement_survives_json() -> None:
    judged = judge(LIKELY_WIN, REFUSED, guardrails=(BROKEN,), plan=False)
    assert Judgement.from_dict(judged.to_dict()) == judged


def test_what_depends_on_the_adjustment_wins_nothing() -> None:
    fragile = Evidence(metric="booked", bounds=CLEAR_WIN.bounds, margin=0.02, fragile=True)
    assert judge(fragile).verdict == "inconclusive"
    assert judge(fragile, plan=False).verdict == "keep-running"
    assert judge(fragile, LIKELY_WIN).verdict == "ship"
    harmful = Evidence(metric="booked", bounds=HARM.bounds, margin=0.02, fragile=True)
    assert judge(harmful).verdict == "dont-ship"


def test_what_depends_on_the_adjustment_proves_no_guardrail_but_may_break_it() -> None:
    safe = Evidence(metric="cancelled", bounds=CLEAR_WIN.bounds, margin=0.02)
    assert judge(CLEAR_WIN, guardrails=(safe,)).verdict == "ship"
    fragile = Evidence(metric="cancelled", bounds=CLEAR_WIN.bounds, margin=0.02, fragile=True)
    assert judge(CLEAR_WIN, guardrails=(fragile,)).verdict == "inconclusive"
    broken = Evidence(metric="cancelled", bounds=HARM.bounds, margin=0.001, fragile=True)
    assert judge(CLEAR_WIN, guardrails=(broken,)).verdict == "dont-ship"
