"""Trackers: files of cues and of examples, what they tag, show and refuse."""

import pandas as pd
import pytest
from scipy.special import logit

import salesinsight as si
from salesinsight.errors import (
    EmptyFile,
    NameTaken,
    NothingTracked,
    PathUnusable,
    TooFewExamples,
    TrackerColumns,
    UnknownName,
)
from salesinsight.speech import examples as learning

CUES = """name,pattern,side,weight,negatable
Concurrent A,Acme B.V.,,,
Concurrent A,bij acme,customer,"0,4",
Te duur!,te duur,customer,0.9,yes
"""
DELIVERY = [
    "Hoe lang is de levertijd van die machines?",
    "Wanneer kan de levering bij ons zijn?",
    "De vorige levering kwam drie weken te laat.",
    "Wat is jullie levertijd op dit moment?",
    "Levert u ook in de zomer gewoon door?",
    "Wij willen het voor maart geleverd hebben.",
    "Kan het sneller geleverd worden dan dat?",
    "De levertijd is voor ons het belangrijkste.",
    "Als de levering maar op tijd komt.",
    "Met die levertijd kan ik niet uit de voeten.",
    "Onze vorige partij leverde altijd te laat.",
    "Wordt het op een dag geleverd of in delen?",
    "Hoe zit het met de levering naar de vestigingen?",
    "Ik wil zwart op wit hebben wanneer er geleverd wordt.",
    "Die levertijd van tien weken schrikt me af.",
    "En de levering, doet u die zelf?",
    "Leveren jullie ook op zaterdag?",
    "Vorig jaar was de levertijd een drama.",
]
OTHER = [
    "Wij zijn met twaalf mensen op kantoor.",
    "Ik vind het eerlijk gezegd aan de prijs.",
    "Dat moet ik even met mijn collega overleggen.",
    "We werken al jaren met dezelfde partij.",
    "Kunt u me daar iets over sturen?",
    "Goedemorgen, met Van Dam.",
    "Nou, dat klinkt heel behoorlijk.",
    "Ja hoor, dat klopt helemaal.",
]


@pytest.fixture
def cues(tmp_path):
    path = tmp_path / "mijn.csv"
    path.write_text(CUES, "utf-8")
    return path


@pytest.fixture
def examples(tmp_path):
    rows = [*(("Levertijd", text) for text in DELIVERY), *(("", text) for text in OTHER)]
    path = tmp_path / "voorbeelden.csv"
    pd.DataFrame(rows, columns=["name", "text"]).to_csv(path, index=False)
    return path


def said(*texts, role="customer"):
    return pd.DataFrame({"text": list(texts), "role": role})


def test_cues_tag_turns(cues):
    trackers = si.read_trackers(cues)
    assert trackers.names == ("concurrent_a", "te_duur")
    texts = ["Wij kopen bij Acme B.V. in Best.", "Dat is te duur.", "Dat is niet te duur.", "Bij Acme?", None]
    tagged = si.tag_turns(said(*texts), trackers=trackers)
    assert tagged["tracker_concurrent_a"].tolist()[:4] == [True, False, False, False]
    assert tagged["tracker_te_duur"].tolist()[:4] == [False, True, False, False]
    assert tagged["tracker_concurrent_a_p"].tolist()[:4] == pytest.approx([0.88, 0, 0, 0.4])
    assert pd.isna(tagged.loc[4, "tracker_concurrent_a"]) and pd.isna(tagged.loc[4, "tracker_te_duur_p"])
    other_side = si.tag_turns(said("Dat is te duur.", role="seller"), trackers=trackers)
    assert not other_side["tracker_te_duur"].any()


def test_all_other_tags_stay_as_they_are(cues, examples):
    turns = si.make_sample(n_deals=8).turns
    plain = si.tag_turns(turns)
    for path in (cues, examples):
        own = si.read_trackers(path)
        with_own = si.tag_turns(turns, trackers=own)
        pd.testing.assert_frame_equal(with_own.drop(columns=own.columns), plain)


