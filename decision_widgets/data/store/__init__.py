"""The common-metrics store: summaries that are made once and planned from many times."""

from decision_widgets.data.store.records import EVERYBODY, Publication, PublishedMetric, StoredMetric
from decision_widgets.data.store.store import MetricStore, StoreView

__all__ = ["EVERYBODY", "MetricStore", "Publication", "PublishedMetric", "StoreView", "StoredMetric"]
