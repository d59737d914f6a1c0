"""Transcript → conversation → deal → speaker: what belongs together, and how sure that is."""

from salesinsight.exports.linking.link import link_transcripts
from salesinsight.exports.linking.recordings import recordings_of

__all__ = ["link_transcripts", "recordings_of"]
