"""The catalog of features as a page to read: ``docs/features.md``."""

from __future__ import annotations

import pandas as pd

from salesinsight.features.catalog import feature_catalog
from salesinsight.features.request import FITS, LEVEL_NAMES

ARTICLES = {
    "000": "push and pull, and the three phases of buying",
    "001": "'een goed gesprek': pleasant, but no progress",
    "002": "asking for action, at the right moment and for the right action",
    "003": "find your why: the customer explains it to himself, SPIN",
    "004": "the popje: a contact without a say",
}
WORKS = {
    "change talk": "research on motivational interviewing: PMC6019773, PMC2605642, PMC10225014",
    "CEB": "Dixon & Adamson, The Challenger Sale (2011)",
    "Curhan": "Curhan et al., Silence is golden, Journal of Applied Psychology (2022)",
    "Clari, Dynamics, Gong, HubSpot, Revenue.io, Salesforce, Zoom": "help pages of these products",
    "Huang": "Huang et al., It doesn't hurt to ask, Journal of Personality and Social Psychology (2017)",
    "JOLT": "Dixon & McKenna, The JOLT Effect (2022)",
    "practice": "what Dutch sales trainers write about putting off",
    "Rackham": "SPIN Selling (1988)",
    "Singh 2020": "Singh, Marinova & Singh, Journal of Marketing (2020)",
}
PHASES = {1: "need", 2: "solution", 3: "risk and price"}
LEFT_OUT = {
    "Questions per 1,000 words where there is no clock": "a column has one unit: `question_s_rate` is per "
    "hour, and missing without a clock.",
    "A pitch in seconds": "for the same reason `pitch_len_max` is in words, which every transcript has.",
    "A shared content word as condition of a follow-up question": "a short 'hoezo?' shares none, and a "
    "checklist may share one; what comes right after an answer counts, and `mirror_rate` has shared "
    "words.",
    "A name as what makes an objection concrete": "names stand behind codes after pseudonymising, and a "
    "capital letter is lost in most transcripts; a number, a reason or a moment remains.",
    "Laughter and tone": "most transcripts don't show them, and emotions of people at work aren't inferred.",
    "Techniques such as anchoring": "no definition on which two readers agree; what a firm wants to "
    "follow it can define itself as a tracker (`docs/trackers.md`).",
    "Summing up reasons to buy": "part of what counts as an offer (`pitch_len_max`, `offer_before_need`).",
}
LIMITS = {
    "Whose plan a seller's turn is": "'dan noteer ik dinsdag' may be tagged as a request, and then counts "
    "in `request_count` and lowers `answer_accept_share` where it gets no yes.",
    "Small talk that is tagged as a step": "'Yes, unbelievable.' after a question about the weather that "
    "is tagged as a request, or 'I'll write that down.': what the taggers mistake, the steps follow.",
    "Text without marks": "a turn is then one sentence: a need after a question in the same turn is not "
    "counted, and a name can't be told by its capital, so `mirror_rate` counts it.",
}
TERMS = {
    "position": "where the middle of a turn stands, 0 the start of the conversation and 1 its end. In "
    "time, from the first start to the last end, where every turn has a start (a turn without an end "
    "lasts until the next one starts); else in words. So the same conversation can give another number "
    "with a clock than without: *needs* says *position* there.",
    "fifth, last 20 %, last 30 %": "by position: turns from 0.8 stand in the last 20 %, from 0.7 in the "
    "last 30 %.",
    "word": "what stands between spaces; a hyphen doesn't divide it. Only `mirror_rate` counts runs of "
    "letters, which a hyphen does divide; there, function words are those of the classes that `[learned]` in "
    "the pack's `pack.toml` names (also 'eerlijk'), and of a day or time is what stands in a sure cue of it.",
    "sentence": "ends at . ! ? : or ;. A turn without them is one sentence. A count of sentences counts a "
    "sentence once however many cues it has, and the sentences of a turn add up. Words for we and you are "
    "counted one by one.",
    "clock": "every turn has a start; minutes and hours run from the first start to the last end. Pauses, "
    "silences and interruptions also need the end of every turn.",
    "cue": "a row of `cues/*.csv` in the language pack (its README explains the patterns), said by the side "
    "that the row names. In the formulas: want, wish or requirement is `need_explicit`, trouble "
    "`need_implied`, his offer `pitch`, confronting `confront`, a reason `reason`, a day, time or moment "
    "`time_expression` or `moment`, an own opinion `own_opinion`, asking for it `opinion_asked`, rapport "
    "`rapport`, thanks `ending_warm`, putting off `defer`, not knowing `dont_know`, deciding himself "
    "`decides_self`, promising `promise`, a discount `discount`. Questions, SPIN, push and pull, phases "
    "and the eight acts (requests, objections, who decides, …) are no cues but what `tag_turns` made of the "
    "turn.",
    "act": "a turn counts as a request, an objection, … where it is tagged so and that is likelier than not "
    "(`act_…_p` at least 0.5): tags are given to weaker hints too, to miss little. The same "
    "holds of SPIN (`spin_p`), and a question that asks for action or who decides is of no kind of SPIN.",
    "sure": "a cue counts when its weight in the language pack is at least 0.5. Of hedging a hint "
    "counts too: a sentence without a sure cue of it ('ik denk') is half a hedge; a *sure hedge* is a turn "
    "whose sentences add up to 1. That is not `hedge_p` of the tagged turns.",
    "sentence that asks": "one with a sure cue of `question`, `question_open`, `question_closed`, "
    "`question_alternative`, `tag` or `indirect`, with or without a question mark.",
    "backchannel": "a turn of at most three words with a sure cue of `assent` ('ja', 'dat klopt'; 'ja, mooi' "
    "says more), that is no question and no answer to a request: what `assent_flat` counts.",
    "stretch": "turns of one side on end. A backchannel that follows no question doesn't break one and "
    "adds no words to it; a turn of unknown side does break it.",
    "right after, within two turns": "the next turn, or one of the next two, whoever speaks them.",
    "answer to a question": "the customer's turn right after any question of the seller, also one that "
    "opens the conversation or is a request.",
    "request, answer to it": "a turn tagged `action_request`, and the last turn with an `answer` that "
    "`answers_turn` ties to it.",
    "new in between": "for nagging: since the request before, the seller asked, gave a reason or made an "
    "offer in a turn that is no request itself. In between the customer must have spoken.",
    "committing turn": "a customer turn tagged `commitment`, unless it is a `stall` too and answers "
    "vaguely or is tagged `gatekeeper` without a yes; or one with a sure promise that is no "
    "question, no `stall` and no vague answer. Not one tagged `refusal` with more certainty than "
    "`commitment`, nor a goodbye.",
    "goodbye": "a customer turn of at most eight words with a sure cue of `ending_bye` ('fijne dag', "
    "'bedankt, prettig gesprek'), not right after a question. It settles no step, and counts as a yes only "
    "in `answer_accept_share`. With rapport or thanks in it, and no cue of `refusal`, sure or not, it is no "
    "refusal and no refusing answer either, also right after a question.",
    "agreed step": "a committing turn, a yes to a request that is no goodbye, that request, or the seller "
    "turn right after such a committing turn or yes.",
    "dated step": "an agreed step in the last 30 % with a sure day or time in its turn; for the "
    "customer's answer also in the request that it answers, so the day may be the seller's.",
    "someone else named": "by the customer, in a committing turn with a sure cue of `gatekeeper`, tagged "
    "so or not; or a yes (no goodbye) to a request to bring someone in or to talk it over. The name itself "
    "isn't looked for.",
    "concrete deed": "a committing turn with a sure promise, or a yes (no goodbye) to a request of a "
    "known kind other than information.",
    "need": "a sure cue of a want, wish or requirement, unless the turn is a question and a cue that "
    "asks stands before it in the same sentence: 'we zoeken rust, kunnen jullie dat?' states one, 'wat "
    "hebben jullie nodig?' doesn't.",
    "episode": "a deal from its beginning, or from its last reopening. Stages, and the days in one, are "
    "those of this episode; mails, quotes, conversations and people those of the whole deal.",
    "last conversation, the one before": "in the history of a deal, the held conversations in which that "
    "number could be measured; one without a transcript is passed over.",
    "number": "a sure cue of `quantity`, unless it stands inside what only looks like one (`quantity_void`: "
    "'een keer', 'maybe one day', 'sinds 2019') or says when (`moment`: 'vrijdag 8 mei', 'de 6e', 'om 10 "
    "uur', 'over twee weken'), and no other stands in the sentence. A term is one: 'binnen twee weken'.",
}
INTRODUCTION = """\
Generated from `salesinsight/features/*.csv` by `features_page()`. ★ is the one feature of its
family that is used where there is little data. *Expected* is the direction of the effect on
stalling that was written down beforehand: a hypothesis to test, never imposed on a model. NaN
means that it can't be known: no transcript, a side without turns, no clock, or a share of
nothing. Where there is a transcript, a count of what wasn't said is 0.

*Stage*: "conversation" is a number from that conversation alone, "class" a class from it (no
input of a model), "deal" the history of the deal up to the moment, "fitted" needs norms from
other deals and is fitted on training deals only. In a dataset a feature of a conversation (not of
the family quality, nor of who attended) becomes three columns: its value in the last conversation
in which it could be measured, `…_mean` over those so far, and `…_change`, the last less the mean
of those before. `feature_evidence(export, tagged, name)` lists the turns behind a feature of a
conversation: the parts "counted" and "of" are what stands above and below the ÷, "plus" and
"minus" what is set against each other, "value" what the largest, smallest or median is taken of,
"class" the classes that are counted. Kinds have their own part: "owned", "dated", "named" and
"concrete" (`advance_score`); "need", "number", "step", "objection" and "person"
(`progress_evidence`); "need", "enthusiasm" and "aversion" (`on_table_count`). In a feature made
of others the name of the other stands before the part ("hedge_c_rate: counted")."""


