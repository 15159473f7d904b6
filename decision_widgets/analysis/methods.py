"""Which methods of the toolbox were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.errors import InputError, did_you_mean, listed


def check_methods(methods: Sequence[str] | None, known: Sequence[str], usual: Sequence[str]) -> tuple[str, ...]:
    """Return the methods to run: the usual ones, or those named.

    Raises
    ------
    InputError
        A name that is not known, with the nearest that is.
    """
    if methods is None:
        return tuple(usual)
    if isinstance(methods, str):
        raise InputError(f"methods must be a list of names, for example [{methods!r}]; got {methods!r}.")
    for name in methods:
        if name not in known:
            near = did_you_mean(str(name), known)
            raise InputError(f"There is no method {name!r}.{near} There is: {listed([*known], 30)}.")
    return tuple(dict.fromkeys(methods))
