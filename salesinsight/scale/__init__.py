"""Scale out: the same features, spread over the workers of a Dask cluster (extra ``cluster``)."""

from salesinsight.scale.cluster import Spread, featurize_on

__all__ = ["Spread", "featurize_on"]
