"""links.csv as a spreadsheet opens it: nothing in it becomes a formula, a date or a rounded number."""

import csv
import re

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.errors import IdsRounded
from salesinsight.exports.linking.sheet import write_links
from salesinsight.exports.readers.links import COLUMNS, read_links

IDS = ["63400017641", "180000284081", "007", "2026-03-02 10.00", "12E5", "k-1001", "4711", "'s-1"]
FILES = ["+31612345678 2026.vtt", "=1+1.vtt", "-x.vtt", "@a.vtt", "\tb.vtt", "c.vtt", "3-4", "'t Hoekje.vtt"]


@pytest.fixture
def sheet(tmp_path):
    rows = {name: [None] * len(IDS) for name in COLUMNS}
    rows |= {"kind": ["transcript"] * len(IDS), "file": FILES, "conversation_id": IDS, "deal_id": IDS}
    rows |= {"sellers": FILES, "account_id": ["=cmd()"] * len(IDS), "sure": [0.969] * len(IDS)}
    return write_links(pd.DataFrame(rows), tmp_path / "links.csv")


def test_no_cell_is_a_formula_a_date_or_a_long_number(sheet):
    raw = sheet.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == list(COLUMNS) and all(len(row) == len(COLUMNS) for row in rows)
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell)]
    plain = [cell for cell in cells if re.fullmatch(r"[\d.,eE+:/ -]+", cell)]
    assert set(plain) == {"4711", "0,969"}


def test_what_was_written_is_read_back_as_it_was(sheet):
    found = read_links(sheet.parent)
    assert found["file"].to_list() == [*FILES[:4], found["file"][4], *FILES[5:]]
    assert found["file"][4].strip() == "b.vtt"
    assert found["conversation_id"].to_list() == IDS and found["deal_id"].to_list() == IDS
    assert found["sure"].to_list() == [0.969] * len(IDS)


@pytest.mark.parametrize("spoilt", ["6,34E+10", "1.8E+10", "2E+11"])
def test_a_rounded_id_is_refused_with_what_to_do(tmp_path, spoilt):
    path = tmp_path / "links.csv"
    path.write_text(f"file;conversation_id\na.vtt;{spoilt}\n", "utf-8")
    with pytest.raises(IdsRounded) as refused:
        read_links(tmp_path)
    assert "apostrof" in refused.value.text("nl") and "apostrophe" in refused.value.text("en")


def test_the_same_transcript_in_dated_exports_counts_once_and_keeps_its_answer(tmp_path):
    deals = "Record ID,Deal Stage,Create Date,Deal Name\n1800001,Open,2026-01-05 09:00,Zon\n"
    said = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Eva Prins>Dag Jan, met Eva.</v>\n"

    def add(day):
        (tmp_path / day).mkdir()
        (tmp_path / day / "deals.csv").write_text(deals, "utf-8")
        for name in ("opname 1.vtt", "Jan-20260115_100000.vtt"):
            (tmp_path / day / name).write_text(said.replace("Dag", name), "utf-8")

    add("2026-02-01")
    first = si.read_export(tmp_path, profile="hubspot", language="nl")
    # the date of the export is not that of the talk
    assert first.conversations["started_at"].dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2026-01-15 09:00"]
    write_links(first.links.assign(deal_id="1800001"), tmp_path / "links.csv")
    add("2026-03-01")
    again = si.read_export(tmp_path, profile="hubspot", language="nl")
    assert again.links["file"].tolist() == first.links["file"].tolist()
    assert again.links["deal_id"].tolist()[0] == "1800001"
    assert len(again.conversations) == 1 and len(again.turns) == len(first.turns) == 2
