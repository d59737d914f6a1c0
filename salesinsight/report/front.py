"""The first page: how many deals are heading for misschien, the ten to talk about, the pleasant talks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from salesinsight.charts import called, cut
from salesinsight.charts.shares import FEW, counted, in_ten, tens
from salesinsight.modeling import worklist
from salesinsight.modeling.conformal import name_outcomes
from salesinsight.modeling.domain import why_too_little
from salesinsight.modeling.moves import article_of, fired_rules, next_move
from salesinsight.report.material import Material, shorten
from salesinsight.report.said import quote_of

LISTED = 10
LONG_DAYS = 30
MOST_TALKS = 5
#: Characters of the name of a deal on the page; the lists have it whole.
LONGEST_NAME = 80
#: Conversations per deal in which to look for telling words, the newest first.
LOOK_BACK = 5
#: What a customer says that tells most about a misschien, the most telling first.
TELLING = ("gatekeeper", "stall", "defer", "dont_know", "refusal", "answer_vague", "objection", "hedge")


def listed_deals(material: Material) -> pd.DataFrame:
    """The week's list: by the model where there is one, else by the time since the customer's last step."""
    scores = material.scores
    if scores is None:
        scores = _unscored(material)
    return material.named(worklist(scores, k=LISTED))


def _unscored(material: Material) -> pd.DataFrame:
    """The open deals as scores without chances: the next move follows from rules that need no model."""
    table = material.open_info.assign(p_stalled=np.nan, low=np.nan, high=np.nan, band=pd.NA, next_move=pd.NA)
    if material.open_ is not None:
        fired = fired_rules(material.open_.X, material.open_.info)
        table["next_move"] = pd.array([next_move(rules) for rules in fired], dtype="string")
    return table


def headline(material: Material) -> list[dict[str, str]]:
    """The few numbers on top: each with its range or what it is out of, and a line that explains it."""
    w, info, features = material.words, material.open_info, material.features
    cards = _expected(material)
    if len(info):
        days = info["days_since_customer_step"]
        long, never = w.number((days > LONG_DAYS).sum()), int(days.isna().sum())
        card = _card(material, "waiting", number=long, n=w.number(len(info)), days=LONG_DAYS)
        card["line"] += w("charts.ages.never", n=w.number(never)) if never else ""
        cards.append(card)
    if features is not None:
        talks = material.export.conversations
        held = talks.loc[talks["status"].fillna("held") == "held", "conversation_id"]
        known = features.loc[features.index.isin(held), "good_talk"].dropna()
        cards.append(_card(material, "good_talks", number=w.number(known.sum()), n=w.number(len(known))))
    return cards


def _expected(material: Material) -> list[dict[str, str]]:
    """Deals and money heading for misschien, each with its range; nothing without chances."""
    w, expected = material.words, material.expected
    if expected is None:
        return []
    numbers = {name: w.number(expected[name]) for name in ("low", "high")}
    n = w.number(expected["n"])
    cards = [_card(material, "stalled", number=w.number(expected["count"]), n=n, **numbers)]
    if expected["left_out"]:
        cards[0]["line"] += w("report.card.left_out", n=w.number(expected["left_out"]))
    for currency, found in expected["per_currency"].items():
        names = ("amount", "amount_low", "amount_high")
        money = {name: _money(material, found[name], currency) for name in names}
        whole = _money(material, found["of"], currency)
        cards.append(_card(material, "money", number=money.pop("amount"), total=whole, **money))
    return cards


def _money(material: Material, amount: float, currency: str) -> str:
    """An expected amount: two figures are all that it can bear."""
    return material.words.money(float(f"{amount:.2g}"), currency or None).replace(" ", "\xa0")


def _card(material: Material, name: str, **facts: Any) -> dict[str, str]:
    w = material.words
    return {"number": facts["number"], "line": w(f"report.card.{name}", **facts)}


def worklist_rows(material: Material, listed: pd.DataFrame) -> list[dict[str, Any]]:
    """One row per deal of the list: what it is, how it stands, what was said, what to ask."""
    w, rows = material.words, []
    for deal, name in zip(listed.to_dict("records"), called(listed).fillna(""), strict=True):
        days, amount, move = deal["days_since_customer_step"], deal["amount"], deal["next_move"]
        ago = "" if pd.isna(days) else w("report.week.ago", days=counted(days, "day", material.language))
        rows.append(
            {
                "deal": deal["deal_id"],
                "called": cut(name, LONGEST_NAME),
                "stage": "" if pd.isna(deal["stage"]) else deal["stage"],
                "amount": "" if pd.isna(amount) else w.money(amount, deal["currency"]),
                "waiting": ago or w("report.week.no_step"),
                "chance": _chance(material, deal),
                "reasons": _reasons(material, deal),
                "quote": _quote(material, deal),
                "silent": _silent(material, deal),
                "move": None if pd.isna(move) else _move(material, deal),
            }
        )
    return rows


def _chance(material: Material, deal: dict[str, Any]) -> dict[str, str] | None:
    """The band and why it has none, or what happened to ten deals like it when enough were seen."""
    band = deal.get("band")
    if material.mode == "beschrijvend" or pd.isna(band):
        return None
    chance = {"band": material.words(f"charts.band.{band}"), "style": str(band).replace(" ", "-")}
    chance |= {"share": why_too_little(deal, material.language), "outcomes": ""}
    if material.mode == "volledig" and pd.notna(deal["p_stalled"]) and not chance["share"]:
        chance["outcomes"] = name_outcomes(deal.get("conformal"), material.language)
        counts = tens(deal["p_stalled"], deal["low"], deal["high"])
        chance["share"] = material.words(
            f"report.week.share_{'one' if counts['count'] == 1 else 'many'}", **counts
        )
    return chance


def _reasons(material: Material, deal: dict[str, Any]) -> str:
    """The families of features that stand out for the model, by name."""
    reasons = deal.get("reasons")
    if material.mode == "beschrijvend" or not isinstance(reasons, list):
        return ""
    names = dict.fromkeys(material.words(f"common.family.{reason['family']}") for reason in reasons[:2])
    return material.words("report.week.reasons", names=", ".join(names)) if names else ""


def _move(material: Material, deal: dict[str, Any]) -> dict[str, str]:
    """The next move in words, what became of comparable deals, and the article it comes from."""
    w, found, article = material.words, deal.get("comparable"), article_of(deal["next_move"])
    move = {**w.section(f"moves.{deal['next_move']}"), "comparable": "", "article": ""}
    if article is None:
        return move
    title = w(f"moves.article.{article}")
    move["article"] = w("moves.article.label", number=article, title=title)
    if material.mode == "volledig" and isinstance(found, dict):
        form = ("stage_" if found["stage"] else "") + ("one" if found["stalled"] == 1 else "many")
        facts = {"deals": counted(found["n"], "deal", material.language)} | found
        move["comparable"] = w(f"moves.comparable.{form if found['enough'] else 'few'}", **facts)
    return move


def _quote(material: Material, deal: dict[str, Any]) -> dict[str, Any] | None:
    """What the customer said that tells most, from the newest conversation that has it; else the note."""
    quotes = deal.get("quotes")
    for quote in quotes if isinstance(quotes, list) else []:
        counted_on = isinstance(quote.get("feature"), str)
        if (counted_on or quote["label"] in TELLING) and quote["role"] == "customer":
            text = turn_text(material, quote["conversation_id"], quote["turn"]) or quote["words"]
            start = text.lower().find(str(quote["words"]).lower())
            span = (start, start + len(quote["words"])) if start >= 0 else None
            return quote_of(material, text, quote["role"], quote["conversation_id"], quote["start_s"], span)
    talks = material.export.conversations
    talks = talks[(talks["deal_id"] == deal["deal_id"]) & (talks["status"].fillna("held") == "held")]
    talks = talks.sort_values("started_at", ascending=False).head(LOOK_BACK)
    for talk in talks["conversation_id"]:
        found = spoken(material, talk, TELLING)
        if found is not None:
            return found
    noted = talks.dropna(subset=["note"])
    return _note(material, next(noted.itertuples())) if material.seller_words and len(noted) else None


def _silent(material: Material, deal: dict[str, Any]) -> str:
    """Why no words of the customer stand beside a deal: nothing telling was said, or nothing is there."""
    talks, turns = material.export.conversations, material.export.turns
    talks = talks[(talks["deal_id"] == deal["deal_id"]) & (talks["status"].fillna("held") == "held")]
    if turns["conversation_id"].isin(talks["conversation_id"]).any():
        return material.words("report.week.nothing_telling")
    notes = int(talks["note"].notna().sum())
    if not notes:
        return material.words("report.week.no_words")
    return material.words("report.week.only_notes", notes=counted(notes, "note", material.language))


def _note(material: Material, talk: Any) -> dict[str, Any]:
    who = material.words("report.week.note")
    source = f"{who}, {material.day(talk.started_at)} ({talk.conversation_id})"
    # a note is the seller's own words
    if not material.seller_words:
        return {"words": None, "source": source, "who": material.words("report.week.note_says")}
    return {"words": material.discreet(shorten(str(talk.note))), "source": source, "who": who}


def turn_text(material: Material, conversation: Any, turn: Any) -> str | None:
    """The whole turn that a hit was found in."""
    tagged = material.tagged
    if tagged is None:
        return None
    found = tagged.loc[(tagged["conversation_id"] == conversation) & (tagged["turn"] == turn), "text"]
    return str(found.iloc[0]) if len(found) else None


def band_rates(material: Material) -> str:
    """What became of the deals of each band when the model was tested; empty without chances."""
    w, run = material.words, material.run
    if run is None or material.mode == "beschrijvend" or run.bands.empty:
        return ""
    said = []
    for band in run.bands.itertuples():
        share = band.share if band.n_deals >= FEW else float("nan")
        rate = in_ten(share, band.low, band.high, material.language)
        said.append(w("report.week.band_rate", band=w(f"charts.band.{band.band}"), share=rate))
    if (run.bands["n_deals"] < FEW).all():
        return w("report.week.band_rates_few")
    return w("report.week.band_rates", rates="; ".join(said))


def effort(material: Material, listed: pd.DataFrame) -> dict[str, str] | None:
    """What went into the listed deals so far: conversations, hours of talk, quotes."""
    if listed.empty:
        return None
    export, w, ids = material.export, material.words, set(listed["deal_id"])
    talks = export.conversations[export.conversations["deal_id"].isin(ids)]
    talks = talks[talks["status"].fillna("held") == "held"]
    hours = (talks["ended_at"] - talks["started_at"]).dt.total_seconds().clip(lower=0).sum() / 3600
    events = export.events[export.events["deal_id"].isin(ids)]
    quotes = int((events["kind"] == "quote_sent").sum())
    # an export without quotes does not tell that none were sent
    key = "effort" + ("" if hours else "_no_hours")
    key += "" if (export.events["kind"] == "quote_sent").any() else "_no_quotes"
    return {
        "sentence": key,
        "talks": counted(len(talks), "conversation", material.language),
        "hours": w.number(hours) if hours else "",
        "quotes": counted(quotes, "quote", material.language),
    }


def good_talks(material: Material) -> dict[str, Any]:
    """The newest pleasant conversations without an agreement, of open deals, with what shows it."""
    features, talks = material.features, material.export.conversations
    if features is None or not features["good_talk"].fillna(False).any():
        return {"rows": [], "more": 0}
    good = features.index[features["good_talk"].fillna(False).astype(bool)]
    shown = talks[talks["conversation_id"].isin(good) & talks["deal_id"].isin(material.open_info["deal_id"])]
    shown = shown.sort_values(["started_at", "conversation_id"], ascending=False)
    rows = [
        {
            "conversation": talk.conversation_id,
            "date": material.day(talk.started_at),
            "deal": talk.deal_id,
            "called": cut(material.called.get(talk.deal_id, ""), LONGEST_NAME),
            "shown_by": _shown_by(material, talk),
        }
        for talk in shown.head(MOST_TALKS).itertuples()
    ]
    return {"rows": rows, "more": max(len(shown) - MOST_TALKS, 0)}


def _shown_by(material: Material, talk: Any) -> dict[str, Any] | None:
    """The seller's own note where that says it, else the friendliest words of the customer."""
    notes = material.notes
    if notes is not None and notes["good_talk"].fillna(False).get(talk.conversation_id, False):
        return _note(material, talk)
    found = spoken(material, talk.conversation_id, ("rapport",), by_anyone=True)
    return _note(material, talk) if found is None and pd.notna(talk.note) else found


def spoken(
    material: Material, conversation: Any, labels: tuple[str, ...], *, by_anyone: bool = False
) -> dict[str, str] | None:
    """The customer's turn that shows the first of these labels best; None when none does.

    With `by_anyone` a turn of the seller will do when the customer has none.
    """
    hits = material.hits
    if hits is None or conversation is None or pd.isna(conversation):
        return None
    found = hits[(hits["conversation_id"] == conversation) & hits["label"].isin(labels)]
    by_customer = (found["role"] == "customer").fillna(False)
    found = found[by_customer] if by_customer.any() or not by_anyone else found
    found = found[material.may_quote(found["role"])]
    if found.empty:
        return None
    rank = found["label"].map({label: place for place, label in enumerate(labels)})
    best = (
        found.assign(rank=rank)
        .sort_values(["rank", "weight", "turn"], ascending=[True, False, False])
        .iloc[0]
    )
    text = turn_text(material, conversation, best["turn"])
    span = None if text is None else (int(best["start_char"]), int(best["end_char"]))
    return quote_of(material, text or best["words"], best["role"], conversation, best["start_s"], span)