def features_page() -> str:
    """The catalog as a Markdown page: the source of ``docs/features.md``.

    Examples
    --------
    >>> features_page().splitlines()[0]
    '# Features'
    """
    catalog = feature_catalog().fillna({"source": "", "alias": ""})
    lines = ["# Features", "", *INTRODUCTION.splitlines(), "", "## Words used in the formulas", ""]
    lines += [*(f"- *{term}*: {meaning}" for term, meaning in TERMS.items()), ""]
    for family, rows in catalog.groupby("family", sort=False):
        lines += [f"## {family}", "", *_table(rows), "", *_sentences(rows), ""]
        if family == "request":
            lines += [*_what_fits(), ""]
    lines += ["## Left out", "", *(f"- {what}: {why}" for what, why in LEFT_OUT.items()), ""]
    lines += ["## Known limits", "", *(f"- {what}: {why}" for what, why in LIMITS.items()), ""]
    lines += ["## Sources", "", "| source | what |", "|---|---|"]
    lines += [f"| {number} | article: {subject} |" for number, subject in ARTICLES.items()]
    lines += [f"| {name} | {work} |" for name, work in WORKS.items()]
    return "\n".join(lines) + "\n"


def _table(rows: pd.DataFrame) -> list[str]:
    lines = ["| feature | stage | formula | unit | range | needs | source | expected |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for row in rows.itertuples():
        star = " ★" if row.summary else ""
        lines.append(
            f"| `{row.name}`{star} | {row.stage} | {row.formula} | {row.unit} | {_range(row)} | {row.needs} "
            f"| {row.source} | {row.direction} |"
        )
    return lines


def _sentences(rows: pd.DataFrame) -> list[str]:
    return [
        f"- `{row.name}`: {row.dutch_name}. {row.sentence} *{row.english_name}: {row.sentence_en}*"
        for row in rows.itertuples()
    ]


def _what_fits() -> list[str]:
    lines = ["What fits the buyer's phase, for `request_phase_gap`:", "", "| phase | requests that fit |"]
    lines += ["|---|---|"]
    for phase, (least, most) in FITS.items():
        kinds = "; ".join(LEVEL_NAMES[level] for level in range(least, most + 1))
        lines.append(f"| {phase} {PHASES[phase]} | level {least}–{most}: {kinds} |")
    return lines


def _range(row) -> str:
    low = "" if pd.isna(row.low) else f"{row.low:g}"
    high = "" if pd.isna(row.high) else f"{row.high:g}"
    return f"{low} … {high}" if low or high else ""
