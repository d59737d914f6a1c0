"""Every public function refuses the wrong kind of thing in one sentence."""

import inspect
import pathlib

import pandas as pd
import polars as pl
import pytest

import salesinsight as si
from salesinsight.errors import BadArgument, UnknownName, WrongKind
from salesinsight.modeling.hours import check_hours
from salesinsight.schema import takes

EXPORT = si.make_sample(n_deals=2)
FRAME, PATH = pd.DataFrame({"turn": [1]}), pathlib.Path("export")
DATASET = si.Dataset(FRAME, FRAME["turn"], FRAME["turn"], FRAME, FRAME, {})
THINGS = {
    "none": None, "path": PATH, "list": [], "export": EXPORT, "table": FRAME, "number": 3.5, "dataset": DATASET,
}  # fmt: skip
#: What each argument takes: something to give, and which of the things above are as good.
GOOD = {
    **dict.fromkeys(
        ["turns", "conversations", "tagged", "frame", "first", "second", "X", "scores", "features", "notes"],
        (FRAME, ["table"]),
    ),
    **dict.fromkeys(["folder", "path", "out", "profile"], (PATH, ["path"])),
    "utterances": (FRAME, ["table", "path", "list"]),
    "y": (FRAME["turn"], []),
    "export": (EXPORT, ["export"]),
    "data": (DATASET, ["dataset"]),
    "name": ("hedge_c_rate", []),
    "n_deals": (3, []),
}
FUNCTIONS = {name: getattr(si, name) for name in si.__all__ if inspect.isfunction(getattr(si, name))}


def cases():
    for function in FUNCTIONS.values():
        for name, parameter in inspect.signature(function).parameters.items():
            good = GOOD.get(name, (None, THINGS))[1]
            for thing in THINGS:
                optional = parameter.default is None and thing == "none"
                if thing not in good and not optional and (function, name) != (si.check_table, "name"):
                    yield pytest.param(function, name, thing, id=f"{function.__name__}-{name}-{thing}")


@pytest.mark.parametrize(("function", "name", "thing"), list(cases()))
def test_the_wrong_kind_of_thing_is_refused(function, name, thing):
    parameters = inspect.signature(function).parameters.values()
    given = {p.name: GOOD[p.name][0] for p in parameters if p.default is p.empty}
    with pytest.raises(WrongKind) as refused:
        function(**given | {name: THINGS[thing]})
    assert isinstance(refused.value, BadArgument)
    said = [refused.value.text(language) for language in ("en", "nl")]
    assert all(text.startswith(f"{function.__name__}: {name} ") for text in said)
    assert " takes " in said[0] and " moet " in said[1]


def test_all_public_functions_are_asked():
    asked = {case.values[0].__name__ for case in cases()}
    assert set(FUNCTIONS) - asked == {"feature_catalog"}


def test_the_refusal_says_what_came_and_what_was_meant():
    with pytest.raises(WrongKind) as refused:
        si.tag_turns(EXPORT)
    assert refused.value.text("en") == (
        "tag_turns: turns takes a table (pandas.DataFrame); got an Export. Did you mean export.turns?"
    )
    assert refused.value.text("nl") == (
        "tag_turns: turns moet een tabel (pandas.DataFrame) zijn; er kwam een Export. Bedoelde u export.turns?"
    )
    with pytest.raises(WrongKind, match=r"got polars.DataFrame. Make a pandas table of it with .to_pandas()"):
        si.tag_notes(pl.DataFrame({"note": [""]}))
    with pytest.raises(WrongKind, match="an Export \\(read_export or make_sample\\); got 'export'"):
        si.make_dataset("export")
    with pytest.raises(WrongKind, match=r"takes a path, a list or a table \(pandas.DataFrame\); got None"):
        si.learn_taggers(None)


def test_a_checked_function_keeps_its_name_signature_and_refusals_of_python():
    @takes(turns=pd.DataFrame, notes=pd.DataFrame)
    def count(turns, notes=None):
        """Count."""
        return len(turns)

    assert (count.__name__, count.__doc__) == ("count", "Count.")
    assert list(inspect.signature(count).parameters) == ["turns", "notes"]
    assert count(FRAME, None) == count(turns=FRAME) == 1
    with pytest.raises(TypeError, match="missing"):
        count()


@pytest.mark.parametrize("thing", ["none", "export", "table", "list"])
def test_a_run_refuses_the_wrong_kind_of_thing_too(thing):
    with pytest.raises(
        WrongKind, match=r"^score: open_ takes a Dataset \(make_dataset or open_deals\); got "
    ):
        si.Run.score(None, THINGS[thing])


@pytest.mark.parametrize(
    "hours", [{"per_deal": "veel"}, {"review_hours": [1]}, {"avoidable": ("a", "b")}, {"avoidable": 0.5}]
)
def test_hours_that_are_no_numbers_are_refused(hours):
    with pytest.raises(BadArgument, match=f"^{next(iter(hours))} takes"):
        check_hours(**hours)


def test_hours_that_are_no_assumption_are_refused_with_those_that_are(tmp_path):
    with pytest.raises(UnknownName) as refused:
        si.write_report(tmp_path, export=EXPORT, hours={"review_hour": 1})
    assert "'avoidable', 'review_hours', 'per_deal'" in str(refused.value)
    assert "Did you mean 'review_hours'?" in str(refused.value)
    assert refused.value.text("nl").startswith("Onbekend: aanname 'review_hour'.")
    assert not list(tmp_path.iterdir())
