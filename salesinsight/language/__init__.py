"""Words: language packs, text normalising, tokens, the cue matcher and the display words."""

from salesinsight.language.cues import Hits, match_cues, match_tokens
from salesinsight.language.packs import Pack, languages, load_pack
from salesinsight.language.text import Tokens, normalise, tokenise
from salesinsight.language.words import Words, words

__all__ = [
    "Hits",
    "Pack",
    "Tokens",
    "Words",
    "languages",
    "load_pack",
    "match_cues",
    "match_tokens",
    "normalise",
    "tokenise",
    "words",
]
