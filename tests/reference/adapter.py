"""Translate a known-value case into calls of our public functions; nothing is computed here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from decision_widgets import estimates
from decision_widgets.moments import Moments, label


def compute(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    """Return the keys of ``required_keys.json`` for one case, under their names there.

    Raises
    ------
    NotImplementedError
        For a method that does not exist yet.
    """
    method = METHODS.get(case["method"])
    if method is None:
        raise NotImplementedError(case["method"])
    return method(case, data_dir)


def _frame(case: dict[str, Any], data_dir: Path) -> pd.DataFrame:
    frame = pd.read_csv(data_dir / case["data"], keep_default_na=False, na_values=["NA", ""])
    return frame.query(case["filter_pandas"]) if case.get("filter_pandas") else frame


def _arms(case: dict[str, Any], data_dir: Path, columns: tuple[str, ...] = ("outcome",)) -> tuple[Moments, Moments]:
    frame, names = _frame(case, data_dir), case["columns"]
    wanted = [names[column] for column in columns]
    arms = (frame.loc[frame[names["group"]] == names[arm], wanted].dropna() for arm in ("control", "treated"))
    control, treatment = (Moments.of({column: rows[column] for column in wanted}) for rows in arms)
    return control, treatment


def _alpha(case: dict[str, Any]) -> float:
    return 1 - dict(case["options"] or {}).get("conf_level", 0.95)


def _t_test(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    test = estimates.welch_t if case["method"] == "welch_t" else estimates.student_t
    answer = test(*_arms(case, data_dir), alpha=_alpha(case))
    return {
        "estimate": answer.effect,
        "se": answer.std_error,
        "stat": answer.statistic,
        "df": answer.df,
        "p": answer.p_value,
        "ci_low": answer.effect_lower,
        "ci_high": answer.effect_upper,
    }


def _two_proportions(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    if case["inputs"]:
        events_c, n_c, events_t, n_t = (int(case["inputs"][key]) for key in ("x_c", "n_c", "x_t", "n_t"))
    else:
        control, treatment = _arms(case, data_dir)
        n_c, n_t = control.n, treatment.n
        events_c, events_t = round(control.mean[0] * n_c), round(treatment.mean[0] * n_t)
    answer = estimates.two_proportions(events_c, n_c, events_t, n_t, alpha=_alpha(case))
    return {
        "estimate": answer.effect,
        "se_unpooled": answer.std_error,
        "ci_low": answer.effect_lower,
        "ci_high": answer.effect_upper,
        "z_pooled": answer.statistic,
        "p_pooled": answer.p_value,
    }


def _relative(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.relative_effect(estimates.welch_t(*_arms(case, data_dir), alpha=_alpha(case)), normal=True)
    assert isinstance(answer, estimates.RelativeEffect)
    return {
        "lift": answer.relative_effect,
        "se_delta": answer.delta_std_error,
        "fieller_low": answer.relative_effect_lower,
        "fieller_high": answer.relative_effect_upper,
    }


def _ratio(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.ratio_difference(*_arms(case, data_dir, ("numerator", "denominator")), alpha=_alpha(case))
    lift = estimates.relative_effect(answer)
    assert isinstance(lift, estimates.RelativeEffect)
    return {
        "ratio_t": answer.treatment_mean,
        "ratio_c": answer.control_mean,
        "estimate": answer.effect,
        "se": answer.std_error,
        "lift": lift.relative_effect,
        "se_lift": lift.delta_std_error,
    }


def _ols_cluster(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    outcome, right = names["formula"].split("~")
    terms = right.split("+")
    frame = frame.dropna(subset=[outcome, *terms, names["cluster"]])
    x = np.column_stack([np.ones(len(frame)), *(frame[term] for term in terms)])
    fit = estimates.clustered_ols(frame[outcome], x, frame[names["cluster"]])
    reported = names["report"]
    several = isinstance(reported, list)
    at = [1 + terms.index(term) for term in (reported if several else [reported])]
    columns = {
        "estimate": fit.coefficients,
        "se_CR0": fit.std_error_cr0,
        "se_CR1S": fit.std_error_cr1,
        "p_CR1S": fit.p_value_cr1,
        "se_CR2": fit.std_error_cr2,
        "df_CR2": fit.df_cr2,
        "p_CR2": fit.p_value_cr2,
        "se_CV3_jackknife": fit.std_error_cv3,
    }
    values = {key: [float(array[i]) for i in at] for key, array in columns.items()}
    return {"df_CR1S": fit.df_cr1} | (values if several else {key: value[0] for key, value in values.items()})


def _multi_arm(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    names = case["columns"]
    frame = _frame(case, data_dir).dropna(subset=[names["outcome"], names["group"]])
    arms = {
        label(arm): Moments.of({"y": frame.loc[frame[names["group"]] == arm, names["outcome"]]})
        for arm in sorted(frame[names["group"]].unique())
    }
    control = arms.pop(label(names["control"]))
    p_values = [estimates.welch_t(control, arm).p_value for arm in arms.values()]
    return {
        "welch_vs_control": list(arms),
        "welch_vs_control_p": p_values,
        "welch_vs_control_p_holm": list(estimates.adjust_p_values(p_values, "holm")),
        "dunnett_p": [each.p_value_single_step for each in estimates.dunnett(control, list(arms.values()))],
    }


def _srm(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.sample_ratio(case["inputs"]["counts"], case["inputs"]["expected_share"])
    return {"stat": answer.statistic, "df": answer.df, "p": answer.p_value}


def _p_adjust(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    p, alpha = case["inputs"]["p"], case["inputs"]["alpha"]
    ours = {"holm_sidak": "holm-sidak", "BH": "bh", "BY": "by"}
    keys = ("bonferroni", "sidak", "holm", "holm_sidak", "hochberg", "hommel", "BH", "BY")
    adjusted: dict[str, Any] = {key: list(estimates.adjust_p_values(p, ours.get(key, key))) for key in keys}
    two_stage = estimates.adjust_p_values(p, "bky", alpha=alpha)
    return adjusted | {"bky_two_stage_n_rejected": sum(value <= alpha for value in two_stage)}


def _panel(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    effects = names["fe"] if isinstance(names["fe"], list) else [names["fe"]]
    frame = frame.dropna(subset=[names["outcome"], names["regressors"], *effects])
    fit = estimates.panel_regression(_cells(frame, names["outcome"], [names["regressors"]], effects, names["cluster"]))
    return {
        "estimate": fit.effect,
        "se_classical": fit.std_error_independent,
        "se_CR0": fit.std_error_cr0,
        "se_CR1S_nested_xtreg": fit.std_error_cr1,
        "p_CR1S_nested_xtreg": fit.p_value_cr1,
    }


def _wild_bootstrap(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    outcome, right = names["formula"].split("~")
    terms = sorted(right.split("+"), key=lambda term: term != names["coefficient"])
    answer = estimates.wild_bootstrap(_cells(frame, outcome, terms, [], names["cluster"]))
    return {
        "estimate": answer.effect,
        "n_clusters": answer.n_clusters,
        "n_weights": answer.n_draws,
        "t_CR1S": answer.statistic,
        "p_ge": answer.p_value,
    }


def _ols_hc(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    y, columns, at = _design(case, data_dir)
    fit = estimates.robust_ols(y, np.column_stack(list(columns.values())))
    reported = {
        "estimate": fit.coefficients,
        "se_classical": fit.std_error_equal,
        "se_HC0": fit.std_error_hc0,
        "se_HC1": fit.std_error_hc1,
        "se_HC2": fit.std_error_hc2,
        "se_HC3": fit.std_error_hc3,
    }
    return {key: _reported(array, at) for key, array in reported.items()}


def _ols_two_way(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    y, columns, at = _design(case, data_dir)
    frame = _frame(case, data_dir)
    ways = (frame.loc[y.index, name] for name in case["columns"]["cluster"])
    fit = estimates.two_way_clustered_ols(y, np.column_stack(list(columns.values())), *ways)
    return {
        "estimate": _reported(fit.coefficients, at),
        "se_min_G": _reported(fit.std_error, at),
        "df_min_G": fit.df,
        "p_min_G": _reported(fit.p_value, at),
    }


def _design(
    case: dict[str, Any], data_dir: Path
) -> tuple[pd.Series[Any], dict[str, np.ndarray[Any, Any]], int | list[int]]:
    """Read an R formula of plain columns and ``factor(name,levels=c(...))``; say where the reported terms are."""
    frame, names = _frame(case, data_dir), case["columns"]
    outcome, right = names["formula"].split("~")
    factors = {term: re.findall(r"factor\((\w+)|'(\w+)'", term) for term in right.split("+")}
    used = [found[0][0] if found else term for term, found in factors.items()]
    frame = frame.dropna(subset=[outcome, *used])
    columns = {"1": np.ones(len(frame))}
    for (term, found), column in zip(factors.items(), used, strict=True):
        if found:
            columns |= {_plain(term + level): frame[column].eq(level).to_numpy(float) for _, level in found[2:]}
        else:
            columns[term] = frame[column].to_numpy(float)
    reported, order = names["report"], list(columns)
    several = isinstance(reported, list)
    return frame[outcome], columns, [order.index(_plain(t)) for t in reported] if several else order.index(reported)


def _plain(term: str) -> str:
    return re.sub(r"[\s'\"]", "", term)


def _reported(array: Any, at: int | list[int]) -> Any:
    return [float(array[i]) for i in at] if isinstance(at, list) else float(array[at])


def _cells(
    frame: pd.DataFrame, outcome: str, terms: list[str], effects: list[str], cluster: str
) -> estimates.PanelCells:
    return estimates.PanelCells(
        weight=np.ones(len(frame)),
        mean=frame[outcome],
        within=np.zeros(len(frame)),
        treatment=frame[terms[0]],
        fixed_effects={name: frame[name] for name in effects},
        cluster=frame[cluster],
        controls={term: frame[term] for term in terms[1:]},
    )


METHODS = {
    "welch_t": _t_test,
    "student_t": _t_test,
    "two_proportions": _two_proportions,
    "relative_lift_delta": _relative,
    "ratio_metric_delta": _ratio,
    "ols_cluster": _ols_cluster,
    "srm_chi_square": _srm,
    "p_adjust": _p_adjust,
    "multi_arm_comparisons": _multi_arm,
    "panel_fe_cluster": _panel,
    "ols_hc": _ols_hc,
    "ols_twoway_cluster": _ols_two_way,
    "wild_cluster_bootstrap_exact": _wild_bootstrap,
}
