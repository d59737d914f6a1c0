"""The labelled sets that taggers are measured on, each with what the taggers say of it, in one layout.

Columns of a set: unit (what is resampled), text, role, the labels (question, form, spin, push_pull, acts,
acts_told), and what was said (see `tagging_measures.measured`); its own columns besides.
"""

import json
import multiprocessing
import pathlib
import tomllib
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

import salesinsight as si
from salesinsight.language import load_pack
from salesinsight.schema import (
    ACTS,
    PUSH_PULL,
    QUESTION_FORMS,
    SELLER_ACTS,
    SPIN_TYPES,
    TABLES,
    Export,
    conform,
    empty_table,
)
from salesinsight.speech.learned import Taggers
from salesinsight.speech.training import bare, learn_taggers
from salesinsight.speech.utterances import loose_utterances, read_utterances

FOLDER = pathlib.Path(__file__).parent / "tagging"
SHORT = 2  # utterances of so few words can't be judged alone
NAMES = {"question_form": "form", "spin": "spin", "push_pull": "push_pull", "act": "act"}
SAID = [*(f"said_{name}" for name in NAMES.values()), "said_question", "bare_question"]
ASKS = {
    "proposition-of-donation",
    "ask-donation-amount",
    "ask-donate-more",
}  # its labels of requests for action
ASKED = {  # PersuasionForGood's labels of sentences that ask something
    *("task-related-inquiry", "personal-related-inquiry", "source-related-inquiry"),
    *("non-personal-Task-related-inquiry", "ask-org-info", "ask-donation-procedure"),
    *("ask-persuader-donation-intention", "ask-donation-amount", "ask-donate-more", "ask-not-donate-reason"),
}
ENDINGS = {  # what the author of the call tree calls an ending, as an outcome
    "end_gesloten_intake": "order",
    "end_gesloten": "order",
    "end_maatwerk": "advance",
    "end_terugbel": "continuation",
    "end_later": "continuation",
    "end_nee": "no_sale",
}


def said(
    turns: pd.DataFrame, language: str, taggers: Taggers | None = None, around: bool = True
) -> pd.DataFrame:
    """What taggers say of turns: the columns that are measured, with the probabilities; by their words alone or not."""
    columns = ["conversation_id", "turn", "text", "role"] if around else ["text", "role"]
    tags = si.tag_turns(turns[columns], language, taggers=taggers)
    plain = si.tag_turns(turns[columns].assign(text=bare(turns["text"])), language, taggers=taggers)
    found = {f"said_{name}": tags[column].astype(object).fillna("") for column, name in NAMES.items()}
    found["said_question"] = tags["is_question"].fillna(False).astype(bool)
    found["bare_question"] = plain["is_question"].fillna(False).astype(bool)
    return pd.concat([pd.DataFrame(found), tags.filter(regex="_p$")], axis=1)


def labelled(turns: pd.DataFrame) -> pd.DataFrame:
    """The labelled turns of the packs' layout of more than two words, as rows to measure."""
    rows = turns[turns["labelled"] & (turns["text"].str.split().str.len() > SHORT)].copy()
    rows["question"] = rows["question"] == "yes"
    rows["acts_told"] = (rows["acts"] != "").groupby(rows["source"]).transform("any")
    in_sales = rows["acts_told"]
    rows.loc[~in_sales, ["spin", "push_pull"]] = ""
    return rows.assign(unit=rows["conversation_id"])


def gold_nl(folder: pathlib.Path) -> pd.DataFrame:
    """Dutch sales sentences from public sources: words alone. Own columns: source_key, by_form, by_spin, by_act."""
    lines = (folder / "utterances_dev.jsonl").read_text("utf-8").splitlines()
    gold = pd.DataFrame([json.loads(line) for line in lines])
    gold = gold[gold["n_words"] > SHORT].reset_index(drop=True)
    rows = pd.DataFrame({"unit": gold["id"], "text": gold["text"], "role": gold["speaker"].fillna("unknown")})
    rows["question"] = gold["is_question"].astype(bool)
    rows["form"], rows["spin"] = gold["question_form"].fillna(""), gold["spin"].fillna("")
    rows["push_pull"] = gold["push_pull"].fillna("")
    second = "|" + gold["act_also"].fillna("")
    rows["acts"] = (gold["act"].fillna("") + second.where(second != "|", "")).where(gold["act"].notna(), "")
    rows["acts_told"], rows["source_key"] = True, gold["source_key"]
    for name, column in (("form", "question_form"), ("spin", "spin"), ("act", "act")):
        rows[f"by_{name}"] = [by.get(column, "") for by in gold["label_by"]]
    return rows.join(said(rows, "nl", around=False))


