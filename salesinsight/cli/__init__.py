"""The commands of ``salesinsight``: demo, check, featurize, train, score, report, sample and lab."""

from salesinsight.cli.commands import app, main

__all__ = ["app", "main"]
