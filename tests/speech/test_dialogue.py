"""Whole conversations: how they ended, on invented talks and on tags laid out by hand."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salesinsight.errors import MissingColumns
from salesinsight.schema import ACTS, OUTCOMES
from salesinsight.speech import read_conversations, tag_turns
from salesinsight.speech.dialogue import FILE, LIKELY, START, TEMPER, conversations_from
from salesinsight.speech.dialogue_learning import learn_conversations
from salesinsight.speech.dialogue_numbers import CUES, SPEAKS_FOR, conversation_numbers

S, C = "seller", "customer"
CHANCES = [f"{name}_p" for name in OUTCOMES]

# Each line is a turn; the seller begins unless the first line starts with "-".
DUTCH = {
    "order": [
        """Goedemiddag, u had om een prijs gevraagd voor het schilderwerk.
        Ja, klopt, ik heb hem gezien.
        En wat vond u ervan?
        Eerlijk gezegd best pittig.
        Dat begrijp ik. De steiger zit erin, die is de helft.
        O, zo. En de garantie?
        Vijf jaar op al het buitenwerk.
        Nou, dan moet het maar gebeuren. Plan ons maar in.
        Mooi. Ik maak de opdrachtbevestiging op en die krijgt u vandaag.
        Prima, stuur de factuur naar het adres van de zaak.""",
        """zullen we het dan gewoon vastleggen voor een jaar
        wat was het per maand
        vierendertig euro inclusief alles
        oke ja dat is goed doe maar
        top dan stuur ik het contract naar uw mail
        teken ik vanavond even""",
        """Ik zie dat u de vorige keer twaalf dozen nam.
        Ja, die zijn bijna op.
        Zal ik er weer twaalf noteren?
        Maak er maar vijftien van.
        Vijftien. Woensdag bij u.
        Fijn, tot de volgende keer.""",
        # the next request is put off; the order stands
        """Als u tevreden bent met de prijs, zal ik de bestelling dan noteren?
        Ja, dat is goed, doe maar.
        Mooi. Heeft u nu nog een kwartier om de maten door te nemen?
        Nee, dat komt een andere keer wel.""",
    ],
    "advance": [
        """Wat zou u ervan zeggen als ik het eens kom laten zien?
        Hier, op de werf?
        Ja, een half uurtje.
        Goed. Donderdag ben ik er de hele dag.
        Donderdag om elf uur?
        Elf uur is prima.
        Dan zie ik u donderdag.
        Tot dan.""",
        """- Ik kan daar niet alleen over beslissen.
        Wie moet er nog bij?
        Mijn zus, die doet de boeken.
        Zullen we dan met zijn drieën aan tafel gaan?
        Ja, dat is het beste. Volgende week dinsdag is ze hier.
        Dinsdag om negen?
        Doe maar half tien.
        Ik stuur jullie allebei een uitnodiging.""",
        """mag ik u een offerte maken op basis van de tekeningen
        ja graag ik mail u vanmiddag de tekeningen
        dan heeft u vrijdag mijn voorstel en bel ik maandag om tien uur om het door te nemen
        maandag om tien is goed ik zet het in de agenda
        fijn tot maandag
        tot maandag""",
    ],
    "continuation": [
        """Wat vond u van de brochure?
        Mooi, echt waar. Mijn man vond hem ook mooi.
        Zullen we een keer langskomen om te meten?
        Tja, we zijn er nog niet helemaal uit.
        Waar twijfelt u over?
        Of we het dit jaar al doen. We denken er nog even over na.
        Prima, dan bel ik over een tijdje nog eens.
        Ja, leuk, dank u wel voor het bellen.""",
        """Kan ik u iets toesturen?
        Stuur maar wat op.
        Doe ik. Wanneer zal ik bellen?
        Ik bel zelf wel als ik er iets mee wil.
        Dat is goed.
        Dag.""",
    ],
    "no_sale": [
        """Goedemorgen, ik bel over uw zakelijke verzekeringen.
        Daar hebben we net alles voor geregeld.
        Mag ik vragen bij wie?
        Bij onze vaste man, al twintig jaar.
        Zou u het willen laten vergelijken?
        Nee, daar hebben wij geen behoefte aan.
        Dan wens ik u nog een fijne dag.
        Insgelijks.""",
        """Heeft u het voorstel kunnen bekijken?
        Ja, en we hebben besloten het niet te doen.
        Wat jammer. Mag ik vragen waarom?
        We gaan het zelf maken.
        Duidelijk. Dan sluit ik het dossier.
        Bedankt voor de moeite.""",
        # the no ends the earlier "not now"
        """Heeft u een minuutje voor een vraag over uw drukwerk?
        Niet nu, ik sta in de winkel.
        Komt morgen beter uit?
        Nee, laat maar, wij hebben geen interesse.""",
    ],
}
ENGLISH = {
    "order": [
        """So that's the quote for the roof.
        And you'd start when?
        The week after next.
        Right. And the price is the price?
        It is.
        Okay, let's get it done. Do you need a deposit?
        Ten percent, I'll email the invoice.
        I'll pay it tonight.""",
        """- We've talked about it and we want the bigger plan.
        Great choice. Twelve months?
        Twelve months, yes.
        I'll send the agreement now and you can sign it online.
        Got it, signing as we speak.
        Welcome aboard.""",
    ],
    "advance": [
        """Would it help to see it running at another clinic?
        It would, actually.
        There's one near you. Could you do next Wednesday?
        Wednesday afternoon works. I'll bring our practice manager.
        Two o'clock, I'll meet you there.
        See you then.""",
        """what would you need to take it further
        i need to show the numbers to my partner
        could we do that together
        yeah okay hes in on friday call us at ten
        friday at ten it is
        ill send you last years figures before that""",
    ],
    "continuation": [
        """What did you think of the demo?
        Really impressive. Everybody liked it.
        Shall we plan the next step?
        Let's not rush it. We have a lot going on.
        When would be a good time?
        Hard to say. We'll get back to you.
        Okay, I'll check in next month.
        Sure. Thanks for your time, it was fun.""",
        """can i send you a proposal
        you can send it i dont promise anything
        and when can we talk about it
        ill have a look when i find the time
        okay have a nice day
        bye""",
    ],
    "no_sale": [
        """Did the board come to a decision?
        They did. It's a no, I'm afraid.
        Was it the price?
        No, they went for the other bidder.
        Well, thanks for letting me know.
        Thanks for all the work, sorry about that.""",
        """would you want to try it for a month
        no honestly we tried something like that and it was a mess
        ours is different though
        they all say that no were not doing it again
        okay fair enough
        good luck with it""",
    ],
}


