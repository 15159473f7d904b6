"""The engines to test: Spark's two kinds of session are started once each, and never live at once."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator

import pytest
from engines import DUCKDB, SPARK, SPARK_PARAMS, Opened


@pytest.fixture(scope="session", params=[*DUCKDB, *SPARK_PARAMS])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("engine")
    if request.param not in SPARK:
        yield Opened(request.param, folder)
        return
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed: pip install -e '.[spark]'")
    if request.param == "spark connect":
        pytest.importorskip("grpc", reason="Spark Connect is not installed: pip install -e '.[spark]'")
    handler = signal.getsignal(signal.SIGINT)  # a classic session puts its own there and leaves it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        where = "remote" if request.param == "spark connect" else "master"
        builder = getattr(sql.SparkSession.builder, where)("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        builder = builder.config("spark.sql.session.timeZone", "Asia/Tokyo")
        # Small tables: to compile less of the JVM's own code halves the time.
        builder = builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
        session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        yield Opened(request.param, folder, session)
        session.stop()
    signal.signal(signal.SIGINT, handler)
