"""Speech: turns to speech acts, with the words that led to them."""

from salesinsight.speech.agreement import agreement
from salesinsight.speech.dialogue import read_conversations
from salesinsight.speech.evidence import evidence
from salesinsight.speech.labelling import learn_taggers, uncertain
from salesinsight.speech.notes import tag_notes
from salesinsight.speech.tagging import tag_turns
from salesinsight.speech.trackers import Trackers, read_trackers

__all__ = [
    "Trackers",
    "agreement",
    "evidence",
    "learn_taggers",
    "read_conversations",
    "read_trackers",
    "tag_notes",
    "tag_turns",
    "uncertain",
]
