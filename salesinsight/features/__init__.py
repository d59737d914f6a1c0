"""Conversations to numbers: one file per family of features, and the catalog that documents them all."""

from salesinsight.features.build import conversation_features
from salesinsight.features.catalog import feature_catalog, features_page
from salesinsight.features.stream import featurize
from salesinsight.features.tracker import of_trackers

__all__ = ["conversation_features", "feature_catalog", "features_page", "featurize", "of_trackers"]
