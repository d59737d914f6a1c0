"""A ticked sheet in the folder of an export is read with it, kept by an import, and forgotten with its deal."""

import dataclasses

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.deals import label_report
from salesinsight.exports import check_export, read_export
from salesinsight.exports.processed import Processed, nothing_forgotten, refuse_other_files, write_processed
from salesinsight.privacy import Vault
from salesinsight.report import write_label_report


@pytest.fixture
def folder(tmp_path):
    export = si.make_sample(n_deals=15, seed=2)
    place = tmp_path / "export"
    si.write_sample(export, place)
    path = write_label_report(tmp_path / "label", export=export, report=label_report(export))
    lines = path.read_text("utf-8-sig").splitlines()
    # the two columns before the watermark are the tick and the remark
    ticked = [
        lines[0],
        *(line.replace(";;;voorbeelddata", ";klopt;prima;voorbeelddata") for line in lines[1:]),
    ]
    (place / "label_check.csv").write_text("\n".join(ticked), encoding="utf-8")
    return place


def test_ticks_come_with_the_export_and_are_no_source(folder):
    ticks = read_export(folder).ticks
    assert ticks["right"].all()
    assert len(ticks) > 5
    assert list(ticks.columns) == ["deal_id", "y4", "right"]  # remarks may name people
    assert "label_check.csv" not in check_export(folder).unused
    (folder / "label_check.csv").unlink()
    assert read_export(folder).ticks is None


def test_an_import_keeps_ticks_and_forgets_those_of_a_deal(folder, tmp_path):
    def kept(export):
        vault = Vault(pd.DataFrame(columns=["code", "kind", "token"], dtype="string"))
        write_processed(Processed(export, vault, nothing_forgotten()), tmp_path / "processed")
        refuse_other_files(tmp_path / "processed")  # so that the next import may replace it
        return read_export(tmp_path / "processed").ticks

    export = read_export(folder)
    assert kept(export).equals(export.ticks)
    gone = export.ticks["deal_id"].iloc[0]
    rest = dataclasses.replace(export, deals=export.deals[export.deals["deal_id"] != gone])
    left = kept(rest)
    assert gone not in set(left["deal_id"])
    assert len(left) == len(export.ticks) - 1
