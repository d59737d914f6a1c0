"""Loops over arrays as machine code: what can't be said in whole columns at once, at the speed of C."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

_ONE_AT_A_TIME = threading.Lock()


class compiled:  # noqa: N801, a decorator
    """Make a function of arrays and numbers machine code at its first call.

    It then holds no lock of Python, so threads run at the same time. What was compiled is kept on disk, next
    to the module or in the user's cache folder; where neither can be written, every process compiles anew.

    Examples
    --------
    >>> import numpy as np
    >>> @compiled
    ... def ascending(numbers):
    ...     for place in range(1, len(numbers)):
    ...         if numbers[place] < numbers[place - 1]:
    ...             return False
    ...     return True
    >>> ascending(np.array([1, 2, 2]))
    True
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.machine: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """Run it."""
        if self.machine is None:
            self._prepare()
        return self.machine(*arguments)

    @property
    def _numba_type_(self) -> Any:
        """What numba asks of a function that another compiled function calls."""
        self._prepare()
        return self.machine._numba_type_

    def _prepare(self) -> None:
        with _ONE_AT_A_TIME:
            self.machine = self.machine or _compile(self.function)


def _compile(function: Callable[..., Any]) -> Any:
    import numba  # a quarter of a second that only who tags turns waits for

    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder for what is compiled
        return numba.njit(nogil=True)(function)
