"""How often an accepted link is right, on invented offices with known truth; and how fast.

The weights were set on the offices of ``conftest.py``. Those of ``benchmarks/linking_offices.py`` have other
habits. Measured once and held out, 0.957 of what was linked there was right, and 0.384 of what could be was
linked; then rules and thresholds were changed with them at hand, to 0.989 and 0.338 in six further offices, so
those figures are no longer held out. `python benchmarks/linking.py` measures them again.
"""

import importlib
import time
from pathlib import Path

import polars as pl
import pytest

from salesinsight.exports.findings import Findings
from salesinsight.exports.linking import link_transcripts, recordings_of
from salesinsight.exports.profile import load_profile
from tests.exports.linking.conftest import turns_from


def link(office):
    tables = office.tables | {"turns": turns_from(office.frame)}
    recordings = recordings_of(office.frame)
    started = time.perf_counter()
    done, links = link_transcripts(tables, recordings, None, load_profile("sample"), Findings())
    seconds = time.perf_counter() - started
    truth = pl.col("file").replace_strict(office.truth, default=None)
    made = pl.col("conversation_id") == pl.col("file").str.replace(r"\.\w+$", "")
    return done, links.with_columns(truth=truth, made=made.fill_null(False)), seconds


def test_accepted_links_are_right_and_most_recordings_are_linked(offices):
    results = [link(office) for office in offices]
    links = pl.concat([found for _, found, _ in results])
    linked = links.filter(pl.col("conversation_id").is_not_null() & ~pl.col("made"))
    right = linked.filter(pl.col("conversation_id") == pl.col("truth")).height
    assert right / linked.height >= 0.99
    assert right / links["truth"].count() >= 0.72
    # the fastest of three: other work on the machine is not what is measured
    assert min(seconds for _, _, seconds in results) < 2


def test_what_is_not_linked_is_asked_and_its_words_are_set_aside(offices):
    done, links, _ = link(offices[0])
    asked = links.filter(pl.col("conversation_id").is_null())
    assert asked.height and asked["question"].null_count() == 0
    assert set(asked["file"]).isdisjoint(done["turns"]["_path"])


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).resolve().parents[3] / "benchmarks"))
        yield importlib.import_module("linking")


def test_in_offices_with_other_habits_what_is_linked_is_right_too_and_soon_done(bench):
    rows, took = zip(*(bench.score(bench.make_office(seed)) for seed in (20, 21)), strict=True)
    right, wrong, twins = (
        sum(int(part[name].sum()) for part in rows) for name in ("right", "wrong", "asked")
    )
    assert right / (right + wrong) >= 0.97
    assert right >= 200 and twins
    # 600 recordings of 60 turns, 3,000 conversations and 900 deals; the faster of two
    assert min(took) < 2


def test_what_sellers_say_among_themselves_is_of_no_customer(bench):
    rows, _ = bench.score(bench.make_office(22))
    own = rows[rows["case"] == "among sellers"]
    assert len(own) >= 10 and not own[["right", "wrong", "of its own"]].to_numpy().any()
