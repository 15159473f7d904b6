"""Translate a known-value case into calls of our public functions; nothing is computed here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from decision_widgets import estimates
from decision_widgets.moments import Moments, Sample, label

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


def _adjusted(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    names = case["columns"]
    rows = _two_arms(case, data_dir, [names["outcome"], names["covariate"]])
    given = rows[names["outcome"]], rows["treated"], {names["covariate"]: rows[names["covariate"]]}
    common, own = estimates.ancova(*given), estimates.lin_regression(*given)
    return {
        "estimate_unadjusted": common.unadjusted.effect,
        "estimate_ancova": common.adjusted.effect,
        "se_ancova_HC2": common.adjusted.std_error,
        "estimate_lin": own.adjusted.effect,
        "se_lin_HC2": own.adjusted.std_error,
    }


def _post_stratified(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    names = case["columns"]
    rows = _two_arms(case, data_dir, [names["outcome"], names["strata"]])
    cells = {
        (str(stratum), treated): Moments.of({"y": part[names["outcome"]]})
        for (stratum, treated), part in rows.groupby([names["strata"], "treated"])
    }
    strata = {name: (cells.get((name, False)), cells.get((name, True))) for name, _ in sorted(cells)}
    answer = estimates.post_stratified(strata, merge_below=0)
    return {
        "stratum_effects": [stratum.effect for stratum in answer.strata],
        "stratum_weights": [stratum.share for stratum in answer.strata],
        "estimate": answer.adjusted.effect,
        "se": answer.adjusted.std_error,
    }


def _mlrate(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    names = case["columns"]
    rows = _frame(case, data_dir)[[names["outcome"], names["treatment"], names["prediction"]]].dropna()
    answer = estimates.mlrate_given_predictions(*(rows[column] for column in rows))
    return {"estimate": answer.adjusted.effect, "se_HC2": answer.adjusted.std_error}


def _two_arms(case: dict[str, Any], data_dir: Path, wanted: list[str]) -> pd.DataFrame:
    """Return the complete rows of the two arms, with a column that says who was treated."""
    frame, names = _frame(case, data_dir), case["columns"]
    rows = frame[frame[names["group"]].isin([names["control"], names["treated"]])].dropna(subset=wanted)
    return rows.assign(treated=rows[names["group"]] == names["treated"])


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


def _interaction(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    wanted, cluster = [names[key] for key in ("outcome", "treatment", "moderator")], names.get("cluster")
    frame = frame.dropna(subset=[*wanted, *([cluster] if cluster else [])])
    groups = frame[cluster] if cluster else None
    fit = estimates.interaction_regression(*(frame[name].astype(float) for name in wanted), cluster=groups)
    each = {"0": fit.effect_at_0, "1": fit.effect_at_1}
    errors = {f"se_at_{at}": term.std_error_cr1 if cluster else term.std_error for at, term in each.items()}
    term = fit.interaction
    return errors | {
        "effect_at_0": fit.effect_at_0.effect,
        "effect_at_1": fit.effect_at_1.effect,
        "interaction": term.effect,
        "se_interaction": term.std_error_cr1 if cluster else term.std_error,
        "df": term.df_cr1 if cluster else term.df_residual,
        "p_interaction": term.p_value_cr1 if cluster else term.p_value_residual,
    }


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


def _paired_t(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.paired_t(*_pairs(case, data_dir), alpha=_alpha(case))
    return {
        "estimate": answer.effect,
        "se": answer.std_error,
        "stat": answer.statistic,
        "df": answer.df,
        "p": answer.p_value,
        "ci_low": answer.effect_lower,
        "ci_high": answer.effect_upper,
    }


def _pairs(case: dict[str, Any], data_dir: Path) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the control's side (y) and the treatment's (x) of pairs that have both."""
    names = case["columns"]
    rows = _frame(case, data_dir)[[names["x"], names["y"]]].dropna()
    return rows[names["y"]], rows[names["x"]]


