"""A real randomised trial: does a default raise the take-up of an insurance?"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def social_insurance() -> pd.DataFrame:
    """Load the weather-insurance trial of Cai, de Janvry & Sadoulet (American Economic Journal: Applied, 2015).

    Rice farmers in rural China were offered a weather insurance, insured by default ("opt_out") or not ("opt_in").
    The default never varies within an address, so the address is the participant and its households are observations.

    Returns
    -------
    pandas.DataFrame
        One row per household (1,410 in 166 addresses): address, village, takeup (1 = insured), default ("opt_in" or
        "opt_out"), intensive (1 = intensive information session), age, male, literacy, risk_averse, pre_takeup_rate.
        Missing values stay missing.

    Notes
    -----
    From the Python package causaldata (MIT licence, Huntington-Klein & Barrett), data set ``social_insure``; columns
    named for this tour, values untouched.

    Examples
    --------
    >>> frame = social_insurance()
    >>> len(frame), frame.address.nunique()
    (1410, 166)
    """
    import pandas as pd

    with (files("decision_widgets.examples") / "social_insurance.csv").open() as lines:
        frame = pd.read_csv(lines)
    frame = frame.rename(columns={"takeup_survey": "takeup"})
    frame["default"] = frame["default"].map({0: "opt_in", 1: "opt_out"})
    return frame
