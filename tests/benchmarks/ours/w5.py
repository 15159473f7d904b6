"""W5: the Mann–Whitney test. Its estimator does not exist yet; when it does, this script calls it."""

from __future__ import annotations

from benchmarks.line import not_built

from decision_widgets import estimates


def main() -> None:
    if not any("mann" in name or "rank" in name for name in estimates.__all__):
        not_built("there is no rank test in dw.estimates")
    raise NotImplementedError("a rank test exists: complete tests/benchmarks/ours/w5.py")


if __name__ == "__main__":
    main()
