"""How the seller asks: number, form and patience of his questions.

All count seller turns that hold a question (a turn with two questions is one question turn, and stacked).

========================  ======================================================================  ===========
feature                   formula                                                                 source
========================  ======================================================================  ===========
question_s_count          seller turns with a question                                            Gong (rate)
question_s_rate           question_s_count ÷ hours; needs a clock                                 Gong
question_open_share       open ÷ (open + closed); alternative questions in neither                000; Rackham
question_leading_share    leading or tag questions ÷ question_s_count                             000
question_stacked_share    seller stretches with ≥ 2 questions ÷ stretches with ≥ 1                001
question_followup_share   answers and objections of the customer that the seller asks on about    001; Huang
                          ÷ all of those
question_spread           how evenly the questions are spread over the fifths of the              Gong
                          conversation: entropy ÷ the highest that so many can have
question_answer_len       median words of the customer turn right after an open question          000
question_self_answered    questions that he answers himself ÷ question_s_count                    001
========================  ======================================================================  ===========

Asking on: the customer says something after a question, or objects, and the seller's very next turn is a
question, not a request. A bare "ja" gives nothing to ask on about. Answering himself: at least five words
follow the last question mark in the turn, or his own next turn is a statement of at least five words.

The expected directions in the catalog are registered hypotheses, no findings: Rackham found no effect of
open against closed questions, and the best number of questions is thought to lie in the middle.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import BOTH, SELLER, Classes, Count, Measure, Pick, Ratio

ASKED = pl.col("asked")
OPEN, CLOSED = ASKED & (pl.col("question_form") == "open"), ASKED & (pl.col("question_form") == "closed")
OPENS = pl.col("opens") & pl.col("seller")
ASKED_IN_STRETCH = pl.col("stretch_questions")

QUESTION: dict[str, Measure] = {
    "question_s_count": Count(ASKED, given=SELLER),
    "question_s_rate": Ratio(ASKED, pl.col("closes"), of_amount=pl.col("minutes") / 60, given=SELLER),
    "question_open_share": Ratio(OPEN, OPEN | CLOSED),
    "question_leading_share": Ratio(ASKED & (pl.col("is_leading") | pl.col("is_tag")), ASKED),
    "question_stacked_share": Ratio(OPENS & (ASKED_IN_STRETCH >= 2), OPENS & (ASKED_IN_STRETCH >= 1)),
    "question_followup_share": Ratio(pl.col("asked_on"), pl.col("told"), given=BOTH),
    "question_spread": Classes("spread", pl.col("fifth"), ASKED, 5),
    "question_answer_len": Pick("median", pl.col("words_after"), OPEN & (pl.col("role_after") == "customer")),
    "question_self_answered": Ratio(pl.col("self_answered"), ASKED),
}
