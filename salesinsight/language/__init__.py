"""Words: language packs, text normalising, the cue matcher and the display words."""

from salesinsight.language.cues import match_cues
from salesinsight.language.packs import Pack, languages, load_pack
from salesinsight.language.text import normalise
from salesinsight.language.words import Words, words

__all__ = ["Pack", "Words", "languages", "load_pack", "match_cues", "normalise", "words"]
