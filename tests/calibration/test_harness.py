"""The harness itself: its bands, its seeds, and that it sees what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import numpy as np
import pytest
from calibration.catalogue import PATHS, find
from calibration.command import main
from calibration.judging import LEAST_JUDGED, lines_of
from calibration.path import Answers, Band, Path, around, at_most, claimed, observed
from calibration.paths.between import clustered, recommended
from calibration.running import batches, run_path, run_paths
from calibration.worlds.participants import Participants

PEOPLE = Participants(control=50, treatment=50, outcome="continuous", cv=1, icc=0.2)
HONEST = Path(
    section="Made", name="honest", seed=1, draw=PEOPLE.draw, analyse=clustered, band=around(0.05), cover=0.5, batch=100
)
WORDS = ["--replications", "400", "--jobs", "1", "--output"]


def overconfident(arms: Any) -> Answers:
    """Shrink every interval to six tenths."""
    return Answers.of_estimates(
        replace(
            e,
            p_value=float(abs(e.statistic) < 0.6 * e.quantile(0.05)),
            effect_lower=e.effect - 0.6 * (e.effect - e.effect_lower),
            effect_upper=e.effect + 0.6 * (e.effect_upper - e.effect),
        )
        for e in recommended(arms)
    )


def run(paths: Sequence[Path], folder: File) -> tuple[int, str]:
    output = folder / "table.md"
    code = main([*WORDS, str(output)], paths)
    return code, output.read_text("utf-8")


def test_the_bands_are_those_of_the_protocol() -> None:
    assert around(0.05).limits(10_000) == pytest.approx((0.0435, 0.0565), abs=5e-5)
    assert around(0.05).limits(2_000) == pytest.approx((0.0354, 0.0646), abs=5e-5)
    assert at_most(0.001).limits(10_000) == pytest.approx((0, 0.00195), abs=5e-6)
    assert observed(0.03, 0.0565).limits(10_000) == (0.03, 0.0565)
    assert observed(0.03, 0.0565).limits(2_000) == pytest.approx((0.0237, 0.0651), abs=5e-5)
    assert Band(low=0.0, high=0.065, at=10_000).mirrored().limits(10_000) == (0.935, 1.0)


def test_every_entry_has_a_seed_and_a_name_of_its_own() -> None:
    assert len({path.seed for path in PATHS}) == len(PATHS)
    assert len({(path.section, path.name) for path in PATHS}) == len(PATHS)


def test_a_path_that_holds_passes_and_a_table_says_so(tmp_path: File) -> None:
    code, text = run([HONEST], tmp_path)
    assert code == 0
    assert "1 of 1 lines keep their band" in text
    assert "| honest | 400 |" in text


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        (replace(HONEST, analyse=overconfident), "**OUT**"),
        (replace(HONEST, truth=0.0), "**OUT**"),
        (replace(HONEST, must_fail=True, cover=None), "**NOT SEEN**"),
        (replace(HONEST, refuses=True), "**OUT**"),
        (replace(HONEST, band=observed(0.5, 0.9), cover=None), "**OUT**"),
    ],
    ids=["interval too narrow", "interval misses the truth", "control stays inside", "not refused", "no power"],
)
def test_what_is_wrong_fails_the_command(changed: Path, shown: str, tmp_path: File) -> None:
    code, text = run([changed], tmp_path)
    assert code == 1
    assert shown in text


def test_a_wrong_method_among_the_controls_is_a_pass(tmp_path: File) -> None:
    code, text = run([replace(HONEST, analyse=overconfident, must_fail=True, cover=None)], tmp_path)
    assert code == 0
    assert "1 of 1 negative controls fail as they must" in text


def test_a_fact_far_from_theory_is_out(tmp_path: File) -> None:
    def with_fact(arms: Any) -> Answers:
        return replace(clustered(arms), facts={"share": np.full(100, 0.3)})

    path = replace(HONEST, analyse=with_fact, theory={"share": (0.31, 0.02)})
    assert run([path], tmp_path)[0] == 0
    assert run([replace(path, theory={"share": (0.4, 0.02)})], tmp_path)[0] == 1


def rates(*values: float) -> Callable[[Any], Answers]:
    """Claim at these rates, one after the other, in batches of 100."""
    left = iter(values)
    return lambda arms: Answers(claims=(np.arange(100) < 100 * next(left)).astype(float))


def test_a_path_that_is_out_by_chance_is_run_once_more(tmp_path: File) -> None:
    path = replace(HONEST, cover=None, analyse=rates(0.2, 0.2, 0.2, 0.2, 0.05, 0.05, 0.05, 0.05))
    code, text = run([path], tmp_path)
    assert code == 0
    assert "first run out: rate 0.2000" in text
    assert run([replace(path, analyse=rates(*[0.2] * 8))], tmp_path)[0] == 1


def test_replications_under_a_warning_have_a_line_and_a_band_of_their_own() -> None:
    def said(arms: Any) -> Answers:
        kind = np.arange(100) % 4
        return Answers(claims=(kind == 2).astype(float), refused=kind == 0, warned=kind == 2)

    path = replace(HONEST, cover=None, analyse=said, band=at_most(0.05), warned_band=at_most(0.05))
    quiet, warned = lines_of(run_path(path, 200))
    assert quiet.claims is not None
    assert warned.claims is not None
    assert (quiet.claims.n, quiet.claims.value, quiet.passed) == (100, 0.0, True)
    assert (warned.claims.n, warned.claims.value, warned.passed) == (50, 1.0, False)
    assert quiet.notes == ("25.0% refused",)


def test_nothing_shown_is_no_pass() -> None:
    path = replace(HONEST, cover=None, analyse=lambda arms: replace(clustered(arms), refused=np.ones(100, bool)))
    (line,) = lines_of(run_path(path, 100))
    assert LEAST_JUDGED <= 100
    assert not line.passed


def test_what_is_not_a_number_is_no_answer() -> None:
    with pytest.raises(ValueError, match="not a number"):
        Answers.of_estimates([replace(recommended(PEOPLE.draw(np.random.default_rng(0), 1, 0.0))[0], p_value=np.nan)])


def test_numbers_do_not_depend_on_processes() -> None:
    paths = [find(4100), find(5000)]
    alone, shared = (run_paths(paths, 300, jobs, tell=lambda _: None) for jobs in (1, 2))
    for one, other in zip(alone, shared, strict=True):
        assert one.main.claims.tolist() == other.main.claims.tolist()


def test_a_longer_run_begins_with_a_shorter_one_and_attempts_differ() -> None:
    short, long = run_path(HONEST, 200), run_path(HONEST, 400)
    assert long.main.lower is not None
    assert short.main.lower is not None
    assert long.main.lower[:200].tolist() == short.main.lower.tolist()
    assert run_path(HONEST, 200, attempt=1).main.lower.tolist() != short.main.lower.tolist()
    assert [batch.n for batch in batches(replace(HONEST, cover=None), 250, 0)] == [100, 100, 50]


def test_nothing_chosen_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "no such path"]) == 2
    assert "no such path" in capsys.readouterr().err


def test_a_claim_is_a_p_value_of_at_most_five_percent() -> None:
    assert claimed([0.05, 0.0501, 0.0]).tolist() == [1.0, 0.0, 1.0]
