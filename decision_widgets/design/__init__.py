"""What we intend: metrics, arms, the design, and the rule that turns its answer into a decision."""

from decision_widgets.design.between import Arm, BetweenSubject
from decision_widgets.design.common_metrics import CommonMetrics
from decision_widgets.design.metric import Metric
from decision_widgets.design.monitoring import Monitoring, day_problems, read_looks
from decision_widgets.design.policy import Bounds, Evidence, Judgement, Rule, decide
from decision_widgets.design.schedule import Schedule, draw_schedule
from decision_widgets.design.switchback import Switchback

__all__ = [
    "Arm",
    "BetweenSubject",
    "Bounds",
    "CommonMetrics",
    "Evidence",
    "Judgement",
    "Metric",
    "Monitoring",
    "Rule",
    "Schedule",
    "Switchback",
    "day_problems",
    "decide",
    "draw_schedule",
    "read_looks",
]
