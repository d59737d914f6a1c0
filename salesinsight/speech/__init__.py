"""Speech: turns to speech acts, with the words that led to them."""

from salesinsight.speech.evidence import evidence
from salesinsight.speech.notes import tag_notes
from salesinsight.speech.tagging import tag_turns

__all__ = ["evidence", "tag_notes", "tag_turns"]
