"""The commands of ``salesinsight``, in two modules: one's own files (`sources`) and the path (`commands`)."""

from salesinsight.cli import proposing, sources  # its commands come first in the help
from salesinsight.cli.commands import app, main

__all__ = ["app", "main", "proposing", "sources"]
