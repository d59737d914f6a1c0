"""The turns around a turn: which they are, and that they count only where they are."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.language import load_pack
from salesinsight.speech import tag_turns
from salesinsight.speech.context import in_context, neighbours_of
from salesinsight.speech.learned import load_taggers
from salesinsight.speech.reading import read_turns


def talk(*said: tuple[str, str], of: str = "c1") -> pd.DataFrame:
    """A conversation, as side (S or C) and words."""
    sides = {"S": "seller", "C": "customer", "-": None}
    return pd.DataFrame(
        {
            "conversation_id": of,
            "turn": range(len(said)),
            "role": pd.Series([sides[side] for side, _ in said], dtype="string"),
            "text": pd.Series([text for _, text in said], dtype="string"),
        }
    )


def test_neighbours_are_of_the_other_side():
    around = neighbours_of(talk(("S", "a"), ("C", "b"), ("C", "c"), ("S", "d")))
    assert around.before.tolist() == [-1, 0, 0, 2]
    assert around.after.tolist() == [1, -1, 3, -1]  # only the very next turn comes after
    assert around.n_turns.tolist() == [4, 4, 4, 4]


def test_a_turn_before_may_have_one_turn_in_between_not_two():
    around = neighbours_of(talk(("S", "a"), ("C", "b"), ("C", "c"), ("C", "d")))
    assert around.before.tolist() == [-1, 0, 0, -1]


def test_neighbours_never_come_from_another_conversation():
    both = pd.concat([talk(("S", "a"), of="c1"), talk(("C", "b"), of="c2")], ignore_index=True)
    around = neighbours_of(both)
    assert (around.before < 0).all() and (around.after < 0).all()
    assert around.n_turns.tolist() == [1, 1]


def test_what_the_turns_around_change():
    """Acts change beside any turn of the other side; questions only in what is a whole conversation."""
    pair, whole = talk(("S", "a"), ("C", "b")), talk(("S", "a"), ("S", "b"), ("S", "c"), ("C", "d"))
    assert neighbours_of(pair).shift("commitment").all() and not neighbours_of(pair).shift("question").any()
    assert neighbours_of(whole).shift("question").all()
    assert neighbours_of(whole).shift("commitment").tolist() == [False, False, True, True]


def test_without_sides_or_conversations_there_are_no_neighbours():
    turns = talk(("S", "a"), ("C", "b"))
    for column in ("role", "conversation_id"):
        around = neighbours_of(turns.drop(columns=column))
        assert (around.before < 0).all() and (around.after < 0).all() and around.n_turns.tolist() == [1, 1]
    assert neighbours_of(turns[:0]).before.tolist() == []
    assert (neighbours_of(talk(("-", "a"), ("-", "b"))).before < 0).all()


def test_a_turn_alone_keeps_what_its_own_words_say():
    pack = load_pack("nl")
    taggers = load_taggers(pack)
    turns = pd.concat([talk(("C", "Doe maar."), of=f"c{i}") for i in range(3)], ignore_index=True)
    reading = read_turns(turns, pack, taggers, [])
    again = in_context(reading, taggers, turns)
    assert np.array_equal(again.odds, reading.odds) and np.array_equal(again.needed, reading.needed)


def test_what_is_needed_changes_with_the_odds():
    pack = load_pack("nl")
    taggers = load_taggers(pack)
    turns = talk(("S", "Zullen we dinsdag afspreken?"), ("C", "Ja, doe maar."))
    again = in_context(read_turns(turns, pack, taggers, []), taggers, turns)
    place = taggers.outputs.index("commitment")
    assert again.needed[:, place] == pytest.approx([taggers.context["commitment"].needed] * 2)
    form = taggers.outputs.index("form_open")  # a matter of the words alone
    assert again.needed[:, form] == pytest.approx([taggers.needed[form]] * 2)


def test_the_question_before_makes_yes_a_commitment():
    asked = talk(("S", "Zullen we dinsdag om tien uur een afspraak inplannen?"), ("C", "Ja, dat is goed."))
    stated = talk(("S", "Het regent hier al de hele dag."), ("C", "Ja, dat is goed."), of="c2")
    p = [tag_turns(turns)["act_commitment_p"].iloc[1] for turns in (asked, stated)]
    assert p[0] > p[1]


def test_conversations_are_read_apart_whatever_the_order_of_the_rows():
    one = talk(
        ("S", "Zullen we dinsdag afspreken?"),
        ("C", "Ja, prima, doe maar."),
        ("S", "Mooi, dan staat het vast."),
    )
    two = talk(("S", "Wie beslist daarover bij u?"), ("C", "Dat doet onze directeur."), of="c2")
    together = pd.concat([one, two], ignore_index=True)
    shuffled = together.sample(frac=1, random_state=1)
    tags = tag_turns(together).filter(regex="_p$")
    assert np.allclose(
        tag_turns(shuffled).filter(regex="_p$").loc[tags.index], tags, equal_nan=True, atol=1e-4
    )
    assert np.allclose(tag_turns(one).filter(regex="_p$"), tags[:3], equal_nan=True, atol=1e-4)
