"""What stands in the files to the byte as it did is not read again, and all comes out as if it had been."""

import pathlib
import shutil
import tempfile
import zlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesinsight.errors import BadTable, MissingColumns
from salesinsight.features import known, stream
from salesinsight.features.kept import Kept
from salesinsight.features.known import NOTHING, Known, Walk
from salesinsight.features.turn_files import TURNS

BATCH = 8


def _measure(turns, *_):
    """Something quick to measure that changes with any turn."""
    rows = {}
    for row in turns.to_pylist():
        n, sum_ = rows.get(row["conversation_id"], (0.0, 0.0))
        rows[row["conversation_id"]] = n + 1, sum_ + (n + 1) * zlib.crc32(repr(row).encode())
    index = pd.Index(rows, name="conversation_id", dtype="str")
    return pa.Table.from_pandas(pd.DataFrame([*rows.values()], index=index, columns=["turns", "sum"]))


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(stream, "BATCH_TURNS", BATCH)
    monkeypatch.setattr(stream, "measure", _measure)
    monkeypatch.setattr(stream, "stamp_of", lambda *_: "stamp")


@pytest.fixture
def read(monkeypatch):
    """Per time that turns are read, how many, and from which file."""
    seen, pieces = [], known.pieces_of

    def watch(file, size, groups):
        for piece in pieces(file, size, groups):
            seen.append(len(piece))
            yield piece

    monkeypatch.setattr(known, "pieces_of", watch)
    return seen


def _talks(lengths, name="c", text="Goedemorgen."):
    rows = [
        {"conversation_id": f"{name}{talk:03}", "turn": n, "role": "seller", "text": f"{text} {n}"}
        for talk, length in enumerate(lengths)
        for n in range(length)
    ]
    return pd.DataFrame(rows).assign(start_s=1.0, end_s=2.0)


def _write(turns, path, group=BATCH, **options):
    path.parent.mkdir(exist_ok=True)
    turns.to_parquet(path, index=False, row_group_size=group, **options)


def _run(path, out):
    """Featurize twice: going on from what was there, and afresh; the same must come out."""
    run = stream.stream_features(path, out)
    fresh = stream.stream_features(path, out.with_name("fresh") / out.name)
    assert run.path.read_bytes() == fresh.path.read_bytes()
    assert (run.turns, run.conversations) == (fresh.turns, fresh.conversations)
    shutil.rmtree(fresh.path.parent)
    return run


@pytest.fixture
def out(tmp_path):
    return tmp_path / "features.parquet"


@pytest.fixture
def folder(tmp_path, out):
    """Three files of sixteen conversations of five turns, measured; most borders cuts a conversation."""
    for part in range(3):
        _write(_talks([5] * 16, f"{part}-"), tmp_path / "in" / f"part-{part}.parquet")
    stream.stream_features(tmp_path / "in", out)
    return tmp_path / "in"


def test_unchanged_files_are_not_read(folder, out, read):
    read.clear()
    run = stream.stream_features(folder, out)
    assert (run.turns, run.conversations, run.measured) == (240, 48, 0)
    assert sum(read) <= 2 * BATCH


@pytest.mark.parametrize("group", [3, 8, 20, 1000])
@pytest.mark.parametrize("last", [4, 5])
def test_of_a_longer_file_only_the_end_is_read(group, last, tmp_path, out, read):
    turns = _talks([5] * 30 + [last])
    _write(turns, tmp_path / "turns.parquet", group)
    _run(tmp_path / "turns.parquet", out)
    longer = pd.concat([turns, _talks([3, 4], "new")])
    _write(longer, tmp_path / "turns.parquet", group)
    read.clear()
    assert stream.stream_features(tmp_path / "turns.parquet", out).measured == 2
    assert sum(read) < (8 * max(group, BATCH) if group < 100 else 170)
    assert _run(tmp_path / "turns.parquet", out).measured == 0


