"""What we intend: metrics, arms, the design, and the rule that turns its answer into a decision."""

from decision_widgets.design.between import Arm, BetweenSubject
from decision_widgets.design.common_metrics import CommonMetrics
from decision_widgets.design.metric import Metric
from decision_widgets.design.monitoring import Monitoring, day_problems, read_looks
from decision_widgets.design.policy import Bounds, Evidence, Judgement, Rule, decide

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
    "day_problems",
    "decide",
    "read_looks",
]
