"""What customers say about needs and doubt, and sellers about their offer and its consequences, is heard."""

import polars as pl
import pytest

from salesinsight.features.turns import CUE_FAMILIES, SURE
from salesinsight.language import load_pack, match_cues

HEARD = {
    "nl": {
        ("hedge", "customer"): ["Of het past, is nog maar de vraag.", "Ik beloof niets, hoor.", "Daar twijfel ik aan."],
        ("need_explicit", "customer"): ["Onze wens is minder papier.", "Dat hadden we graag anders gezien."],
        ("need_implied", "customer"): [
            "Facturen blijven dagen liggen.",
            "Met de planning lopen we altijd achter.",
            "Daar sukkelen we al jaren mee.",
        ],
        ("pitch", "seller"): ["Wat ons onderscheidt, is de nazorg.", "Bij ons krijgt u een vast gezicht."],
        ("confront", "seller"): ["Met alle respect, dat klopt zo niet.", "Dit lost zichzelf niet op."],
    },
    "en": {
        ("hedge", "customer"): ["That remains to be seen.", "We are having doubts about it."],
        ("need_explicit", "customer"): ["Our biggest wish is less paper.", "It's a must for the night shift."],
        ("need_implied", "customer"): ["Invoices fall through the cracks.", "The planners can't keep up."],
        ("pitch", "seller"): ["What we're good at is aftercare.", "A client of ours did it in a week."],
        ("confront", "seller"): ["This won't fix itself.", "The figures say otherwise."],
    },
}  # fmt: skip
NOT_HEARD = {
    "nl": {
        ("hedge", "customer"): ["De kast staat aan de andere kant.", "Wat kost dat ongeveer?"],
        ("need_explicit", "customer"): ["Dat wil ik niet.", "Graag gedaan."],
        ("need_implied", "customer"): ["Daar hebben wij geen gedoe mee.", "De panelen lopen niet weg."],
        ("pitch", "seller"): ["Levert u dat tijd op?", "Zit de pijn vooral in de prijs?"],
        ("confront", "seller"): ["Verliest u daar klanten door?"],
    },
    "en": {
        ("hedge", "customer"): ["Half past eight is a bit early for me."],
        ("need_explicit", "customer"): ["I'd like to know what colours it comes in."],
        ("need_implied", "customer"): ["How long am I stuck with it?"],
        ("pitch", "seller"): ["What would peace of mind be worth?"],
        ("confront", "seller"): ["How do you like doing nothing on a Sunday?"],
    },
}
CASES = [
    (language, label, side, sentence, wanted)
    for wanted, packs in ((True, HEARD), (False, NOT_HEARD))
    for language, labels in packs.items()
    for (label, side), sentences in labels.items()
    for sentence in sentences
]


@pytest.mark.parametrize(("language", "label", "side", "sentence", "wanted"), CASES)
def test_what_is_said_is_counted_and_what_only_looks_like_it_is_not(language, label, side, sentence, wanted):
    hits = match_cues(
        pl.Series([sentence]), load_pack(language), roles=pl.Series([side]), families=CUE_FAMILIES
    )
    sure = hits.filter((pl.col("label") == label) & (pl.col("weight") >= SURE))
    assert (len(sure) > 0) == wanted, sure["cue"].to_list()


@pytest.mark.parametrize(("language", "label", "side", "sentence", "wanted"), [c for c in CASES if c[4]])
def test_the_other_side_does_not_count(language, label, side, sentence, wanted):
    other = {"customer": "seller", "seller": "customer"}[side]
    hits = match_cues(
        pl.Series([sentence]), load_pack(language), roles=pl.Series([other]), families=["heard"]
    )
    assert len(hits.filter(pl.col("label") == label)) == 0