def _tost(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    margins = {
        f"margin_{side}": case["options"][f"margin_{key}"] for side, key in (("lower", "low"), ("upper", "high"))
    }
    answer = estimates.tost_welch(*_arms(case, data_dir), **margins, alpha=0.05)
    return {
        "estimate": answer.effect,
        "stat_low": answer.statistic_lower,
        "p_low": answer.p_value_lower,
        "stat_high": answer.statistic_upper,
        "p_high": answer.p_value_upper,
        "p": answer.p_value,
        "df": answer.df,
        "ci90_low": answer.effect_lower,
        "ci90_high": answer.effect_upper,
    }


def _mann_whitney(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.mann_whitney(*_samples(case, data_dir))
    exact = {"p_exact": answer.p_value} if answer.method == "exact" else {}
    return exact | {
        "n_t": answer.n_treatment,
        "n_c": answer.n_control,
        "U_t": answer.statistic,
        "auc": answer.superiority,
        "p_asymp_cc": answer.p_value_normal,
    }


def _samples(case: dict[str, Any], data_dir: Path) -> list[Sample]:
    frame, names = _frame(case, data_dir), case["columns"]
    arms = (frame.loc[frame[names["group"]] == names[arm], names["outcome"]] for arm in ("control", "treated"))
    return [Sample.of(arm.dropna()) for arm in arms]


def _signed_rank(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.wilcoxon_signed_rank(*_pairs(case, data_dir))
    exact = {"p_exact": answer.p_value} if answer.method == "exact" else {}
    return exact | {
        "n": answer.n_pairs,
        "n_nonzero": answer.n_nonzero,
        "V_plus": answer.statistic,
        "p_asymp_cc": answer.p_value_normal,
    }


def _normality(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    statistic, p, test = {
        "shapiro_wilk": ("stat", "p", estimates.shapiro_wilk),
        "anderson_darling_normal": ("A2", "p", estimates.anderson_darling),
        "ks_lilliefors": ("D", "p_dallal_wilkinson", estimates.lilliefors),
    }[case["method"]]
    answer = test(Sample.of(_frame(case, data_dir)[case["columns"]["outcome"]].dropna()))
    return {"n": answer.n_tested, statistic: answer.statistic, p: answer.p_value}


def _ks_two_sample(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    answer = estimates.ks_two_sample(*_samples(case, data_dir))
    exact = {"p_exact": answer.p_value} if answer.method == "exact" else {}
    return exact | {
        "n_t": answer.n_treatment,
        "n_c": answer.n_control,
        "D": answer.statistic,
        "p_asymp": answer.p_value_limit,
    }


def _levene(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    names = case["columns"]
    rows = _frame(case, data_dir)[[names["outcome"], names["group"]]].dropna()
    if names.get("levels") is not None:
        rows = rows[rows[names["group"]].isin(names["levels"])]
    answer = estimates.levene([Sample.of(arm) for _, arm in rows.groupby(names["group"])[names["outcome"]]])
    return {
        "F_median": answer.statistic,
        "p_median": answer.p_value,
        "df1": answer.df,
        "df2": answer.df_within,
    }


def _power_t(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    inputs = case["inputs"]
    # R solves for the one that is missing; without `power` in the inputs, n was given.
    variance, alpha = inputs.get("sd", 1) ** 2, inputs.get("sig.level", 0.05)
    side = "greater" if inputs.get("alternative") == "one.sided" else "two-sided"
    if "n" in inputs:
        n = inputs["n"]
        if "delta" not in inputs:
            far = estimates.detectable_noncentrality(2 * n - 2, alpha=alpha, power=inputs["power"], alternative=side)
            inputs = inputs | {"delta": float(far) * (2 * variance / n) ** 0.5}
        power = estimates.difference_power(inputs["delta"], variance, variance, n, n, alpha=alpha, alternative=side)
        return {"n_per_group": n, "power": float(power)}
    power = inputs["power"]
    n = estimates.control_sizes(inputs["delta"], variance, variance, alpha=alpha, power=power, alternative=side)
    return {"n_per_group": float(n), "power": power}


def _power_prop(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    inputs = case["inputs"]
    low, high = sorted((inputs["p1"], inputs["p2"]))
    # The reference counts no rejection on the wrong side, which is a one-sided test at half the level.
    normal: dict[str, Any] = {"alpha": inputs.get("sig.level", 0.05) / 2, "alternative": "greater", "df_rule": "normal"}
    change, variances = high - low, (low * (1 - low), high * (1 - high))
    if "n" in inputs:
        power = estimates.difference_power(change, *variances, inputs["n"], inputs["n"], **normal)
        return {"power_unpooled": float(power)}
    return {"n_unpooled": float(estimates.control_sizes(change, *variances, power=inputs["power"], **normal))}


def _cluster_power(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    inputs = case["inputs"]
    m, alpha = inputs["m"], inputs.get("alpha", 0.05)
    inflation = estimates.design_effect(m, inputs["icc"], cv=inputs.get("cv", 0))
    shares = [inputs["p1"], inputs["p2"]] if "p1" in inputs else []
    effect = abs(shares[0] - shares[1]) if shares else inputs["delta"]
    squares = [p * (1 - p) for p in shares] or [inputs["sd"] ** 2] * 2
    answer = {"design_effect": float(inflation)}
    if "k" in inputs:
        answer["power_t"] = float(
            estimates.cluster_power(
                effect,
                float(np.mean(squares)) ** 0.5,
                inflation,
                cluster_size=m,
                clusters_per_arm=inputs["k"],
                alpha=alpha,
            )
        )
    if "power" in inputs:
        variances = (square * float(inflation) / m for square in squares)
        answer["clusters_per_arm_t"] = float(
            estimates.control_sizes(effect, *variances, alpha=alpha, power=inputs["power"])
        )
    return answer


def _icc(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    frame, names = _frame(case, data_dir), case["columns"]
    frame = frame.dropna(subset=[names["outcome"], names["cluster"]])
    clusters = frame.groupby(names["cluster"])[names["outcome"]]
    sizes = clusters.count()
    answer = estimates.intraclass_correlation(sizes, clusters.mean(), clusters.var(ddof=0) * sizes)
    return {
        "n": answer.n_observations,
        "n_clusters": answer.n_clusters,
        "msb": answer.mean_square_between,
        "msw": answer.mean_square_within,
        "n0": answer.m0,
        "mean_cluster_size": answer.mean_cluster_size,
        "cv_cluster_size": answer.cv_cluster_size,
        "icc_anova": answer.icc_anova,
    }


def _unequal_allocation(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    inputs = case["inputs"]
    # Normal quantiles, and no rejection on the wrong side: a one-sided test at half the level.
    how: dict[str, Any] = {"power": inputs["power"], "alternative": "greater", "df_rule": "normal"}
    half, delta = inputs["alpha"] / 2, abs(inputs["delta"])
    if "shares" in inputs:
        shares, variance = inputs["shares"], inputs["sd"] ** 2
        every = estimates.every_pair(len(shares))
        pairs = [estimates.arm_sizes(delta, variance, shares, pairs=[pair], alpha=half, **how) for pair in every]
        control = estimates.control_pairs(len(shares))
        total = max(pairs, key=lambda one: one.total_exact).total_exact
        adjusted = estimates.arm_sizes(delta, variance, shares, pairs=every, alpha=half, **how)
        return {
            "total_needed_by_pair": [one.total_exact for one in pairs],
            "total_conservative": total,
            "total_vs_control_only": max(
                one.total_exact for one, pair in zip(pairs, every, strict=True) if pair in control
            ),
            "total_conservative_bonferroni": adjusted.total_exact,
        }
    variances = inputs["sd0"] ** 2, inputs["sd1"] ** 2
    n = float(estimates.control_sizes(delta, *variances, allocation=inputs["ratio"], alpha=half, **how))
    return {"n_control": n, "n_treat": inputs["ratio"] * n}


def _group_sequential(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    given = case["inputs"]
    plan: dict[str, Any] = {"information": given["info"], "alpha": given["alpha"], "sides": given["sided"]}
    shapes = {"OF": 0.0, "P": 0.5, "WT": given.get("deltaWT")}
    spending = {"asOF": "obf", "asP": "pocock", "asKD": "kim-demets", "asHSD": "hwang-shih-decani"}
    if given["type"] in shapes:
        bounds = estimates.wang_tsiatis_bounds(**plan, delta=shapes[given["type"]])
    else:
        bounds = estimates.spending_bounds(**plan, spending=spending[given["type"]], gamma=given.get("gamma"))
    return {"critical_values": list(bounds.critical_values), "cumulative_alpha": list(bounds.cumulative_alpha)}


def _msprt(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    given = case["inputs"]
    if case["data"]:
        return {"looks": _msprt_looks(case, data_dir)}
    std_error = (given["variance_sum"] / given["n_per_arm"]) ** 0.5
    look = estimates.mixture_test(given["diff"], std_error, mixing_variance=given["tau2"], alpha=given["alpha"])
    return {
        "log_lambda": look.log_lambda,
        "p_value_at_n": look.p_value,
        "ci_low": look.effect_lower,
        "ci_high": look.effect_upper,
    }


def _msprt_looks(case: dict[str, Any], data_dir: Path) -> list[dict[str, Any]]:
    frame, names, given = _frame(case, data_dir), case["columns"], case["inputs"]
    control, treatment = (
        frame.loc[frame[names["group"]] == names[arm], names["outcome"]].dropna() for arm in ("control", "treated")
    )
    tests = [
        estimates.welch_t(*(Moments.of({"y": arm.head(n)}) for arm in (control, treatment)))
        for n in case["options"]["looks"]
    ]
    sequence = estimates.confidence_sequence(
        [test.effect for test in tests],
        [test.std_error for test in tests],
        mixing_variance=given["tau2"],
        alpha=given["alpha"],
    )
    return [
        {
            "diff": look.effect,
            "lambda_": np.exp(look.log_lambda),
            "always_valid_p": p_value,
            "ci_low": look.effect_lower,
            "ci_high": look.effect_upper,
            "running_ci_low": lower,
            "running_ci_high": upper,
        }
        for look, p_value, lower, upper in zip(
            sequence.looks, sequence.p_values, sequence.running_lower, sequence.running_upper, strict=True
        )
    ]


def _mixture_boundary(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    given = case["inputs"]
    boundary = estimates.mixture_boundary(given["intrinsic_time_v"], rho=given["rho"], alpha=given["alpha"])
    return {"boundary": boundary}


def _asymptotic_sequence(case: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    given = case["inputs"]
    half = estimates.asymptotic_half_width(
        given["n"],
        given["sigma2"],
        rho_squared=given["rho2"],
        alpha=given["alpha"],
        sides=2 if dict(case["options"] or {}).get("two_sided", True) else 1,
    )
    return {"halfwidth": half}


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
    "hte_interaction": _interaction,
    "wild_cluster_bootstrap_exact": _wild_bootstrap,
    "paired_t": _paired_t,
    "tost_welch": _tost,
    "mann_whitney": _mann_whitney,
    "wilcoxon_signed_rank": _signed_rank,
    "shapiro_wilk": _normality,
    "anderson_darling_normal": _normality,
    "ks_lilliefors": _normality,
    "ks_two_sample": _ks_two_sample,
    "levene": _levene,
    "power_t_test": _power_t,
    "power_prop_test": _power_prop,
    "cluster_power": _cluster_power,
    "icc": _icc,
    "unequal_allocation_multiarm": _unequal_allocation,
    "group_sequential_bounds": _group_sequential,
    "msprt_normal_mixture": _msprt,
    "confidence_sequence_normal_mixture": _mixture_boundary,
    "confidence_sequence_asymptotic": _asymptotic_sequence,
    "cuped_ancova_lin": _adjusted,
    "post_stratification": _post_stratified,
    "mlrate_given_predictions": _mlrate,
    "logit_cluster": _logit,
    "newey_west": _newey_west,
    "randomization_exact": _randomization,
    "paired_sign_flip_exact": _sign_flips,
    "switchback_horvitz_thompson": _horvitz_thompson,
    "switchback_bojinov_variance": _minimax_switchback,
    "switchback_distributed_lag_ols": _distributed_lags,
    "surrogate_index": _surrogate_index,
}
