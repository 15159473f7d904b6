"""Read the command line, and do what its verb says."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import decision_widgets
from decision_widgets.command import analyze, metrics, run
from decision_widgets.errors import DecisionError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 2 not understood or not possible, 3 done in part.

    3 says that the notebook of ``run`` failed, or that some metrics could not be published. What ends in a verdict has
    codes from 4 for those that are not to ship (``verdicts.EXIT``); 130 says that Ctrl-C was pressed.
    """
    asked = _parser().parse_args(arguments)
    try:
        done = int(asked.do(asked))
        sys.stdout.flush()
    except BrokenPipeError:  # who reads it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except DecisionError as problem:
        print(f"decision: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("decision: interrupted", file=sys.stderr)
        return 130
    return done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="decision", description="Design and decide online experiments.")
    parser.add_argument("--version", action="version", version=f"decision_widgets {decision_widgets.__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run.add_verb(verbs)
    analyze.add_verb(verbs)
    metrics.add_verb(verbs)
    return parser
