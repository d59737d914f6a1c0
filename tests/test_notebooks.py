"""Every notebook runs from top to bottom on the sample, and is kept with its outputs."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
LONGEST_SECONDS = 300  # learning the taggers again takes the longest


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_there_is_a_first_one():
    assert [path.stem for path in NOTEBOOKS][:1] == ["00-start"]


def test_runs_without_errors(notebook, tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "data" / "sample", tmp_path / "data" / "sample")
    place = {"metadata": {"path": str(tmp_path / "notebooks")}}
    client = NotebookClient(notebook, timeout=LONGEST_SECONDS, kernel_name="python3", resources=place)
    client.execute()  # raises at the first cell that fails
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_is_kept_with_the_outputs_of_one_run_in_order(notebook):
    counts = [cell["execution_count"] for cell in notebook.cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_starts_with_a_title_and_a_paragraph_for_the_index(notebook):
    first = notebook.cells[0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# \S.*\n\n\S", first["source"])
