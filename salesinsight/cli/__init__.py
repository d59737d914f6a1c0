"""The commands of ``salesinsight``.

One's own files (`sources`, `proposing`), the path (`commands`), and keeping it going (`keeping`).
"""

from salesinsight.cli import proposing, sources  # their commands come first in the help
from salesinsight.cli.commands import app, main

from salesinsight.cli import keeping  # isort: skip

__all__ = ["app", "keeping", "main", "proposing", "sources"]