def test_conversation_that_goes_on_in_a_new_file_is_measured_again(folder, out):
    _write(_talks([5] * 16, "2-").tail(3).assign(text="Nog iets."), folder / "part-3.parquet")
    assert _run(folder, out).measured == 1


def test_conversation_that_begins_in_a_new_file_is_measured_again(folder, out):
    _write(_talks([4], "0-", "Vooraf."), folder / "a-part.parquet")
    assert _run(folder, out).measured == 1


def test_conversation_that_no_longer_goes_on_is_measured_again(tmp_path, out):
    turns = _talks([5] * 9)
    for part, cut in enumerate([slice(0, 13), slice(13, 32), slice(32, None)]):
        _write(turns[cut], tmp_path / "in" / f"{part}.parquet")
    _run(tmp_path / "in", out)
    (tmp_path / "in" / "1.parquet").unlink()
    assert _run(tmp_path / "in", out).measured == 2


def test_files_may_change_names_and_places(folder, out, read):
    for old, new in {"0": "z", "1": "b", "2": "a"}.items():
        (folder / f"part-{old}.parquet").rename(folder / f"{new}.parquet")
    read.clear()
    assert stream.stream_features(folder, out).measured == 0
    assert sum(read) <= 6 * BATCH
    assert _run(folder, out).measured == 0
    shutil.copy(folder / "a.parquet", folder.parent / "one.parquet")
    assert _run(folder.parent / "one.parquet", out).conversations == 16


@pytest.mark.parametrize("copy", ["a-copy", "z-copy"])
def test_same_conversations_twice_are_refused_as_when_they_are_read(copy, folder, out):
    before = out.read_bytes()
    shutil.copy(folder / "part-1.parquet", folder / f"{copy}.parquet")
    told = []
    for place in (out, out.with_name("fresh.parquet")):
        with pytest.raises(BadTable) as refusal:
            stream.stream_features(folder, place)
        told.append(refusal.value.bad.iloc[0].to_dict())
    assert told[0] == told[1] and told[0]["value"] == "1-000" and out.read_bytes() == before


@pytest.mark.parametrize("name", ["a", "z"])
def test_new_conversation_with_a_name_that_is_known_is_refused(name, folder, out):
    _write(_talks([5] * 9, "new").replace("new007", "1-007"), folder / f"{name}.parquet")
    told = []
    for place in (out, out.with_name("fresh.parquet")):
        with pytest.raises(BadTable) as refusal:
            stream.stream_features(folder, place)
        told.append(refusal.value.bad.iloc[0].to_dict())
    assert told[0] == told[1] and told[0]["value"] == "1-007"


def test_one_changed_value_is_read_in_its_block_alone(folder, out, read):
    turns = _talks([5] * 16, "1-")
    turns.loc[40, "end_s"] = np.nan
    _write(turns, folder / "part-1.parquet")
    read.clear()
    assert stream.stream_features(folder, out).measured == 1
    assert sum(read) <= 6 * BATCH
    assert _run(folder, out).measured == 0


def test_other_columns_and_the_order_of_columns_say_nothing(folder, out, read):
    turns = _talks([5] * 16, "1-")
    _write(turns[turns.columns[::-1]].assign(mood="grey"), folder / "part-1.parquet")
    read.clear()
    assert stream.stream_features(folder, out).measured == 0
    assert sum(read) <= 2 * BATCH


@pytest.mark.parametrize(
    "options",
    [{"compression": "gzip"}, {"compression": None}, {"use_dictionary": False}, {"data_page_version": "2.0"}],
)
def test_same_turns_in_other_bytes_are_read_not_measured(options, folder, out, read):
    for part in range(3):
        _write(_talks([5] * 16, f"{part}-"), folder / f"part-{part}.parquet", **options)
    read.clear()
    assert stream.stream_features(folder, out).measured == 0
    assert sum(read) == 240
    assert _run(folder, out).measured == 0


