"""Invented conversations and deals with a stated truth, to learn with and to test against."""

from salesinsight.sample.make import make_sample
from salesinsight.sample.manner import NULL_FEATURES, PLANTED, PLANTED_WEAKLY
from salesinsight.sample.oracle import oracle
from salesinsight.sample.write import write_sample

__all__ = ["NULL_FEATURES", "PLANTED", "PLANTED_WEAKLY", "make_sample", "oracle", "write_sample"]
