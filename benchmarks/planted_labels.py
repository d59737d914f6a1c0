"""The planted labels of invented conversations: what the turns were meant to say, in the taggers' own columns.

`make_sample` keeps from which phrase lists each turn was spoken. `planted` puts what these lists mean in the place
of what the taggers found, so that the features can be counted on labels without a single mistake. What was not
planted stays as found: days and numbers in the text, words for "we" and "you", bare assent, the form of a question.
"""

import numpy as np
import pandas as pd
import polars as pl

import salesinsight as si
from salesinsight.features.build import _hits, features_from
from salesinsight.schema import ACTS

REFUSALS = "c_no_price c_no_competitor c_no_need c_no_current c_no_budget c_no_fit"
CUSTOMER_QUESTIONS = "c_ask_price c_ask_planning c_ask_contract c_ask_start c_ask_proof c_ask_service"
SPIN = {
    "situation": "s_situation_how s_situation_since s_situation_size s_situation_tried",
    "problem": "s_problem_what s_problem_often",
    "implication": "s_implication_effect s_implication_cost",
    "need_payoff": "s_need_payoff_gain s_need_payoff_demand",
}
PUSH_PULL = {
    "push": "s_push_offer s_push_recognise",
    "pull": " ".join(SPIN.values()) + " s_probe s_opinion s_handle_ask s_why s_why_lost",
}
REQUESTS = {
    "information": "s_request_information",
    "meeting": "s_request_meeting",
    "visit": "s_request_visit",
    "trial": "s_request_trial",
    "internal_discussion": "s_request_internal",
    "introduction": "s_request_intro",
    "quote": "s_request_quote",
    "signature": "s_request_sign s_ask_decision",
}
ANSWERS = {
    "accept": "c_accept_information c_accept_meeting c_accept_visit c_accept_trial c_accept_internal "
    "c_accept_intro c_accept_quote c_accept_sign c_sign_yes",
    "vague": "c_vague c_vague_gate c_park",
    "refuse": f"c_refuse {REFUSALS}",
}
MEANT = {
    "action_request": " ".join(REQUESTS.values()) + " s_nag",
    "commitment": ANSWERS["accept"],
    "stall": ANSWERS["vague"] + " c_defer",
    "refusal": ANSWERS["refuse"],
    "objection": "c_objection c_unmoved",
    "buying_signal": "c_signal c_ask_planning c_ask_start",
    "gatekeeper": "c_gate c_gate_answer c_vague_gate",
    "decision_maker_probe": "s_who",
}
PHASE = {
    1: "c_problem_what c_problem_often c_implication_effect c_implication_cost c_need",
    2: "c_ask_start c_ask_proof c_ask_service",
    3: "c_ask_price c_ask_planning c_ask_contract c_objection",
}
QUESTIONS = " ".join(
    [
        *(" ".join(lists) for lists in (SPIN.values(), PUSH_PULL.values(), REQUESTS.values())),
        CUSTOMER_QUESTIONS,
        "s_nag s_who s_stack s_rapport_trip",
    ]
)
# Labels of sentences, as the features look for them among the cues.
CUES = {
    "hedge": "c_hedge c_hedge_plan c_opinion_hedge c_why_vague",
    "dont_know": "c_dontknow",
    "defer": "c_defer",
    "gatekeeper": MEANT["gatekeeper"],
    "decides_self": "c_decides",
    "need_explicit": "c_need c_need_payoff_gain c_need_payoff_demand",
    "need_implied": "c_problem_what c_problem_often c_implication_effect c_implication_cost c_elaborate c_confront_own",
    "confront": "s_confront",
    "pitch": "s_pitch s_proof s_reasons s_handle_tell",
    "rapport": "s_rapport_trip s_rapport_praise s_rapport_busy s_rapport_weather c_rapport_trip c_rapport_praise "
    "c_rapport_busy c_rapport_weather c_bye_nice",
    "own_opinion": "c_opinion_pos",
    "opinion_asked": "s_opinion",
}
SURE, NOT = 0.98, 0.02
AFTER_ALL = 1000  # planted sentences are numbered from here, apart from those of the cues found


def planted(export: si.Export, tagged: pd.DataFrame) -> tuple[pd.DataFrame, pl.DataFrame]:
    """The tagged table and the cues with the planted labels in the place of those found."""
    said = export.truth_turns["said"].fillna("").str.split(" ").to_numpy()
    known = tagged.assign(
        is_question=pd.array(_any(said, QUESTIONS), dtype="boolean"),
        question_p=np.where(_any(said, QUESTIONS), SURE, NOT),
        spin=_first(said, SPIN),
        spin_p=SURE,
        push_pull=_first(said, PUSH_PULL),
        phase=_first(said, PHASE).astype("Int64"),
        **{f"act_{act}_p": np.where(_any(said, MEANT[act]), SURE, NOT) for act in ACTS},
    )
    acts = [[act for act in ACTS if found & set(MEANT[act].split())] for found in map(set, said)]
    known["acts"] = pd.array([" ".join(names) or None for names in acts], dtype="string")
    known["act"] = pd.array([names[0] if names else None for names in acts], dtype="string")
    return _answered(known, said), _cues(export, tagged, said)


def planted_features(export: si.Export, tagged: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """`conversation_features` on the planted labels."""
    known, hits = planted(export, tagged)
    return features_from(export, known, hits, notes)


def _any(said: np.ndarray, lists: str) -> np.ndarray:
    wanted = set(lists.split())
    return np.array([not wanted.isdisjoint(names) for names in said])


def _first(said: np.ndarray, lists: dict) -> pd.Series:
    """What the first phrase of each turn that means one of these means."""
    means = {name: meaning for meaning, names in lists.items() for name in names.split()}
    found = [next((means[name] for name in names if name in means), None) for names in said]
    return pd.Series(found, dtype="string")


def _answered(known: pd.DataFrame, said: np.ndarray) -> pd.DataFrame:
    """Kinds of the requests (who insists asks for the same again) and which request each answer is about."""
    talk, asks = known["conversation_id"], _any(said, MEANT["action_request"])
    kind = _first(said, REQUESTS).set_axis(known.index)
    answer = _first(said, ANSWERS).set_axis(known.index)
    request = known["turn"].where(asks).groupby(talk).ffill()
    return known.assign(
        request_kind=kind.groupby(talk).ffill().where(asks),
        answer=answer.where(request.notna()),
        answers_turn=request.where(answer.notna()).astype("Int64"),
    )


def _cues(export: si.Export, tagged: pd.DataFrame, said: np.ndarray) -> pl.DataFrame:
    found = _hits(export, tagged)
    rows = [
        (row, label, AFTER_ALL + place)
        for label, lists in CUES.items()
        for wanted in [set(lists.split())]
        for row, names in enumerate(said)
        for place, name in enumerate(names)
        if name in wanted
    ]
    meant = pl.DataFrame(rows, schema=["row", "label", "sentence"], orient="row").select(
        pl.col("row"), pl.col("label"), pl.lit(1.0).alias("weight"), "sentence",
        pl.col("sentence").alias("start_char"), (pl.col("sentence") + 1).alias("end_char"),
    )  # fmt: skip
    found = found.with_columns(pl.col("label").cast(pl.String))
    kept = found.filter(~pl.col("label").is_in(list(CUES)))
    return pl.concat([kept, meant.select(kept.columns).cast(kept.schema)])