def test_semicolons_windows_letters_and_capitals_are_read(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes("NAME;Pattern;Weight\r\nCafé;ideeën te over;0,75\r\n\r\n".encode("cp1252"))
    trackers = si.read_trackers(path)
    assert trackers.names == ("cafe",)
    tagged = si.tag_turns(said("Ideeën te over, dat wel."), trackers=trackers)
    assert tagged["tracker_cafe_p"].tolist() == [0.75]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",te duur,,,", "name", "geen naam"),
        ("!!,te duur,,,", "name", "letter"),
        ("x,,,,", "pattern", "geen patroon"),
        ("x,{bestaatniet} duur,,,", "pattern", "bestaatniet"),
        ("x,{you,,,", "pattern", "woordklasse"),
        ("x,~ duur,,,", "pattern", "gat"),
        ("x,te ~ ~~ duur,,,", "pattern", "gat"),
        ("x,te ^ duur,,,", "pattern", "^"),
        ("x,^ $,,,", "pattern", "woorden"),
        ('x,"...",,,', "pattern", "woorden"),
        ("x,duur,klant,,", "side", "customer"),
        ("x,duur,,1.5,", "weight", "getal"),
        ("x,duur,,0,", "weight", "getal"),
        ("x,duur,,,misschien", "negatable", "yes"),
        ("x,duur,,,,,,over", None, "cellen"),
    ],
)
def test_rows_that_cannot_be_used_are_set_aside_with_their_line(cues, row, column, reason):
    cues.write_text(CUES + row + "\n", "utf-8")
    trackers = si.read_trackers(cues)
    (bad,) = trackers.rejects.to_dict("records")
    assert (bad["file"], bad["line"]) == ("mijn.csv", 5)
    assert (bad["column"] == column) if column else pd.isna(bad["column"])
    assert reason in bad["reason"]
    assert len(trackers.rows) == 3


def test_reasons_are_given_in_the_language(cues):
    cues.write_text(CUES + "x,,,,\n", "utf-8")
    assert si.read_trackers(cues, "en").rejects["reason"].to_list() == ["no pattern"]


def test_a_row_that_stands_there_twice_counts_once(cues):
    cues.write_text(CUES + "Te duur,TE  DUUR,customer,0.9,yes\n", "utf-8")
    tagged = si.tag_turns(said("Dat is te duur."), trackers=si.read_trackers(cues))
    assert tagged["tracker_te_duur_p"].tolist() == [0.9]


def test_examples_teach_a_tracker(examples):
    trackers = si.read_trackers(examples)
    new = [
        "De levertijd is veel te lang.",
        "Wanneer wordt dat geleverd?",
        "Ik ga erover nadenken.",
        "Goedemiddag.",
    ]
    tagged = si.tag_turns(said(*new), trackers=trackers)
    assert tagged["tracker_levertijd"].tolist() == [True, True, False, False]
    assert tagged["tracker_levertijd_p"].between(0, 1).all()
    again = si.tag_turns(said(*new), trackers=si.read_trackers(examples))
    pd.testing.assert_frame_equal(tagged, again)


def test_a_learned_tracker_is_read_as_it_was_learned(examples, monkeypatch):
    seen = []
    fit = learning._Material.fit

    def remember(material, true, rows):
        found = fit(material, true, rows)
        seen.append((material, found))
        return found

    monkeypatch.setattr(learning._Material, "fit", remember)
    monkeypatch.setattr(learning, "platt", lambda odds, true: (1.0, 0.0))
    tagged = si.tag_turns(said(*DELIVERY, role="unknown"), trackers=si.read_trackers(examples))
    material, (weights, bias) = seen[-1]
    learned = material.odds(weights, bias)[: len(DELIVERY)]
    assert logit(tagged["tracker_levertijd_p"].to_numpy()) == pytest.approx(learned, abs=1e-3)


def test_ordinary_talk_is_seldom_taken_for_a_learned_tracker(examples):
    turns = si.make_sample(n_deals=20).turns
    tagged = si.tag_turns(turns, trackers=si.read_trackers(examples))
    found = tagged["tracker_levertijd"].eq(True)
    about = tagged["text"].str.contains("lever", case=False)
    assert found[~about].mean() < 0.03


def test_examples_may_hold_words_that_no_pack_knows(tmp_path):
    names = [
        "Wij zitten bij Zyxwand.", "Zyxwand rekent de helft.", "En wat doet Zyxwand dan beter?", "Zyxwand belt nooit terug.",
        "Ik heb Zyxwand gisteren gesproken.", "Dat kan bij Zyxwand ook.", "Onze baas zweert bij Zyxwand.", "Zyxwand zegt iets anders.",
        "Van Zyxwand ligt er een offerte.", "Vroeger kochten we alles bij Zyxwand.", "Is dat hetzelfde als bij Zyxwand?",
        "Mijn neef werkt bij Zyxwand.", "Voor Zyxwand zijn we te klein.", "Het scherm van Zyxwand is mooier.", "Zyxwand levert morgen.",
    ]  # fmt: skip
    rows = [*(("zyxwand", text) for text in names), *(("", text) for text in OTHER)]
    pd.DataFrame(rows, columns=["name", "text"]).to_csv(tmp_path / "z.csv", index=False)
    trackers = si.read_trackers(tmp_path / "z.csv")
    tagged = si.tag_turns(said("Met Zyxwand gaat dat prima.", "Met Acme gaat dat prima."), trackers=trackers)
    assert tagged["tracker_zyxwand"].tolist() == [True, False]