def held_out(language: str) -> pd.DataFrame | None:
    """Utterances that nobody who built the taggers read; None while they are not there.

    Those that somebody wrote into the pack too, word for word, are left out: the taggers learned them.
    """
    path = FOLDER / f"heldout_{language}.csv"
    if not path.exists():
        return None
    turns = loose_utterances(path)
    rows = both_ways(turns, language)
    learned = bare(read_utterances(load_pack(language))["text"])
    return rows[~bare(rows["text"]).isin(set(learned))]


def author_out(names: list[str]) -> dict[str, pd.DataFrame]:
    """Per language the labelled turns of its pack, each tagged by taggers that didn't learn from its file."""
    files = [(language, source) for language in names for source in sources(language)]
    # a forked process would wait for threads of Polars that it doesn't have
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = list(pool.map(unseen, *zip(*files, strict=True)))
    of = np.array([language for language, _ in files])
    return {
        name: pd.concat([parts[at] for at in np.flatnonzero(of == name)], ignore_index=True) for name in names
    }


def sources(language: str) -> list[str]:
    """The files of labelled utterances and conversations of a pack."""
    return sorted(read_utterances(load_pack(language))["source"].unique())


def unseen(language: str, source: str) -> pd.DataFrame:
    """One file of a pack, tagged by taggers that learned from the others."""
    pack = load_pack(language)
    turns = read_utterances(pack)
    mine = turns["source"] == source
    return both_ways(turns[mine], language, learn_taggers(turns[~mine].reset_index(drop=True), pack))


def both_ways(turns: pd.DataFrame, language: str, taggers: Taggers | None = None) -> pd.DataFrame:
    """Labelled turns of the packs' layout, tagged among their neighbours and (alone_…) by their words alone."""
    rows = labelled(turns)
    alone = said(rows, language, taggers, around=False)
    return rows.join(said(turns, language, taggers)).join(alone[SAID].add_prefix("alone_"))


