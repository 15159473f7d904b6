"""W4: a switchback. Its design does not exist yet; when it does, this script calls it."""

from __future__ import annotations

from benchmarks.line import not_built

import decision_widgets as dw


def main() -> None:
    if not hasattr(dw, "Switchback"):
        not_built("there is no dw.Switchback")
    raise NotImplementedError("dw.Switchback exists: complete tests/benchmarks/ours/w4.py")


if __name__ == "__main__":
    main()