def test_evidence_shows_the_words(cues, examples):
    turns = said("Wij kopen bij Acme B.V. in Best.", "De levertijd is te duur.", "Goedemorgen.")
    hits = si.evidence(si.tag_turns(turns, trackers=si.read_trackers(cues)))
    own = hits[hits["label"].str.startswith("tracker_")]
    assert own[["label", "words"]].values.tolist() == [
        ["tracker_concurrent_a", "bij Acme"],
        ["tracker_concurrent_a", "Acme B.V"],
        ["tracker_te_duur", "te duur"],
    ]
    tagged = si.tag_turns(turns, trackers=si.read_trackers(examples))
    hits = si.evidence(tagged)
    own = hits[hits["label"] == "tracker_levertijd"]
    assert "levertijd" in set(own["words"])
    assert own["start_char"].between(0, 24).all() and own["weight"].between(0, 1).all()
    none = si.evidence(tagged.assign(tracker_levertijd=pd.array([False] * 3, dtype="boolean")))
    assert not none["label"].str.startswith("tracker_").any()


def test_evidence_survives_a_file(cues, tmp_path):
    tagged = si.tag_turns(said("Dat is te duur."), trackers=si.read_trackers(cues))
    tagged.to_parquet(tmp_path / "tagged.parquet")
    hits = si.evidence(pd.read_parquet(tmp_path / "tagged.parquet"))
    assert "tracker_te_duur" in set(hits["label"])


def test_trackers_read_for_one_language_serve_the_other(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name,pattern\nacme,acme\nvraag,{wh} ~ acme\n", "utf-8")
    trackers = si.read_trackers(path)
    tagged = si.tag_turns(said("We buy from Acme."), "en", trackers=trackers)
    assert tagged["tracker_acme"].tolist() == [True]
    path.write_text("name,pattern\nacme,{weet_niet} acme\n", "utf-8")
    with pytest.raises(UnknownName, match="weet_niet"):
        si.tag_turns(said("We buy from Acme."), "en", trackers=si.read_trackers(path))


def test_columns_that_are_there_already_are_not_written_over(cues):
    trackers = si.read_trackers(cues)
    with pytest.raises(NameTaken, match="tracker_te_duur"):
        si.tag_turns(said("a").assign(tracker_te_duur=1), trackers=trackers)
    tagged = si.tag_turns(said("Dat is te duur."), trackers=trackers)
    pd.testing.assert_frame_equal(si.tag_turns(tagged, trackers=trackers), tagged)


def test_two_trackers_that_make_one_column_are_refused(cues):
    cues.write_text("name,pattern\nprijs,duur\nprijs p,kost\n", "utf-8")
    with pytest.raises(NameTaken, match="tracker_prijs_p"):
        si.read_trackers(cues)


def test_files_without_use_are_refused(tmp_path):
    path = tmp_path / "x.csv"
    with pytest.raises(PathUnusable):
        si.read_trackers(path)
    for text, error in [
        ("", EmptyFile),
        ("name,word\na,b\n", TrackerColumns),
        ("name,pattern,text\na,b,c\n", TrackerColumns),
        ("pattern\na\n", TrackerColumns),
        ("name,pattern\n", NothingTracked),
        ("name,pattern\na,{nergens}\n", NothingTracked),
        ("name,text\n,iets anders\n", NothingTracked),
    ]:
        path.write_text(text, "utf-8")
        with pytest.raises(error, match=r"x\.csv"):
            si.read_trackers(path)


def test_too_few_examples_says_how_many_more(tmp_path):
    rows = [
        *(("a", f"zin {n}") for n in range(9)),
        *(("b", f"ook {n}") for n in range(15)),
        ("b", "ook 1"),
        ("c", "x"),
    ]
    pd.DataFrame(rows, columns=["name", "text"]).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(
        TooFewExamples, match=r"'a' has 9: 6 more needed; 'c' has 1: 14 more needed"
    ) as caught:
        si.read_trackers(tmp_path / "x.csv")
    assert "nog 6 nodig" in caught.value.text("nl")


def test_an_empty_table_of_turns_is_fine(cues, examples):
    for path in (cues, examples):
        tagged = si.tag_turns(said(), trackers=si.read_trackers(path))
        assert len(tagged) == 0 and "tracker_" in "".join(tagged.columns)
        assert len(si.evidence(tagged)) == 0


def test_what_a_learned_tracker_finds_has_words_behind_it(examples):
    tagged = si.tag_turns(said(*DELIVERY), trackers=si.read_trackers(examples))
    tagged = tagged.assign(turn=range(len(tagged)))
    hits = si.evidence(tagged)
    found = tagged.loc[tagged["tracker_levertijd"].eq(True), "turn"]
    assert len(found) > len(DELIVERY) / 2
    assert set(found) <= set(hits.loc[hits["label"] == "tracker_levertijd", "turn"])
