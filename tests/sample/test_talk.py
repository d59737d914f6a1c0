import re

import numpy as np
import pandas as pd
import pytest

from salesinsight.sample import make_sample
from salesinsight.sample.phrases import Chance, Voice, load_phrases

LANGUAGES = ["nl", "en"]
WORD = re.compile(r"[^\W\d_]+")


@pytest.fixture(scope="module", params=LANGUAGES)
def talk(request):
    """A bigger sample per language: per conversation what should be null and what should show."""
    export = make_sample(n_deals=500, language=request.param, seed=8)
    return per_conversation(export, load_phrases(request.param))


def per_conversation(export, phrases):
    turns = export.turns.assign(questions=export.turns["text"].str.count(r"\?"))
    seller = turns[turns["role"] == "seller"]
    words = seller["text"].str.lower().map(WORD.findall)
    counted = {
        name: words.map(lambda spoken, wanted=wanted: sum(word in wanted for word in spoken))
        for name, wanted in phrases.counted.items()
    }
    grouped = turns.groupby("conversation_id")
    table = pd.DataFrame(counted).groupby(seller["conversation_id"]).sum()
    table["we_you"] = np.log((table["we"] + 1) / (table["you"] + 1))
    table["switches"] = (grouped.size() - 1) / grouped["end_s"].max()
    asking = seller[seller["questions"] > 0]
    table["stacked"] = (asking["questions"] > 1).groupby(asking["conversation_id"]).mean()
    deal = export.conversations.set_index("conversation_id")["deal_id"]
    return table.join(deal).join(export.truth.set_index("deal_id"), on="deal_id")


@pytest.mark.parametrize("feature", ["we_you", "switches", "stacked"])
@pytest.mark.parametrize("latent", ["authority", "indecision", "skill"])
def test_null_features_stay_null(talk, feature, latent):
    pair = talk[[feature, latent]].dropna()
    assert len(pair) > 400
    assert abs(pair[feature].corr(pair[latent])) < 4 / np.sqrt(len(pair))


def test_conversations_are_short_but_whole(export):
    turns = export.turns.groupby("conversation_id").size()
    assert turns.between(8, 34).all()
    assert 12 < turns.mean() < 20
    for _, roles in export.turns.groupby("conversation_id")["role"]:
        assert (roles != roles.shift()).all()
    assert set(export.turns["role"]) == {"seller", "customer"}


def test_no_two_conversations_read_alike(export):
    texts = export.turns["text"].str.lower()
    assert texts.nunique() / len(texts) > 0.6
    long = export.turns[texts.str.split().str.len() > 3]
    said = {name: set(mine) for name, mine in long.groupby("conversation_id")["text"]}
    names = list(said)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            shared = len(said[one] & said[other]) / min(len(said[one]), len(said[other]))
            assert shared <= 0.5, (one, other)


def test_no_turn_says_the_same_sentence_twice(export):
    sentences = export.turns["text"].str.split(r"(?<=[.?!])\s+", regex=True)
    twice = sentences.map(lambda said: len(said) != len(set(said)))
    assert twice.mean() < 0.01


def test_slots_are_filled_and_sentences_start_with_a_capital(export):
    notes = export.conversations["note"].dropna()
    for texts in (export.turns["text"], notes):
        assert not texts.str.contains(r"[{}]|\s\s|\s[.,?!]|\bnan\b|None|\.\.", regex=True).any()
    rough = export.turns.groupby("conversation_id")["text"].transform(lambda said: said.str.islower().all())
    assert 0.1 < rough.groupby(export.turns["conversation_id"]).first().mean() < 0.2
    neat = export.turns.loc[~rough, "text"]
    assert neat.str.contains(r"^(?:[A-ZÀ-Ý0-9]|'s )", regex=True).all()
    assert not neat.str.contains(r"[.?!] [a-zà-ÿ]", regex=True).any()


def test_both_languages_have_the_same_lists():
    dutch, english = (load_phrases(language) for language in LANGUAGES)
    assert set(dutch.lists) == set(english.lists)
    assert [set(sector) for sector in dutch.sectors] == [set(sector) for sector in english.sectors]
    assert len(dutch.sectors) >= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_can_be_said_in_every_register(language):
    phrases = load_phrases(language)
    named = set(phrases.lists) | set(next(iter(phrases.registers.values()))) | set(phrases.sectors[0])
    facts = dict.fromkeys(slots_of(phrases) - named, "x")
    for register in phrases.registers:
        for sector in phrases.sectors:
            voice = Voice(phrases, Chance(np.random.default_rng(1)), register, sector, facts)
            for name in phrases.lists:
                if name.startswith(("s_", "c_", "note_")):
                    assert all(voice.say(name) for _ in range(30))


@pytest.mark.parametrize("language", LANGUAGES)
def test_slots_are_lists_facts_or_something_of_the_sector(language):
    phrases = load_phrases(language)
    known = set(phrases.lists) | set(next(iter(phrases.registers.values()))) | set(phrases.sectors[0])
    known |= {"that_problem", "that_problem_sub", "that_problem_you", "any_problem"}
    facts = {slot for slot in slots_of(phrases) if slot.removesuffix("_cap") not in known}
    assert facts <= {
        "amount", "boss", "boss_yours", "company", "contact_two", "customer", "date", "date_short", "first", "last",
        "kind", "my_company", "n_k", "n_months", "n_people", "n_people_small", "n_sites", "n_years", "park_date",
        "percent", "reason", "seller_first", "step", "time", "title", "date_cap", "boss_cap", "park_date_cap",
        "weekday", "day", "month",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_are_long_enough_for_variety(language):
    lists = load_phrases(language).lists
    spoken = {name: len(variants) for name, variants in lists.items() if name.startswith(("s_", "c_"))}
    assert sum(spoken.values()) > 700
    assert min(size for name, size in spoken.items() if not name.startswith("c_no_")) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_are_questions_and_come_one_at_a_time(language):
    for name, variants in load_phrases(language).lists.items():
        if name.startswith(
            ("s_situation", "s_implication", "s_need", "s_request", "s_push", "s_who", "c_ask_")
        ):
            for parts in variants:
                said = "".join(text for text, _ in parts)
                assert said.count("?") == 1 or said.startswith(("Vertel", "Tell")), (name, said)


def slots_of(phrases):
    lists = [*phrases.lists.values(), *(v for table in phrases.regional.values() for v in table.values())]
    return {slot for variants in lists for parts in variants for _, slot in parts if slot}


def test_every_turn_tells_which_phrase_lists_it_was_spoken_from(export):
    said = export.truth_turns
    keys = ["conversation_id", "turn"]
    assert said[keys].equals(export.turns[keys])
    first = said["said"].str.split(" ").str[0].str[0]
    assert (first == export.turns["role"].map({"seller": "s", "customer": "c"})).all()
    goodbyes = said["said"].str.contains("c_bye", regex=False)
    assert goodbyes.groupby(said["conversation_id"]).any().mean() > 0.9
