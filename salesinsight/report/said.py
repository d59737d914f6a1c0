"""What was said: requests and their answers, who decides, which questions. Counts, no chances."""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesinsight.charts.shares import FEW, counted, in_ten
from salesinsight.modeling.cells import share_interval
from salesinsight.report.material import Material, shorten
from salesinsight.schema import ACTS, ANSWERS, SPIN_TYPES


def what_was_said(material: Material) -> dict[str, Any] | None:
    """All there is to tell about the transcripts; None when there are none."""
    tagged = material.tagged
    if tagged is None or tagged.empty or "act" not in tagged:
        return None
    return {
        "conversations": tagged["conversation_id"].nunique(),
        "turns": len(tagged),
        "requests": requests(material, tagged),
        "request_conversations": _asked(material),
        "acts": acts(material, tagged),
        "questions": questions(material, tagged),
        "popje": popje(material),
        "sources": authority_by_source(material),
    }


def requests(material: Material, tagged: pd.DataFrame) -> list[dict[str, Any]]:
    """Per kind of request: how often the sellers asked, and how the customers answered."""
    w, by_seller = material.words, tagged["role"].fillna("seller") == "seller"
    asked = tagged[_is_act(tagged, "action_request") & by_seller]
    answers = tagged.dropna(subset=["answers_turn", "answer"])
    reply = answers.drop_duplicates(["conversation_id", "answers_turn"])
    reply = reply.set_index(["conversation_id", "answers_turn"])["answer"]
    key = pd.MultiIndex.from_frame(asked[["conversation_id", "turn"]])
    answer = pd.Series(reply.reindex(key).to_numpy(), asked.index, dtype="string").fillna("none")
    kinds = asked["request_kind"].fillna("other")
    counts = pd.crosstab(kinds, answer).reindex(columns=[*ANSWERS, "none"], fill_value=0)
    rows = []
    for kind in counts.sum(axis=1).sort_values(ascending=False, kind="stable").index:
        known = counts.loc[kind]
        numbers = {name: w.number(known[name]) for name in [*ANSWERS, "none"]}
        name = w("common.value.other" if kind == "other" else f"common.request_kind.{kind}")
        rows.append({"name": name, "count": w.number(known.sum()), **numbers})
    return rows


def _is_act(tagged: pd.DataFrame, act: str) -> pd.Series:
    """Whether a turn does this; unlike the column ``act``, a turn may do several things."""
    return tagged["acts"].fillna("").str.split("|").map(lambda acts: act in acts).astype(bool)


def _asked(material: Material) -> dict[str, str]:
    """In how many conversations the seller asked for action at all, and in the last fifth."""
    w, features = material.words, material.features
    if features is None or "request_count" not in features:
        return {}
    heard = features.dropna(subset=["request_count"])
    late = (heard["request_last20"] > 0).sum()
    return {
        "heard": counted(len(heard), "conversation", material.language),
        "asked": w.number((heard["request_count"] > 0).sum()),
        "late": w.number(late),
        "never": w.number((heard["request_count"] == 0).sum()),
    }


def acts(material: Material, tagged: pd.DataFrame) -> list[dict[str, Any]]:
    """Per speech act: in how many turns and conversations it was heard, with an example."""
    w = material.words
    rows = []
    for act in ACTS:
        here = tagged[_is_act(tagged, act)]
        if len(here):
            talks = here["conversation_id"].nunique()
            quote = _example(material, here, act)
            name = w(f"common.act.{act}")
            rows.append(
                {"name": name, "turns": w.number(len(here)), "talks": w.number(talks), "quote": quote}
            )
    return rows


def _example(material: Material, turns: pd.DataFrame, act: str) -> dict[str, str] | None:
    """The newest short turn of this act, with who said it, where and when."""
    started = material.export.conversations.set_index("conversation_id")["started_at"]
    roles = turns["role"] if "role" in turns else pd.Series(pd.NA, turns.index, dtype="string")
    turns = turns[material.may_quote(roles)]
    if turns.empty:
        return None
    length = turns["text"].str.len()
    readable = turns[length.between(20, 160)] if length.between(20, 160).any() else turns
    readable = readable.assign(
        at=readable["conversation_id"].map(started), p=readable[f"act_{act}_p"].round(2)
    )
    newest = readable.sort_values(["p", "at", "turn"], kind="stable", na_position="first").iloc[-1]
    return quote_of(
        material, newest["text"], newest.get("role"), newest["conversation_id"], newest.get("start_s")
    )


