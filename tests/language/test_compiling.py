"""Compiled loops: kept on disk where that can be, compiled once for all threads."""

import concurrent.futures

import numpy as np
import pytest

from salesinsight.language import compiling
from salesinsight.language.compiling import compiled


def double(numbers):
    total = 0
    for number in numbers:
        total += 2 * number
    return total


def test_what_is_compiled_does_the_same():
    assert compiled(double)(np.arange(4)) == double(np.arange(4)) == 12
    assert compiled(double).__name__ == "double"


def test_without_a_folder_to_keep_it_in_every_process_compiles_for_itself(monkeypatch):
    import numba.core.caching

    monkeypatch.setattr(numba.core.caching.CacheImpl, "_locator_classes", [])
    with pytest.raises(RuntimeError, match="no locator"):
        numba.njit(cache=True)(double)
    assert compiled(double)(np.arange(4)) == 12


def test_threads_compile_it_once(monkeypatch):
    made = []
    monkeypatch.setattr(compiling, "_compile", lambda function: made.append(function) or function)
    loop = compiled(double)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(loop, [np.arange(3)] * 8)) == [6] * 8
    assert len(made) == 1
