"""What is Spark's own: few jobs and shuffles, clocks, columns by place, and metrics that fail at run time."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Opened, spark_only

import decision_widgets as dw
from decision_widgets.data.spark_engine import Spark

pytestmark = spark_only


def design(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    return dw.BetweenSubject(participant="pid", arm="arm", metrics=list(metrics), **({"control": "A"} | words))


def rows(n: int = 200) -> pa.Table:
    pid = np.arange(n) // 2
    y = np.random.default_rng(1).normal(10, 1, n)
    return pa.table({"pid": pid, "arm": np.array(["A", "B"])[pid % 2], "y": y, "before": y + np.sin(pid)})


def test_a_metric_that_fails_at_run_time_is_refused_and_the_others_are_read(engine: Opened) -> None:
    frame = engine.make(rows())
    frame = frame.selectExpr(
        "*",
        "IF(pid = 77, CAST(raise_error('no such file') AS DOUBLE), y) AS raised",
        "CAST(IF(pid = 77, 'seven', '1.5') AS DOUBLE) AS spelled",
    )
    result = dw.analyze(frame, design("y", "raised", "spelled"), methods=[])
    alone = dw.analyze(rows(), design("y")).effect("y")
    assert result.effect("y").effect == pytest.approx(alone.effect, rel=1e-9)
    for name, said in {"raised": "no such file", "spelled": "CAST_INVALID_INPUT"}.items():
        refused = result.effect(name)
        assert refused.result == "not_estimable"
        assert refused.message is not None
        assert said in refused.message.text
    with pytest.raises(dw.InputError, match=r"Spark could not read the table.*no such file"):
        dw.analyze(frame, design("raised"))
    assert engine.session.catalog.listTables() == []


@pytest.mark.parametrize("n_metrics", [1, 3])
def test_statements_shuffles_and_jobs_are_as_few_as_documented(
    engine: Opened, n_metrics: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[str] = []
    query = Spark.query

    def watched(self: Spark, sql: str) -> Any:
        plans.append(engine.session.sql(sql)._explain_string() if connect else _plan(engine.session.sql(sql)))
        return query(self, sql)

    connect = engine.name == "spark connect"
    monkeypatch.setattr(Spark, "query", watched)
    metrics = [dw.Metric(f"m{i}", numerator="y", denominator="before", covariates=["before"]) for i in range(n_metrics)]
    if not connect:
        engine.session.sparkContext.setJobGroup("counted", "counted")
    before = 0 if connect else len(engine.session.sparkContext.statusTracker().getJobIdsForGroup("counted"))
    dw.analyze(engine.make(rows()), design(*metrics), methods=[])
    own = [plan.split("InMemoryRelation")[0] for plan in plans]
    assert [len(re.findall(r"[^t]Exchange ", plan)) for plan in own] == [0, 1, 1, 1, 1, 1, 1]
    assert not any("Exchange hashpartitioning(id" in plan for plan in own)
    gathered = plans[2].split("InMemoryRelation")[1]
    assert len(re.findall(r"[^t]Exchange hashpartitioning\(id", gathered)) == 1
    assert not any("UDF" in plan or "Python" in plan for plan in plans)
    if not connect:
        jobs = len(engine.session.sparkContext.statusTracker().getJobIdsForGroup("counted")) - before
        assert len(plans) <= jobs <= 3 * len(plans)


def _plan(frame: Any) -> str:
    return str(frame._jdf.queryExecution().executedPlan().toString())


def test_a_clock_means_the_same_in_a_session_of_any_zone(engine: Opened) -> None:
    frame = rows().to_pandas()
    first = pd.Timestamp("2026-01-05 00:30")
    texts = ["2026-01-05 00:30:00", "2026-01-06 23:30:00.25"] * 100
    zoned = ["2026-01-05T00:30:00+09:00", "2026-01-06 23:30:00Z"] * 100
    frame = frame.assign(
        clock=first + pd.to_timedelta(np.arange(200) % 2, "D"), day=[text[:10] for text in texts], text=texts,
        zoned=zoned,
    )  # fmt: skip
    assert engine.session.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    table = engine.make(pa.Table.from_pandas(frame, preserve_index=False))
    found = {
        name: dw.analyze(table, design("y", time=name), methods=[]).provenance.first_day
        for name in ("clock", "day", "text", "zoned")
    }
    assert found == {"clock": "2026-01-05", "day": "2026-01-05", "text": "2026-01-05", "zoned": "2026-01-05"}
    for name, day in found.items():
        assert dw.analyze(frame, design("y", time=name), methods=[]).provenance.first_day == day


def test_columns_that_differ_by_case_are_two_and_columns_of_one_name_are_refused(engine: Opened) -> None:
    frame = engine.make(rows())
    twins = frame.toDF("PID", "pid", "y", "Y")
    asked = dw.BetweenSubject(participant="PID", arm="pid", control="A", metrics=["y", "Y"])
    found = dw.analyze(twins, asked, methods=[])
    expected = dw.analyze(rows(), design("y", "before"), methods=[])
    assert found.effect("y").effect == pytest.approx(expected.effect("y").effect, rel=1e-9)
    assert found.effect("Y").effect == pytest.approx(expected.effect("before").effect, rel=1e-9)
    with pytest.raises(dw.InputError, match="several columns called 'y'"):
        dw.analyze(frame.toDF("pid", "arm", "y", "y"), design("y"))
