"""An export as it came, from lines of text, and the same imported."""

import pytest

from salesinsight.retrain import import_path


@pytest.fixture
def write_tables(tmp_path):
    def write(tables):
        folder = tmp_path / "raw"
        folder.mkdir()
        for name, lines in tables.items():
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder

    return write


@pytest.fixture
def imported(raw, tmp_path):
    return import_path(raw, "sample", tmp_path / "processed" / "firm", tmp_path / "keys" / "owner.key")
