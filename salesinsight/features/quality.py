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

from salesinsight.features.turns import KEY, share


def quality(turns: pl.DataFrame) -> pl.DataFrame:
    """Quality of the transcript, one row per conversation."""
    known = pl.col("role").is_in(["seller", "customer", "other"]).fill_null(False)
    words, language = pl.col("words"), pl.col("language")
    return turns.group_by(KEY).agg(
        dq_role_conf=words.filter(known).sum() / words.sum(),
        dq_timestamps=(pl.col("start_s").is_not_null() & pl.col("end_s").is_not_null()).mean(),
        dq_words=words.sum(),
        dq_nl_share=share(language == "nl", language.is_not_null()),
        dq_lex_cover=share(pl.col("spin").is_not_null(), pl.col("seller") & pl.col("question")),
    )