def by_words(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows with what was said of them by their words alone."""
    return rows.drop(columns=SAID).rename(columns={f"alone_{name}": name for name in SAID})


def ifadv(folder: pathlib.Path) -> pd.DataFrame:
    """Spontaneous Dutch talk without its "?": unit is the talk; question, said_question, question_p, rule."""
    talk = pd.read_csv(folder / "ifadv_dev.csv.gz")
    talk = talk[talk["nature"] == "talk"].dropna(subset=["utterance"])
    talk = talk.sort_values(["source", "begin"]).reset_index(drop=True)
    turns = pd.DataFrame({"conversation_id": talk["source"], "turn": talk.groupby("source").cumcount()})
    turns["role"] = np.where(talk["participant"].str.startswith("spreker1"), "seller", "customer")
    turns["start_s"], turns["end_s"] = talk["begin"] / 1000, talk["end"] / 1000
    turns["text"] = talk["utterance"].str.replace("?", " ", regex=False)
    tags = si.tag_turns(turns, language="nl")
    turns["unit"], turns["question"] = talk["source"], talk["utterance"].str.contains("?", regex=False)
    turns["said_question"] = tags["is_question"].fillna(False).astype(bool)
    return turns.assign(question_p=tags["question_p"].fillna(0.0), rule=by_rule(turns["text"]))


def by_rule(texts: pd.Series) -> pd.Series:
    """Whether texts ask by a rule of thumb: a question word or a verb comes first, or a tag last."""
    lists = tomllib.loads((FOLDER / "rule_nl.toml").read_text("utf-8"))
    words = texts.str.lower().str.replace(r"\[.*?\]", " ", regex=True).str.findall(r"[\w']+")
    asks = []
    for said in words:
        first = next((word for word in said if word not in lists["before"]), "")
        last = {" ".join(said[-1:]), " ".join(said[-2:])}
        asks.append(first in lists["words"] or first in lists["verbs"] or not last.isdisjoint(lists["tags"]))
    return pd.Series(asks, index=texts.index)


def p4g(folder: pathlib.Path) -> pd.DataFrame:
    """PersuasionForGood, sentence by sentence, words alone; unit is the dialogue.

    question: written with "?"; asked: labelled as asking; request: the asker asks for a donation.
    """
    table = (
        pd.read_excel(folder / "300_dialog.xlsx", engine="calamine")
        .dropna(subset=["Unit"])
        .reset_index(drop=True)
    )
    rows = pd.DataFrame({"unit": table["B2"], "text": table["Unit"].astype(str)})
    rows["role"] = table["B4"].map({0: "seller", 1: "customer"})
    labels = table[["er_label_1", "er_label_2", "ee_label_1", "ee_label_2"]]
    rows["question"] = rows["text"].str.strip().str.endswith("?")
    rows["asked"], rows["request"] = labels.isin(ASKED).any(axis=1), labels.isin(ASKS).any(axis=1)
    tags = said(rows, "en", around=False)
    rows["said_request"] = tags["said_act"] == "action_request"
    return rows.join(tags[["bare_question", "said_question"]])


def endings(folder: pathlib.Path) -> pd.DataFrame:
    """The 13 Dutch dialogues: how each ended, and how the conversation features say it did."""
    lines = (folder / "dialogues_dev.jsonl").read_text("utf-8").splitlines()
    talks = [json.loads(line) for line in lines]
    turns = pd.DataFrame(
        {"conversation_id": talk["id"], "turn": turn, "role": spoken["speaker"], "text": spoken["text"]}
        for talk in talks
        for turn, spoken in enumerate(talk["turns"])
    )
    tables = {name: empty_table(name) for name in TABLES}
    tables["turns"] = conform(turns, "turns")
    ids = [talk["id"] for talk in talks]
    none = pd.DataFrame({"conversation_id": ids, "started_at": pd.NaT})
    tables["conversations"] = conform(none, "conversations")
    features = si.conversation_features(Export(**tables), si.tag_turns(tables["turns"], language="nl"))
    # the role-play has no ending of a call tree: a second appointment was made in it
    ended = {talk["id"]: ENDINGS.get(talk["author_verdict"].get("ending"), "advance") for talk in talks}
    gold = pd.Series(ended, name="ended")
    return gold.to_frame().join(features["outcome_tagged"].astype(object).rename("said").fillna("not told"))


def calibration(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Per group of outputs: unit, p and whether it was so, of turns that the taggers didn't learn from."""
    in_sales = rows[rows["acts_told"]]
    groups = {"question": (rows, "question_p", rows["question"])}
    asked = rows[rows["question"] & rows["said_question"] & rows["form"].isin(QUESTION_FORMS)]
    groups["form, the one named"] = (asked, "question_form_p", asked["form"] == asked["said_form"])
    for name, column, classes in (("SPIN", "spin", SPIN_TYPES), ("push/pull", "push_pull", PUSH_PULL)):
        named = in_sales[
            in_sales["question"] & (in_sales["role"] == "seller") & in_sales[f"said_{column}"].isin(classes)
        ]
        groups[f"{name}, the one named"] = (named, f"{column}_p", named[column] == named[f"said_{column}"])
    parts = {
        name: pd.DataFrame({"unit": part["unit"], "p": part[p], "true": true}).dropna()
        for name, (part, p, true) in groups.items()
    }
    acts = []
    for act in ACTS:
        mine = in_sales[in_sales["role"] == ("seller" if act in SELLER_ACTS else "customer")]
        is_so = [act in acts for acts in mine["acts"].str.split("|")]
        acts.append(pd.DataFrame({"unit": mine["unit"], "p": mine[f"act_{act}_p"], "true": is_so}))
    return parts | {"acts, each of its side": pd.concat(acts).dropna()}
