import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.moments import Sample


def test_values_are_gathered_in_ascending_order_with_their_counts() -> None:
    sample = Sample.of([3, 1, 3, 2, 3])
    assert sample.values.tolist() == [1, 2, 3]
    assert sample.counts.tolist() == [1, 1, 3]
    assert (sample.n, sample.n_units) == (5, 5)
    assert sample.every.tolist() == [1, 2, 3, 3, 3]


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Sample.of([1.0, 2.0]).values[0] = 5


@pytest.mark.parametrize("values", [[], [np.nan, 1.0], [np.inf], [[1.0, 2.0]]])
def test_what_is_not_one_finite_value_per_unit_is_refused(values: list[float]) -> None:
    with pytest.raises(InputError, match="finite values, one per unit"):
        Sample.of(values)
