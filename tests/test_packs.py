"""The language packs: every cue row does what it says, and the languages hold the same files and keys."""

import re
import tomllib

import polars as pl
import pytest

from salesinsight.language import languages, load_pack, match_cues
from salesinsight.language.packs import CUE_COLUMNS, PACKS
from salesinsight.speech.reading import FAMILIES

LANGUAGES = languages()
FILES = sorted({path.stem for path in PACKS.glob("*/cues/*.csv")})
WORDS = sorted({path.name for path in PACKS.glob("*/words/*.toml")})


def read_toml(language: str, name: str) -> dict:
    return tomllib.loads((PACKS / language / name).read_text("utf-8"))


def keys_of(table: dict, prefix: str = "") -> set[str]:
    found = set()
    for key, value in table.items():
        found |= keys_of(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
    return found


def fields_of(text: str) -> list[str]:
    return sorted(set(re.findall(r"{(\w*)", text)))


@pytest.fixture(params=[(language, file) for language in LANGUAGES for file in FILES], ids="-".join)
def family(request):
    language, file = request.param
    pack = load_pack(language)
    return pack, pack.cues.filter(pl.col("family") == file)


def hit_by_own_cue(pack, rows: pl.DataFrame, sentences: str) -> list[bool]:
    """Whether each sentence is hit by the cue of its own row, said by the side of that row."""
    roles = rows["side"].replace("any", "unknown")
    hits = match_cues(rows[sentences], pack, roles=roles, with_words=False)
    found = set(zip(hits["row"], hits["label"], hits["cue"], strict=True))
    return [own in found for own in zip(range(len(rows)), rows["label"], rows["pattern"], strict=True)]


def test_every_cue_finds_the_sentence_it_must_match(family):
    pack, rows = family
    missed = rows.filter(~pl.Series(hit_by_own_cue(pack, rows, "matches"), dtype=pl.Boolean))
    assert missed.select("label", "pattern", "matches").rows() == []


def test_no_cue_finds_the_sentence_it_must_not_match(family):
    pack, rows = family
    wrong = rows.filter(pl.Series(hit_by_own_cue(pack, rows, "not_matches"), dtype=pl.Boolean))
    assert wrong.select("label", "pattern", "not_matches").rows() == []


def test_cue_rows_are_complete_and_well_formed(family):
    _, rows = family
    assert len(rows)
    assert rows.null_count().sum_horizontal().item() == 0
    assert set(rows["side"]) <= {"seller", "customer", "any"}
    assert set(rows["negatable"]) <= {"yes", "no"}
    assert rows["weight"].is_between(0, 1).all()
    twice = rows.filter(rows.select("label", "pattern").is_duplicated())
    assert twice.select("label", "pattern").rows() == []


def test_patterns_are_written_in_the_pattern_language(family):
    pack, rows = family
    for pattern in rows["pattern"]:
        words = pattern.split(" ")
        assert all(words), f"double space: {pattern!r}"
        assert pattern == pattern.lower(), pattern
        assert "^" not in words[1:] and "$" not in words[:-1], pattern
        assert words[0] not in ("~", "~~") and words[-1] not in ("~", "~~"), pattern
        for word in words:
            assert not re.search(r"[,.;:()]", word), pattern
            if "{" in word:
                assert word[0] == "{" and pack.word_class(word[1:-1]), pattern


@pytest.mark.parametrize("language", LANGUAGES)
def test_cues_are_spelled_as_texts_are_read(language):
    pack = load_pack(language)
    respelled = set(pack.settings["spelling"]) - set(pack.settings["spelling"].values())
    used = {word for pattern in pack.cues["pattern"] for word in pattern.split(" ")}
    assert used & respelled == set(), "these words never reach a pattern: they are respelled first"
    assert used & set(pack.word_class("noise")) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_classes_hold_single_words_in_lower_case(language):
    for name, words in load_pack(language).settings["classes"].items():
        assert words, name
        assert len(words) == len(set(words)), f"{name} has a word twice"
        assert [word for word in words if word != word.lower() or " " in word] == [], name


@pytest.mark.parametrize("file", FILES)
def test_languages_have_the_same_labels(file):
    labels = {}
    for language in LANGUAGES:
        path = PACKS / language / "cues" / f"{file}.csv"
        labels[language] = set(pl.read_csv(path, schema=CUE_COLUMNS)["label"])
    assert len(set(map(frozenset, labels.values()))) == 1, labels


def test_every_file_of_cues_is_used():
    assert set(FILES) == {*FAMILIES, "notes", "calls", "endings", "figures", "heard", "opinions"}


@pytest.mark.parametrize("file", WORDS)
def test_languages_have_the_same_words(file):
    one, *others = ({**read_toml(language, f"words/{file}")} for language in LANGUAGES)
    for other in others:
        assert keys_of(one) == keys_of(other)


@pytest.mark.parametrize("file", WORDS)
def test_translations_name_the_same_facts(file):
    tables = [read_toml(language, f"words/{file}") for language in LANGUAGES]

    def facts(table: dict, prefix: str = "") -> dict:
        found: dict = {}
        for key, value in table.items():
            nested = isinstance(value, dict)
            found |= facts(value, f"{prefix}{key}.") if nested else {prefix + key: fields_of(str(value))}
        return found

    assert all(facts(table) == facts(tables[0]) for table in tables)


def test_packs_have_the_same_settings():
    settings = {language: read_toml(language, "pack.toml") for language in LANGUAGES}
    own = ("classes", "spelling")
    keys = {
        language: keys_of({name: value for name, value in table.items() if name not in own})
        for language, table in settings.items()
    }
    assert len(set(map(frozenset, keys.values()))) == 1, keys
    for table in settings.values():
        assert {"filler", "noise", "abbreviation"} <= set(table["classes"])
        assert len(table["months"]) == 12


def test_every_pack_has_a_page_for_trainers():
    assert [language for language in LANGUAGES if not (PACKS / language / "README.md").is_file()] == []
