"""Participants one by one, for the few methods that need them: resampling, learners, logit with covariates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from decision_widgets.data.engine import Engine
from decision_widgets.data.people import Covariate, People, Terms
from decision_widgets.data.reading import ParticipantMetric, ParticipantTable
from decision_widgets.data.samples import SEED, drawn

MOST_PARTICIPANTS: Final = 1_000_000


def read_participants(
    engine: Engine,
    people: People,
    terms: Mapping[int, Terms],
    covariates: Sequence[Covariate],
    arms: Mapping[int, str],
    shown: Sequence[str],
) -> ParticipantTable:
    """Read the participants of one arm each, with every metric of `terms` (by its place) and all covariates.

    Of more than a million participants a random sample is read, the same for the same table.
    """
    ((n,),) = engine.query(f"SELECT count(*) FROM {people.source}")
    sampled = int(n) > MOST_PARTICIPANTS
    wanted = ["arm"]
    for k in terms:
        wanted += [f"c{k}", f"coalesce(m{k}, 0.0E0) AS m{k}", f"coalesce(s{k}, 0.0E0) AS s{k}"]
    for j in range(len(covariates)):
        wanted += [f"x{j}", f"i{j}"]
    where = f" WHERE {drawn(engine, MOST_PARTICIPANTS / n)}" if sampled else ""
    columns = engine.arrays(f"SELECT {', '.join(wanted)} FROM {people.source}{where} ORDER BY id")
    code = columns["arm"].astype(np.int64)
    shift = {k: np.select([code == arm for arm in term.shift], list(term.shift.values())) for k, term in terms.items()}
    return ParticipantTable(
        arm=np.select([code == arm for arm in arms], [shown.index(name) for name in arms.values()]).astype(np.intp),
        metrics={
            term.metric: ParticipantMetric(
                weight=columns[f"m{k}"].astype(np.float64),
                total=columns[f"s{k}"].astype(np.float64) + shift[k] * columns[f"m{k}"].astype(np.float64),
                known=columns[f"c{k}"].astype(np.int64) > 0,
            )
            for k, term in terms.items()
        },
        covariates={
            covariate.name: np.where(
                columns[f"i{j}"].astype(np.float64) > 0, np.nan, columns[f"x{j}"] + covariate.shift
            )
            for j, covariate in enumerate(covariates)
        },
        n_participants=int(n),
        seed=SEED if sampled else None,
    )
