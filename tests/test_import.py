"""Importing the library loads no more than most calls need."""

import subprocess
import sys

import pytest

# each takes a quarter of a second or more, or is part of an extra; it is loaded by the functions that use it
HEAVY = (
    "cryptography",
    "dask",
    "matplotlib",
    "nltk",
    "numba",
    "pandera",
    "simplemma",
    "skops",
    "statsmodels",
)


@pytest.fixture(scope="module")
def loaded():
    code = "import sys, salesinsight; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("library", HEAVY)
def test_a_bare_import_does_not_load(loaded, library):
    assert "polars" in loaded
    assert library not in loaded