def quote_of(
    material: Material,
    text: str,
    role: Any,
    conversation: Any,
    start_s: Any,
    span: tuple[int, int] | None = None,
) -> dict[str, str]:
    """Words spoken, who spoke them, and a line that says when and in which conversation."""
    w = material.words
    who = w(f"common.role.{role}") if pd.notna(role) else w("common.role.unknown")
    talks = material.export.conversations
    started = talks.loc[talks["conversation_id"] == conversation, "started_at"]
    when = material.day(started.iloc[0]) if len(started) else None
    parts = [who, when, material.moment_in_talk(start_s)]
    source = ", ".join(part for part in parts if part)
    source = source if pd.isna(conversation) else f"{source} ({conversation})"
    return {"words": material.discreet(shorten(str(text), span)), "source": source, "who": who}


def questions(material: Material, tagged: pd.DataFrame) -> dict[str, Any]:
    """The sellers' questions: how many, of which SPIN type, push or pull."""
    w = material.words
    asked = tagged[tagged["is_question"].fillna(False) & (tagged["role"].fillna("seller") == "seller")]
    parts: dict[str, Any] = {"count": w.number(len(asked))}
    groups = (
        ("spin", list(SPIN_TYPES)),
        ("push_pull", ["push", "pull"]),
        ("question_form", ["open", "closed", "alternative"]),
    )
    for column, names in groups:
        counts = asked[column].value_counts().reindex(names, fill_value=0)
        total = int(counts.sum())
        rows = [
            (w(f"common.{column}.{name}"), w.number(n), n / total if total else 0.0)
            for name, n in counts.items()
        ]
        parts[column] = {"rows": rows, "typed": w.number(total), "other": w.number(len(asked) - total)}
    return parts


def popje(material: Material) -> list[dict[str, str]]:
    """Signs that the contact can't decide, as counts of conversations."""
    w, features = material.words, material.features
    if features is None or "authority_ref_count" not in features:
        return []
    heard = features.dropna(subset=["authority_ref_count"])
    refers = heard[heard["authority_ref_count"] > 0]
    asked = (refers["authority_asked"] > 0).sum()
    present = features["authority_present"].dropna()
    rows = [("refers", len(refers), len(heard)), ("asked", asked, len(refers))]
    rows += [("present", int((present > 0).sum()), len(present))]
    for name in ("dontknow_count", "defer_count"):
        if name in heard:
            rows.append((name, int((heard[name] > 0).sum()), len(heard)))
    return [
        {"name": w(f"report.popje.{name}"), "count": w("report.popje.of", hits=w.number(hits), n=w.number(n))}
        for name, hits, n in rows
        if n
    ]


def authority_by_source(material: Material) -> list[dict[str, str]]:
    """Per lead source: in how many of 10 conversations the customer said that someone else decides."""
    features, export = material.features, material.export
    if features is None or "authority_ref_count" not in features or export.deals["lead_source"].isna().all():
        return []
    deal = export.conversations.set_index("conversation_id")["deal_id"]
    source = deal.map(export.deals.set_index("deal_id")["lead_source"])
    refers = features["authority_ref_count"].dropna() > 0
    rows = []
    for name, told in refers.groupby(source.reindex(refers.index)):
        share = told.mean() if len(told) >= FEW else float("nan")
        interval = share_interval(told.to_numpy(dtype=float), deal[told.index].to_numpy(dtype=object))
        said = in_ten(share, *interval, material.language)
        rows.append((len(told), {"source": str(name), "n": material.words.number(len(told)), "share": said}))
    return [row for _, row in sorted(rows, key=lambda row: -row[0])]
