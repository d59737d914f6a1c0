"""How far the transcript can be trusted: to abstain and to split results by, never an input of a model.

=================  ===========================================================================
feature            formula
=================  ===========================================================================
dq_role_conf       words of speakers whose side is known ÷ all words
dq_timestamps      turns with a start and an end ÷ turns
dq_words           words in the transcript
dq_nl_share        turns in Dutch ÷ turns whose language is known
dq_lex_cover       seller questions that got a SPIN kind ÷ seller questions
=================  ===========================================================================
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import Count, Measure, Ratio

SPOKEN, WORDS = pl.col("spoken"), pl.col("words")
KNOWN = pl.col("role").is_in(["seller", "customer", "other"])
TIMED = pl.col("start_s").is_not_null() & pl.col("end_s").is_not_null()

QUALITY: dict[str, Measure] = {
    "dq_role_conf": Ratio(KNOWN, SPOKEN, amount=WORDS, of_amount=WORDS),
    "dq_timestamps": Ratio(TIMED, SPOKEN),
    "dq_words": Count(SPOKEN, WORDS),
    "dq_nl_share": Ratio((pl.col("language") == "nl"), pl.col("language").is_not_null()),
    "dq_lex_cover": Ratio(pl.col("typed"), pl.col("asked")),
}
