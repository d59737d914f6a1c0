"""One check for all public doors: what comes is the kind of thing that is meant."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from salesinsight.errors import WrongKind

#: What may name a file or folder.
PATH = (str, os.PathLike)

P = ParamSpec("P")
R = TypeVar("R")


def takes(**kinds: type | tuple[type, ...]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Refuse arguments of another kind than a function takes, in one sentence.

    Parameters
    ----------
    **kinds
        Per argument the class or classes that it takes. None is taken too where it is the default.

    Raises
    ------
    WrongKind
        By the function, when it is called: names the argument, what it takes and what came.

    Examples
    --------
    >>> import pandas as pd
    >>> @takes(turns=pd.DataFrame)
    ... def count(turns):
    ...     return len(turns)
    >>> count(["Goedemorgen"])
    Traceback (most recent call last):
    salesinsight.errors.arguments.WrongKind: count: turns takes a table (pandas.DataFrame); got a list.
    """

    def checked(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            # what is left out is refused by Python itself, which says it as well
            given = signature.bind_partial(*args, **kwargs).arguments
            for name, taken in kinds.items():
                default = signature.parameters[name].default is None and given.get(name) is None
                if name in given and not default and not isinstance(given[name], taken):
                    raise _wrong(function.__name__, name, given[name], taken)
            return function(*args, **kwargs)

        return call

    return checked


def _wrong(function: str, name: str, got: Any, taken: type | tuple[type, ...]) -> WrongKind:
    """The refusal, with the part of what came that was probably meant."""
    kinds = [kind.__name__ for kind in (taken if isinstance(taken, tuple) else (taken,))]
    why, hint = "", ""
    if isinstance(getattr(got, name, None), taken):
        why, hint = "field", f"{type(got).__name__.lower()}.{name}"
    elif "DataFrame" in kinds and hasattr(got, "to_pandas"):
        why = "pandas"
    kind = type(got)
    foreign = kind.__module__.partition(".")[0] not in ("builtins", "salesinsight", "pandas", "pathlib")
    shown = f"{kind.__module__.partition('.')[0]}.{kind.__name__}" if foreign else kind.__name__
    shown = "PathLike" if isinstance(got, os.PathLike) else "None" if got is None else shown
    shown = repr(got) if isinstance(got, (str, int, float)) and len(repr(got)) < 80 else shown
    return WrongKind(function=function, argument=name, kinds=kinds, got=shown, why=why, hint=hint)