def _prints(table, path):
    pq.write_table(table, path)
    walk = Walk([path], NOTHING, BATCH)
    list(walk)
    return [block.fingerprint for block in walk.blocks]


@pytest.mark.parametrize("name", TURNS.names)
def test_fingerprint_is_of_every_column_and_of_its_type(name, tmp_path):
    place = TURNS.get_field_index(name)
    values = ["c"] if TURNS.field(name).type == pa.large_string() else [7]
    rows = {field.name: ["c"] if field.type == pa.large_string() else [7] for field in TURNS}
    table = pa.table({field.name: pa.array(rows[field.name], field.type) for field in TURNS})
    tables = [table, table.set_column(place, name, pa.array([values[0] * 2], TURNS.field(name).type))]
    if values == [7]:  # the same bytes, that may say something else
        other = (pa.array(values, kind) for kind in (pa.int64(), pa.uint64()))
        tables += [table.set_column(place, name, numbers) for numbers in other]
    if name not in ("conversation_id", "role", "text", "turn"):
        tables.append(table.remove_column(place))
    prints = [_prints(each, tmp_path / f"{number}.parquet") for number, each in enumerate(tables)]
    assert len({one for (one,) in prints}) == len(tables) - (name == "turn")


def test_column_that_is_gone_is_refused_also_in_an_empty_file(folder, out):
    empty = _talks([5]).iloc[:0]
    _write(empty, folder / "part-9.parquet")
    assert _run(folder, out).measured == 0
    _write(empty.drop(columns="text"), folder / "part-9.parquet")
    with pytest.raises(MissingColumns, match="text"):
        stream.stream_features(folder, out)
    _write(_talks([5] * 16, "1-").drop(columns="text"), folder / "part-1.parquet")
    with pytest.raises(MissingColumns, match="text"):
        stream.stream_features(folder, out)


def test_file_of_no_row_groups_is_looked_at(folder, out):
    pq.ParquetWriter(folder / "part-9.parquet", TURNS).close()
    assert pq.read_metadata(folder / "part-9.parquet").num_row_groups == 0
    assert _run(folder, out).measured == 0
    pq.ParquetWriter(folder / "part-9.parquet", TURNS.remove(TURNS.get_field_index("text"))).close()
    with pytest.raises(MissingColumns, match="text"):
        stream.stream_features(folder, out)