def _turns(talks: dict[str, list[str]]) -> tuple[pd.DataFrame, pd.Series]:
    rows, ends = [], {}
    for outcome, texts in talks.items():
        for number, text in enumerate(texts):
            name, sides = f"{outcome}-{number}", (C, S) if text.startswith("-") else (S, C)
            ends[name] = outcome
            for turn, line in enumerate(text.removeprefix("- ").splitlines()):
                rows.append((name, turn, sides[turn % 2], line.strip()))
    columns = ["conversation_id", "turn", "role", "text"]
    return pd.DataFrame(rows, columns=columns), pd.Series(ends, name="outcome")


@pytest.fixture(scope="module")
def dutch():
    turns, _ = _turns(DUTCH)
    return tag_turns(turns, language="nl")


@pytest.mark.parametrize(("language", "talks"), [("nl", DUTCH), ("en", ENGLISH)])
def test_how_conversations_end(language, talks):
    turns, ends = _turns(talks)
    told = read_conversations(tag_turns(turns, language=language))
    right = (told["outcome"] == ends).fillna(False)
    assert right.mean() >= 0.75, told.loc[~right, ["outcome", *CHANCES]]


def test_the_table(dutch):
    told = read_conversations(dutch)
    assert told.index.name == "conversation_id"
    assert told.index.to_list() == dutch["conversation_id"].unique().tolist()
    assert list(told) == ["outcome", "outcome_p", *CHANCES, "good_talk", "good_talk_p"]
    assert str(told["outcome"].dtype) == "string" and str(told["good_talk"].dtype) == "boolean"
    assert np.allclose(told[CHANCES].sum(axis=1), 1)
    named = told["outcome"].notna()
    assert (told.loc[named, "outcome_p"] == told.loc[named, CHANCES].max(axis=1)).all()
    assert (told.loc[named, "outcome_p"] >= LIKELY).all()
    assert (told["good_talk_p"] <= told["continuation_p"]).all()


