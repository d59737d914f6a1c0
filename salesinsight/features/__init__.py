"""Conversations to numbers: one file per family of features, and the catalog that documents them all."""

from salesinsight.features.build import conversation_features
from salesinsight.features.catalog import feature_catalog
from salesinsight.features.evidence import feature_evidence
from salesinsight.features.page import features_page
from salesinsight.features.stream import Streamed, featurize, stream_features
from salesinsight.features.tracker import of_trackers

__all__ = [
    "Streamed",
    "conversation_features",
    "feature_catalog",
    "feature_evidence",
    "features_page",
    "featurize",
    "of_trackers",
    "stream_features",
]
