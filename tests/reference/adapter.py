"""Translate a known-value case into calls of our public functions; nothing is computed here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from decision_widgets import estimates
from decision_widgets.moments import Moments

# More assignments than any case has.
ENUMERATE = 10**12


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


def _logit(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    names = case["columns"]
    y, columns, _ = _design({**case, "columns": names | {"report": names["treatment"]}}, data_dir)
    cluster = _frame(case, data_dir).loc[y.index, names["cluster"]]
    covariates = [column for name, column in columns.items() if name not in ("1", names["treatment"])]
    answer = estimates.clustered_logit(
        y, columns[names["treatment"]], cluster, covariates=np.column_stack(covariates) if covariates else None
    )
    return {
        "estimate": answer.log_odds_ratio,
        "odds_ratio": answer.odds_ratio,
        "se_cluster_stata": answer.log_odds_ratio_std_error,
        "z_stata": answer.log_odds_ratio / answer.log_odds_ratio_std_error,
        "p_stata": answer.odds_ratio_p_value,
        "ame": answer.effect,
        "ame_se_cluster_stata": answer.std_error,
    }


def _newey_west(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    y, columns, at = _design(case, data_dir)
    fit = estimates.newey_west(y, np.column_stack(list(columns.values())), lags=case["options"]["lag"])
    reported = {"estimate": fit.coefficients, "se_hac": fit.std_error, "se_hac_small": fit.std_error_small}
    return {key: _reported(array, at) for key, array in reported.items()}


def _randomization(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    arms = (frame.loc[frame[names["group"]] == names[arm], names["outcome"]].dropna() for arm in ("control", "treated"))
    return _randomization_keys(estimates.randomization_test(*arms, draws=ENUMERATE))


def _sign_flips(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    answer = estimates.sign_flip_test((frame[names["x"]] - frame[names["y"]]).dropna(), draws=ENUMERATE)
    return _randomization_keys(answer) | {"n": answer.n_units}


def _randomization_keys(answer: estimates.RandomizationTest) -> dict[str, Any]:
    assert answer.enumerated
    return {
        "n_assignments": answer.n_draws,
        "estimate": answer.effect,
        "p_two_sided": answer.p_value,
        "p_greater": answer.p_value_greater,
        "p_less": answer.p_value_less,
    }


def _horvitz_thompson(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    y, treatment, drawn = _series(case, data_dir)
    options = case["options"]
    answer = estimates.horvitz_thompson(y, treatment, carryover=options["m"], drawn=drawn, share=options["p"])
    return {"estimate": answer.effect, "n": answer.n_periods, "n_used": answer.n_used}


def _minimax_switchback(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    y, treatment, _ = _series(case, data_dir)
    answer = estimates.minimax_switchback(y, treatment, carryover=case["options"]["m"])
    return {"estimate": answer.effect, "var": answer.std_error**2, "se": answer.std_error}


def _distributed_lags(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    y, treatment, _ = _series(case, data_dir)
    last = int(case["options"]["lags"].split("..")[1])
    answer = estimates.distributed_lags(y, treatment, lags=last)
    totals = {f"total_0_{j}": value for j, value in enumerate(answer.cumulative_effects)}
    errors = {f"se_0_{j}_full_cov": value for j, value in enumerate(answer.cumulative_std_errors)}
    return (
        totals
        | errors
        | {
            "n": answer.n_observations,
            "coef": list(answer.lag_effects),
            "se": list(answer.lag_std_errors),
            "se_total_full_cov": answer.std_error,
        }
    )


def _series(case: dict[str, Any], data_dir: Path) -> tuple[Any, Any, Any]:
    """Read outcome, treatment and, where there is one, the column of randomisation points."""
    frame, names = _frame(case, data_dir), case["columns"]
    point = names.get("randomisation_point")
    return (
        frame[names["outcome"]],
        frame[names["treatment"]],
        frame[point].isin([True, 1, "True", "TRUE"]) if point else None,
    )


def _surrogate_index(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    history, trial = (frame[frame[names["sample"]] == names[key]] for key in ("obs_value", "exp_value"))
    arms = (trial.loc[trial[names["treatment"]] == arm, names["surrogates"]] for arm in (0, 1))
    answer = estimates.surrogate_index(history[names["long_term"]], history[names["surrogates"]], *arms)
    return {
        "coef": list(answer.coefficients),
        "r2": answer.r_squared,
        "estimate": answer.effect,
        "se_second_stage": answer.std_error_index,
    }


def _design(
    case: dict[str, Any], data_dir: Path
) -> tuple[pd.Series[Any], dict[str, np.ndarray[Any, Any]], int | list[int]]:
    """Read an R formula of plain columns, ``factor(name)`` and ``factor(name,levels=c(...))``; find reported terms."""
    frame, names = _frame(case, data_dir), case["columns"]
    outcome, right = names["formula"].split("~")
    factors = {term: re.findall(r"factor\((\w+)|'(\w+)'", term) for term in right.split("+")}
    used = [found[0][0] if found else term for term, found in factors.items()]
    frame = frame.dropna(subset=[outcome, *used])
    columns = {"1": np.ones(len(frame))}
    for (term, found), column in zip(factors.items(), used, strict=True):
        if found:
            levels = [level for _, level in found[1:]] or sorted(frame[column].unique())
            columns |= {_plain(f"{term}{level}"): frame[column].eq(level).to_numpy(float) for level in levels[1:]}
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
    "panel_fe_cluster": _panel,
    "ols_hc": _ols_hc,
    "ols_twoway_cluster": _ols_two_way,
    "wild_cluster_bootstrap_exact": _wild_bootstrap,
    "logit_cluster": _logit,
    "newey_west": _newey_west,
    "randomization_exact": _randomization,
    "paired_sign_flip_exact": _sign_flips,
    "switchback_horvitz_thompson": _horvitz_thompson,
    "switchback_bojinov_variance": _minimax_switchback,
    "switchback_distributed_lag_ols": _distributed_lags,
    "surrogate_index": _surrogate_index,
}
