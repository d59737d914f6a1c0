"""The report as a whole: in every mode, in both languages, with pieces missing."""

import dataclasses
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from matplotlib.text import Text

from salesinsight import charts
from salesinsight.errors import UnknownName
from salesinsight.language import words
from salesinsight.report import write_report
from salesinsight.schema import empty_table

MODES = [None, "beschrijvend", "voorlopig", "volledig"]


class Reader(HTMLParser):
    """The words on the page, without pictures and styles, and the tags that were not closed."""

    def __init__(self):
        super().__init__()
        self.words, self.open, self.hidden = [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag not in ("br", "meta", "path", "use", "image"):
            self.open.append(tag)
        self.hidden += tag in ("svg", "style")

    def handle_startendtag(self, tag, attrs):
        """A tag that closes itself."""

    def handle_endtag(self, tag):
        if tag in ("path", "use", "image"):
            return
        assert self.open.pop() == tag, tag
        self.hidden -= tag in ("svg", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def read(path) -> str:
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    assert reader.open == []
    return " ".join(" ".join(reader.words).split())


@pytest.fixture(scope="session")
def written(tables, make, tmp_path_factory):
    """Write each report once, for all tests that only read it; charts in Dutch only, for drawing takes long."""
    done = {}

    def write(mode: str | None, language: str = "nl"):
        if (mode, language) not in done:
            given = {"run": None, "scores": None}
            if mode is not None:
                given = {"run": make.run(mode), "scores": make.scores(tables["open_"], mode)}
            folder = tmp_path_factory.mktemp(f"{mode}-{language}")
            with pytest.MonkeyPatch.context() as patch:
                if language != "nl":
                    patch.setattr("salesinsight.report.build.draw_charts", lambda *given: {})
                done[mode, language] = write_report(folder, **tables, **given, language=language)
        return done[mode, language]

    return write


@pytest.fixture
def no_charts(monkeypatch):
    """For tests about words."""
    monkeypatch.setattr("salesinsight.report.build.draw_charts", lambda *given: {})


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_gives_a_whole_report(mode, language, written):
    path = written(mode, language)
    html, text = path.read_text("utf-8"), read(path)
    assert path.name == "report.html"
    assert f'lang="{language}"' in html
    assert {"nl": "3 maart 2026", "en": "3 March 2026"}[language] in text
    assert "D-0" in text and "€" in text
    assert not re.search(r"\bnan\b|<NA>|NaT|None|\{\w*\}", text)
    if language == "nl":
        for kind in ("png", "svg", "csv"):
            assert (path.parent / "charts" / f"worklist.{kind}").stat().st_size > 100
    assert not list(path.parent.rglob("*.part"))


@pytest.mark.parametrize("mode", MODES)
def test_the_page_needs_nothing_else(mode, written):
    html = written(mode).read_text("utf-8")
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!#)|url\((?!#)|@import', html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("mode", MODES)
def test_the_watermark_stands_on_every_page(mode, written):
    html = written(mode).read_text("utf-8")
    sections = html.split('<section class="page">')[1:]
    # with chances there is a page more: what they are worth
    assert len(sections) == (6 if mode in ("voorlopig", "volledig") else 5)
    assert all("<b>voorbeelddata</b>" in section for section in sections)
    assert '<div class="watermark" aria-hidden="true">voorbeelddata</div>' in html


def test_without_a_watermark_nothing_says_so(given, tables, tmp_path):
    bare = {name: dataclasses.replace(tables[name], watermark=None) for name in ("export", "data", "open_")}
    assert "voorbeelddata" not in write_report(tmp_path, **given("volledig", **bare)).read_text("utf-8")


@pytest.mark.parametrize("mode", [None, "beschrijvend"])
def test_without_a_model_there_is_no_chance_anywhere(mode, written):
    path = written(mode)
    text = read(path)
    assert not re.search(r"zulke deals lopen|naar verwachting|band '|%", text)
    assert "Hier wacht u het langst op de klant" in text
    assert not (path.parent / "charts" / "outlook.png").exists()
    assert (path.parent / "charts" / "ages.png").exists()
    for file in ("worklist.csv", "open_deals.csv"):
        assert "p_stalled" not in (path.parent / file).read_text("utf-8-sig")


def test_provisional_gives_bands_and_no_counts_per_deal(written):
    path = written("voorlopig")
    html, text = path.read_text("utf-8"), read(path)
    assert "van 10 zulke deals" not in text
    assert re.search(r'class="band (laag|midden|hoog)"', html)
    assert html.count("<b>voorlopig</b>") == 6
    assert "p_stalled" not in (path.parent / "open_deals.csv").read_text("utf-8-sig")
    assert all("Voorlopig" in label for label in re.findall(r'aria-label="([^"]+)"', html))


def test_full_gives_counts_out_of_ten_with_their_range(written):
    path = written("volledig")
    text = read(path).replace("\xa0", " ")
    assert re.search(r"van 10 zulke deals lopen er naar verwachting \d+ vast \(\d+ tot \d+\)", text)
    assert re.search(r"op weg naar misschien \(marge: \d+ tot \d+\)", text)
    assert "p_stalled" in (path.parent / "open_deals.csv").read_text("utf-8-sig")
    front = text.split("Goede gesprekken zonder afspraak")[0]
    assert not re.search(r"\d,\d|\d%", front.replace("95%", ""))


def test_small_bands_get_no_rate(written):
    text = read(written("volledig"))
    assert "in band 'laag' 1 van de 10" in text.replace("\xa0", " ")
    assert "in band 'hoog' te weinig gegevens" in text


@pytest.mark.parametrize("mode", MODES)
def test_no_seller_is_named(mode, written):
    path = written(mode)
    for file in [*path.parent.rglob("*.html"), *path.parent.rglob("*.csv"), *path.parent.rglob("*.svg")]:
        assert "Wilma" not in file.read_text("utf-8-sig"), file.name


def test_quotes_say_who_and_when_and_come_with_a_question(written):
    path = written("volledig")
    text = read(path)
    assert "Dat moet ik eerst aan mijn baas voorleggen" in text
    assert re.search(r"klant, \d+ \w+ 202\d, minuut 4 \(C-\d+\)", text)
    assert words("nl")("moves.decision_maker.title") in text
    assert "Van 14 deals waarin dit ook speelde, liepen er 9 vast (marge: 7 tot 11)." in text
    assert "(artikel 004: Oplossers en billen)" in text
    listed = pd.read_csv(path.parent / "worklist.csv", sep=";")
    assert len(listed) == 10
    assert listed["watermark"].eq("voorbeelddata").all()


def test_counts_of_comparable_deals_are_only_for_a_model_that_has_seen_enough(written):
    assert "waarin dit ook speelde" not in read(written("voorlopig")).split("Volgorde:")[0]


def test_good_talks_are_named_with_what_shows_it(written, tables):
    text = read(written(None))
    good = tables["features"]["good_talk"].fillna(False).sum()
    assert good > 0
    assert words("nl")("report.week.note_says") in text


def test_words_and_names_of_sellers_are_shown_only_when_asked_for(tables, tmp_path, no_charts):
    given = {**tables, "run": None, "scores": None}
    turns = tables["tagged"].copy()
    said = "Ja, Wilma, ik kom er nog op terug, zei ik al tegen Wilma Worst."
    turns.loc[turns["text"].str.contains("ik kom er nog op terug"), "text"] = said
    quiet = read(write_report(tmp_path / "quiet", **{**given, "tagged": turns}))
    loud = read(write_report(tmp_path / "loud", **{**given, "tagged": turns}, seller_words=True))
    spoken_by_seller = "Zullen we een afspraak maken voor dinsdag om tien uur?"
    for shown in ("Goed gesprek gehad, sfeer was prima.", "Wilma", spoken_by_seller):
        assert shown in loud
        assert shown not in quiet
    assert "Ja, [verkoper], ik kom er nog op terug" in quiet
    assert words("nl")("report.limits.discreet") in quiet
    assert words("nl")("report.limits.discreet") not in loud


def test_names_come_back_where_the_key_gives_them_and_those_of_sellers_do_not(tables, tmp_path, no_charts):
    turns = tables["tagged"].copy()
    coded = "[PERSOON-AAAAAAAA] moet dat voorleggen, [PERSOON-BBBBBBBB], ik kom er nog op terug."
    turns.loc[turns["text"].str.contains("ik kom er nog op terug"), "text"] = coded
    given = {**tables, "run": None, "scores": None, "tagged": turns}
    names = {"PERSOON-AAAAAAAA": "Jan <de> Vries", "PERSOON-BBBBBBBB": "Wilma"}
    assert "[PERSOON-AAAAAAAA] moet" in read(write_report(tmp_path / "without", **given))
    with_key = read(write_report(tmp_path / "with", **given, names=names))
    assert "Jan <de> Vries moet dat voorleggen, [verkoper], ik kom er nog op terug." in with_key


FIRM, CODE = "Proefhuis", "ORGANISATIE-CCCCCCCC"


def with_names(tables, make, firm, deal):
    """The arguments of `write_report` for deals that all have these names."""
    export = tables["export"]
    named = {"name": pd.array([deal] * len(export.deals), dtype="string")}
    named["account_name"] = pd.array([firm] * len(export.deals), dtype="string")
    export = dataclasses.replace(export, deals=export.deals.assign(**named))
    open_ = dataclasses.replace(
        tables["open_"], info=tables["open_"].info.assign(name=deal, account_name=firm)
    )
    scores = make.scores(open_, "volledig").assign(name=deal, account_name=firm)
    return {**tables, "export": export, "open_": open_, "run": make.run("volledig"), "scores": scores}


@pytest.fixture
def drawn(monkeypatch):
    """All words in the pictures: in a PNG nothing can be replaced afterwards."""
    said, save = [], charts.save_chart

    def keep(ax, *given):
        said.extend(text.get_text() for text in ax.get_figure().findobj(Text))
        return save(ax, *given)

    monkeypatch.setattr(charts, "save_chart", keep)
    return said


def everything(folder):
    """All text in the files of a report."""
    files = [path for path in folder.rglob("*") if path.suffix in (".html", ".csv", ".svg")]
    assert len(files) > 10
    return " ".join(path.read_text("utf-8-sig") for path in files)


def test_deals_go_by_their_names_with_the_number_beside_it(tables, make, tmp_path, drawn):
    path = write_report(tmp_path, **with_names(tables, make, FIRM, "Dak & goot"))
    text = read(path)
    assert text.count("Proefhuis · Dak & goot D-0") >= 10
    for file in ("worklist.csv", "open_deals.csv", "charts/worklist.csv"):
        assert pd.read_csv(tmp_path / file, sep=";").iloc[:, 1].str.contains("Dak & goot").all(), file
    assert len({label for label in drawn if label.startswith("Proefhuis · Dak & goot\nD-0")}) == 10


def test_without_the_key_no_file_and_no_picture_names_a_customer(tables, make, tmp_path, drawn):
    given = with_names(tables, make, f"[{CODE}]", f"Dak [{CODE}]")
    text = read(write_report(tmp_path / "without", **given))
    assert f"Dak [{CODE}] D-0" in text
    assert FIRM not in everything(tmp_path / "without")
    assert not any(FIRM in label for label in drawn)
    text = read(write_report(tmp_path / "with", **given, names={CODE: FIRM}))
    assert "Dak Proefhuis D-0" in text
    assert CODE not in everything(tmp_path / "with")
    assert len({label for label in drawn if label.startswith("Dak Proefhuis\nD-0")}) == 10


def test_a_seller_in_the_name_of_a_deal_is_not_named(tables, make, tmp_path, drawn):
    given = with_names(tables, make, "Worst BV", "Dak Worst BV, via Wilma")
    text = read(write_report(tmp_path / "quiet", **given))
    assert "Dak Worst BV, via [verkoper] D-0" in text
    assert "Wilma" not in everything(tmp_path / "quiet") and not any("Wilma" in label for label in drawn)
    # with the key a code of the seller is no way round
    coded = with_names(tables, make, "Worst BV", "Dak, via [PERSOON-BBBBBBBB]")
    names = {"PERSOON-BBBBBBBB": "Wilma Worst"}
    assert "Dak, via [verkoper] D-0" in read(write_report(tmp_path / "key", **coded, names=names))


def test_a_long_name_is_cut_on_the_page_and_whole_in_the_list_of_open_deals(
    tables, make, tmp_path, no_charts
):
    long = "Onderhoud " * 30
    text = read(write_report(tmp_path, **with_names(tables, make, FIRM, long.strip())))
    assert "…" in text and long[:100] not in text
    assert long.strip() in (tmp_path / "open_deals.csv").read_text("utf-8-sig")


def test_without_names_the_lists_have_no_column_for_them(written):
    path = written("volledig")
    assert "Naam" not in (path.parent / "worklist.csv").read_text("utf-8-sig")
    assert "name" not in (path.parent / "open_deals.csv").read_text("utf-8-sig").splitlines()[0]


def test_the_counts_are_those_of_the_tables(written, tables):
    text = read(written(None))
    requests = tables["tagged"]["request_kind"].notna().sum()
    assert f"afspraak {requests} " in text
    vague = (tables["tagged"]["answer"] == "vague").sum()
    assert re.search(rf"afspraak {requests} \d+ {vague} ", text)
    assert "31-02-2026" not in text
    assert "geen datum" in text
    assert "entered_at is onbekend" in text


@pytest.mark.parametrize(
    ("gain", "sentence"),
    [
        ((0.02, 0.01, 0.03), "Gesprekskenmerken voegen aantoonbaar iets toe aan de CRM-gegevens."),
        ((0.02, -0.01, 0.05), "Gesprekskenmerken voegen niet aantoonbaar iets toe aan de CRM-gegevens."),
        ((-0.02, -0.03, -0.01), "werd de voorspelling slechter"),
    ],
)
def test_what_conversations_add_is_said_in_words(gain, sentence, given, make, no_charts, tmp_path):
    text = read(write_report(tmp_path, **given("volledig", run=make.run("volledig", gain))))
    assert sentence in text
    assert "niet aantoonbaar beter dan alleen kijken naar de fase" in text
    assert "De periode is te kort om in de tijd te testen" in text


def test_the_definition_names_the_horizon_and_the_limits_are_there(written):
    text = read(written("voorlopig"))
    assert "binnen 60 dagen geen ja komt" in text
    assert "Samenhang is geen oorzaak" in text
    assert "het venster is nog niet voorbij" in text
    assert "verzonnen deals en gesprekken" in text


MISSING = {
    "transcripts": {"tagged": None, "hits": None, "features": None},
    "notes": {"notes": None},
    "hits": {"hits": None},
    "data": {"data": None},
    "everything": dict.fromkeys(("tagged", "hits", "features", "notes", "data", "open_")),
}


@pytest.mark.parametrize("what", MISSING)
def test_missing_pieces_do_not_stop_it(what, given, tmp_path, request):
    if what in ("notes", "hits"):
        request.getfixturevalue("no_charts")
    text = read(write_report(tmp_path, **given(None, **MISSING[what])))
    assert "Verantwoording" in text
    if what == "transcripts":
        assert "dat betekent niet dat het niet is gezegd" in text
    if what == "everything":
        assert "geen open deals" in text


def test_an_export_without_turns_or_amounts(make, no_charts, tmp_path):
    export = make.export(20)
    deals = export.deals.assign(amount=float("nan"), currency=pd.NA, lead_source=pd.NA)
    bare = dataclasses.replace(
        export, turns=empty_table("turns"), deals=deals, rejects=empty_table("rejects")
    )
    bare.conversations["note"] = pd.array([pd.NA] * len(bare.conversations), dtype="string")
    text = read(write_report(tmp_path, **make.prepare(bare)))
    assert "geen transcripts" in text
    assert "€" not in text
    assert "Alle regels waren bruikbaar" in text


@pytest.mark.parametrize("mode", ["beschrijvend", "volledig"])
def test_an_export_without_open_deals(mode, given, make, tables, tmp_path):
    none = dataclasses.replace(
        tables["open_"],
        **{name: getattr(tables["open_"], name).iloc[:0] for name in ("X", "info", "groups", "weight")},
    )
    text = read(write_report(tmp_path, **given(mode, open_=none, scores=make.scores(none, mode))))
    assert "In deze export staan geen open deals." in text


def test_words_spoken_can_not_break_the_page(make, no_charts, tmp_path):
    export = make.export(20)
    nasty = '<script>alert("x")</script> Dat moet ik eerst aan mijn baas voorleggen & "dan" zien we wel.'
    export.turns.loc[export.turns["turn"] == 3, "text"] = nasty
    html = write_report(tmp_path, **make.prepare(export)).read_text("utf-8")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_the_same_input_gives_the_same_bytes(given, written, tmp_path):
    assert write_report(tmp_path, **given("volledig")).read_bytes() == written("volledig").read_bytes()


def test_nothing_that_was_given_is_changed(given, no_charts, tmp_path):
    before = given("volledig")
    kept = {name: before[name].copy(deep=True) for name in ("tagged", "hits", "features", "notes", "scores")}
    write_report(tmp_path, **before)
    for name, frame in kept.items():
        pd.testing.assert_frame_equal(before[name], frame)


def test_an_unknown_language_is_refused(given, tmp_path):
    with pytest.raises(UnknownName):
        write_report(tmp_path, **given(None), language="fr")


@pytest.mark.parametrize("file", ["charts", "report"])
def test_both_languages_say_the_same_things(file):
    dutch, english = (words(language).section(file) for language in ("nl", "en"))
    assert dutch.keys() == english.keys()
    facts = {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in dutch.items()}
    assert {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in english.items()} == facts
