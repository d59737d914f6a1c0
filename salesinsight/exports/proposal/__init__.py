"""Proposals: files that nobody described yet → a profile that could read them, and what must be asked.

`words` knows headers, `cells` what stands in a column, `mapping` joins the two; `builtin` looks for a
profile of the library that fits, `firm` for what no vendor knows;
`sections`, `blocks` and `writing` make the TOML.
"""

from salesinsight.exports.proposal.propose import Proposal, propose_profile
from salesinsight.exports.proposal.seen import ColumnSeen, FileSeen

__all__ = ["ColumnSeen", "FileSeen", "Proposal", "propose_profile"]