def test_a_pleasant_talk_without_progress_is_a_good_talk(dutch):
    good = read_conversations(dutch)["good_talk_p"]
    assert good["continuation-0"] > max(good["continuation-1"], good["advance-0"], good["no_sale-0"])


def test_order_of_rows_and_other_conversations_are_no_matter(dutch):
    told, before = read_conversations(dutch), dutch.copy(deep=True)
    again = read_conversations(dutch.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(again.loc[told.index], told)
    alone = read_conversations(dutch[dutch["conversation_id"] == "advance-1"])
    pd.testing.assert_frame_equal(alone, told.loc[["advance-1"]])
    pd.testing.assert_frame_equal(dutch, before)


def test_too_little_tells_nothing():
    rows = [("one side", S, text) for text in ("Dag.", "Bent u daar?", "Hallo?")]
    rows += [("short", S, "Zullen we het doen?"), ("short", C, "Nee, geen interesse.")]
    rows += [("nobody", "unknown", text) for text in ("Nee.", "Ja.", "Tot dinsdag.")]
    rows += [
        ("silent", S, "Dag."),
        ("silent", C, " "),
        ("silent", S, "Hallo?"),
        ("silent", S, "Tot dinsdag."),
    ]
    turns = pd.DataFrame(rows, columns=["conversation_id", "role", "text"])
    told = read_conversations(tag_turns(turns.assign(turn=range(len(turns)))))
    assert told.index.to_list() == ["one side", "short", "nobody", "silent"]
    assert told.isna().all(axis=None)


def test_no_turns():
    turns = pd.DataFrame(columns=["conversation_id", "turn", "role", "text"], dtype="string")
    told = read_conversations(tag_turns(turns.astype({"turn": "Int64"})))
    assert told.shape == (0, 8)


def test_untagged_turns_are_refused_by_name():
    with pytest.raises(MissingColumns, match="act_commitment_p"):
        read_conversations(
            pd.DataFrame({"conversation_id": ["a"], "turn": [0], "role": [S], "text": ["Dag."]})
        )
    with pytest.raises(MissingColumns, match="'role'"):
        read_conversations(tag_turns(pd.DataFrame({"conversation_id": ["a"], "turn": [0], "text": ["Dag."]})))


def _lay_out(**talks) -> tuple[pd.DataFrame, pl.DataFrame]:
    """Tagged turns and cues: turns as (role, {act: p}, cues, other columns)."""
    rows, hits = [], []
    for name, turns in talks.items():
        for number, (role, acts, *more) in enumerate(turns):
            cues, columns = more[0] if more else (), more[1] if len(more) > 1 else {}
            hits += [{"row": len(rows), "label": cue, "weight": 0.9} for cue in cues]
            row = {"conversation_id": name, "turn": number, "role": role, "text": "een twee drie"}
            rows.append(row | {f"act_{act}_p": acts.get(act, 0.0) for act in ACTS} | columns)
    optional = ["answers_turn", "answer", "request_kind", "question_p"]
    tagged = pd.DataFrame(rows)
    tagged = tagged.reindex(columns=[*tagged.columns, *(name for name in optional if name not in tagged)])
    return tagged, pl.DataFrame(hits, schema={"row": pl.UInt32, "label": pl.String, "weight": pl.Float64})


ASK, ASK_TO_SIGN = (S, {}), (S, {}, ["ending_order"])
YES, NO, HOLD = (C, {"commitment": 0.9}), (C, {"refusal": 0.9}), (C, {"stall": 0.9})
WELL = (C, {})


def _reply(turn, answered):
    return (*turn, (), {"answers_turn": answered, "answer": "vague"})


def test_what_is_decided_last_stands():
    talks = {
        "yes": [ASK, HOLD, ASK, YES],
        "no": [ASK, YES, ASK, NO],
        "hold": [ASK, WELL, ASK, HOLD],
        "further": [ASK, YES, ASK, _reply(HOLD, 2)],
        "refused": [ASK, YES, ASK, (C, {"refusal": 0.9}, (), {"answers_turn": 2, "answer": "refuse"})],
        "early": [ASK, NO, *[WELL, ASK] * 12],
    }
    numbers = conversation_numbers(*_lay_out(**talks))
    assert numbers["hold"]["hold"] == pytest.approx(0.9)
    assert numbers["hold"]["yes"] < 0.5 * 0.9, "a yes ends an earlier hesitation"
    assert numbers["yes"]["no"] < 0.5 * numbers["yes"]["yes"], "a no takes a yes back"
    assert numbers["hold"]["further"] < 0.2, "who said yes may put off the next request"
    assert numbers["no"]["refused"] < 0.2 and numbers["yes"]["refused"] > 0.4
    assert numbers["no"]["early"] < 0.1, "what is said last counts most"


def test_a_yes_belongs_to_what_was_asked():
    dated = (C, {"commitment": 0.9}, ["time_expression"])
    talks = {
        "order": [ASK, WELL, ASK_TO_SIGN, YES],
        "step": [ASK, WELL, ASK, dated],
        "delivery": [ASK_TO_SIGN, YES, ASK, dated],
        "kind": [ASK, WELL, (S, {}, (), {"request_kind": "signature"}), YES],
    }
    numbers = conversation_numbers(*_lay_out(**talks))
    assert numbers["yes_to_order"]["order"] == pytest.approx(0.9 * 0.9)
    assert numbers["yes_to_order"]["order"] > numbers["yes_to_order"]["kind"] > 0
    assert numbers["yes_to_step"]["step"] == pytest.approx(0.9 * 0.9)
    assert numbers["yes_to_order"]["step"] == 0
    assert numbers["yes_to_step"]["delivery"] < 0.5 * numbers["yes_to_step"]["step"], "part of the order"
    told = conversations_from(*_lay_out(**talks))
    assert told["outcome"].loc[["order", "step"]].to_list() == ["order", "advance"]


def test_a_date_is_agreed_in_few_words():
    short, asked = (S, {}, ["time_expression"]), (S, {}, ["time_expression"], {"question_p": 1.0})
    long = (S, {}, ["time_expression"], {"text": "een " * 60})
    talks = {
        "short": [WELL, ASK, WELL, short],
        "asked": [WELL, ASK, WELL, asked],
        "long": [WELL, ASK, WELL, long],
    }
    time = conversation_numbers(*_lay_out(**talks))["time_seller"]
    assert time["short"] > time["long"] > time["asked"] == 0


def test_numbers_lie_between_0_and_1():
    random = np.random.default_rng(5)
    talks = {
        f"c{n}": [
            (random.choice([S, C, "unknown"]), dict(zip(ACTS, random.random(len(ACTS)), strict=True)), CUES)
            for _ in range(random.integers(1, 80))
        ]
        for n in range(40)
    }
    numbers = conversation_numbers(*_lay_out(**talks))[list(SPEAKS_FOR)]
    assert numbers.notna().all(axis=None)
    assert numbers.min(axis=None) >= 0 and numbers.max(axis=None) <= 1


def test_the_weights_say_what_the_numbers_may_say():
    weights = pd.read_csv(FILE, index_col="number")
    assert weights.index.to_list() == [START, *SPEAKS_FOR]
    assert weights.columns.to_list() == [*OUTCOMES, *TEMPER]
    for number, may in SPEAKS_FOR.items():
        assert (weights.loc[number] >= 0).all()
        assert set(weights.columns[weights.loc[number] > 0]) <= set(may), number
    assert len(SPEAKS_FOR) <= 25


def test_learning_finds_what_speaks_and_nothing_else():
    random = np.random.default_rng(3)
    talks = pd.DataFrame(random.random((200, len(SPEAKS_FOR))) / 4, columns=list(SPEAKS_FOR))
    talks["outcome"] = np.resize(OUTCOMES, len(talks))
    talks["good_talk"] = np.where(random.random(len(talks)) < 0.5, "yes", "no")
    for outcome, number in (
        ("order", "yes_to_order"),
        ("advance", "yes_to_step"),
        ("no_sale", "later_seller"),
    ):
        talks.loc[talks["outcome"] == outcome, number] += 0.7
    talks.loc[talks["good_talk"] == "yes", "warm_customer"] += 0.7
    weights = learn_conversations(talks)
    assert weights["order"].idxmax() == "yes_to_order" and weights["advance"].idxmax() == "yes_to_step"
    assert weights["pleasant"].idxmax() == "warm_customer"
    assert weights.loc["later_seller", "no_sale"] == 0, "a seller's 'later' never speaks for a no"
    pd.testing.assert_frame_equal(weights, learn_conversations(talks))
