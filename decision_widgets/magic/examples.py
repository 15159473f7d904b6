"""Filled cells to begin with: ``%decision --example`` puts one below."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final[dict[str, str]] = {
    "between-subject": """\
%%decision result << analyze --data df
name: eta_badge
participant: rider_id   # column: who took part
arm: variant            # column: which arm they saw
control: control        # the label of the control arm
arms: {control: 0.5, treatment: 0.5}
time: time              # column of dates
metrics:
  - {name: booked, minimum_effect: 0.02}
  - {name: fare, role: secondary}
  - {name: wait_minutes, role: guardrail, direction: decrease, limit: 0.02}
""",
    "switchback": """\
%%decision result << analyze --data trips
design: switchback
name: surge_smoothing
time: requested_at      # column: when a trip was asked for
region: region          # column; leave out when everything switches together
arm: arm                # column: which arm was served
slot: 1h
burn_in: 15min          # what of a slot is not analysed after the arm has changed
metrics:
  - {name: completed, minimum_effect: 0.01}
  - {name: wait_minutes, role: guardrail, direction: decrease, limit: 0.02}
""",
    "advise": """\
%%decision advice << advise --data past --effect 2%
name: eta_badge
participant: rider_id
arm: variant
control: control
time: time
metrics:
  - booked
  - {name: wait_minutes, role: guardrail, direction: decrease, limit: 0.02}
""",
    "monitor": """\
%%decision running << monitor --data df
name: eta_badge
participant: rider_id
arm: variant
control: control
time: time
planned_days: 14
monitoring: {rule: obf, looks: 2}
metrics:
  - booked
""",
}