@pytest.mark.parametrize("how", ["cut", "turned", "empty", "gone", "older"])
def test_what_is_known_is_made_again_when_damaged(how, folder, out):
    file = next(out.with_name(".features.parquet.state").glob("*.npz"))
    whole = bytearray(file.read_bytes())
    if how == "turned":
        whole[len(whole) // 2] ^= 1
    if how in ("cut", "turned", "empty"):
        file.write_bytes(whole[: {"cut": 1000, "empty": 0}.get(how)])
    else:
        file.unlink()
    if how == "older":
        np.save(file.with_suffix(".npy"), np.zeros((48, 2), dtype="<u8"))
    assert _run(folder, out).measured == 48
    assert [path.suffix for path in file.parent.iterdir() if path.name != "lock"] == [".npz"]


def test_run_that_broke_off_leaves_what_was_known(folder, out, monkeypatch, read):
    _write(_talks([5] * 16, "3-"), folder / "part-3.parquet")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Kept, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        stream.stream_features(folder, out)
    read.clear()
    assert stream.stream_features(folder, out).measured == 0
    assert sum(read) <= 80 + 2 * BATCH
    assert _run(folder, out).measured == 0


def test_nothing_is_known_to_another_stamp(folder, out, monkeypatch, read):
    monkeypatch.setattr(stream, "stamp_of", lambda *_: "another")
    read.clear()
    assert stream.stream_features(folder, out).measured == 48 and sum(read) == 240


def test_no_words_are_kept(folder, out):
    kept = b"".join(file.read_bytes() for file in out.with_name(".features.parquet.state").iterdir())
    assert len(kept) > 2000 and b"Goedemorgen" not in kept and b"1-007" not in kept


def test_what_is_known_is_read_as_it_was_written(folder, out, tmp_path):
    (file,) = out.with_name(".features.parquet.state").glob("*.npz")
    there = Known.read(file)
    (tmp_path / "again").write_bytes(there.to_bytes())
    again = Known.read(tmp_path / "again")
    assert all((getattr(again, name) == getattr(there, name)).all() for name in vars(there))
    assert there.begins[-1] == there.block_begins[-1] == 240 and len(there.prints) == 30


def test_progress_counts_what_is_not_read(folder, out):
    done = []
    stream.stream_features(folder, out, progress=lambda n, of: done.append((n, of)))
    assert done[-1] == (240, 240) and done == sorted(done)


EDIT = st.one_of(
    st.tuples(st.just("append"), st.integers(1, 30)),
    st.tuples(st.just("insert"), st.integers(0, 40)),
    st.tuples(st.just("change"), st.integers(0, 400)),
    st.tuples(st.just("remove"), st.integers(0, 40)),
    st.tuples(st.just("move"), st.integers(0, 40)),
    st.tuples(st.just("longer"), st.integers(0, 40)),
    st.tuples(st.just("group"), st.integers(1, 40)),
    st.tuples(st.just("files"), st.integers(1, 5)),
    st.tuples(st.just("turn files round"), st.just(0)),
)


class Archive:
    """Conversations as [name, texts], and how they lie in files."""

    def __init__(self):
        self.talks, self.made, self.group, self.files, self.round = [], 0, 5, 1, False
        self.edit("append", 12)

    def edit(self, what, n):
        place = n % max(len(self.talks), 1)
        if what == "append":
            self.talks += [self.new() for _ in range(n)]
        elif what == "insert":
            self.talks.insert(place, self.new())
        elif what == "group":
            self.group = n
        elif what == "files":
            self.files = n
        elif what == "turn files round":
            self.round = not self.round
        elif not self.talks:
            return
        elif what == "change":
            texts = self.talks[place][1]
            texts[n % len(texts)] += "!"
        elif what == "remove":
            del self.talks[place]
        elif what == "move":
            self.talks.append(self.talks.pop(place))
        else:
            self.talks[place][1].append("Nog iets?")

    def new(self):
        self.made += 1
        return [f"c{self.made}", [f"Turn {n}." for n in range(1 + self.made * 7 % 11)]]

    def write(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        rows = [(name, n, text) for name, texts in self.talks for n, text in enumerate(texts)]
        turns = pd.DataFrame(rows, columns=["conversation_id", "turn", "text"]).astype({"turn": "int64"})
        turns = turns.assign(role="customer", start_s=1.0, end_s=2.0)
        parts = np.array_split(np.arange(len(turns)), self.files)
        if self.round:  # whole conversations, or they wouldn't stand together
            names = np.array_split(pd.unique(turns["conversation_id"]), self.files)[::-1]
            parts = [np.flatnonzero(turns["conversation_id"].isin(part)) for part in names]
        for number, part in enumerate(parts):
            _write(
                turns.iloc[part].astype({"conversation_id": "str", "text": "str"}),
                folder / f"{number}.parquet",
                self.group,
            )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.lists(EDIT, min_size=1, max_size=3), max_size=4))
def test_whatever_was_done_to_the_files_it_comes_out_as_afresh(edits):
    archive = Archive()
    with tempfile.TemporaryDirectory() as place:
        turns, out = pathlib.Path(place, "in"), pathlib.Path(place, "features.parquet")
        for some in [[], *edits]:
            for edit in some:
                archive.edit(*edit)
            archive.write(turns)
            _run(turns, out)
            names = [name for name, _ in archive.talks]
            made = pd.read_parquet(out)["turns"]
            assert made.reindex(names).tolist() == [len(texts) for _, texts in archive.talks]
            assert len(made) == len(names)
