import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.scales import activation_scale, rounded, tamed, weight_scales

dice = np.random.default_rng(1)


@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e3))
def test_each_output_of_a_matrix_is_off_by_half_a_step_at_most(seed: int, size: float) -> None:
    weight = (np.random.default_rng(seed).normal(size=(12, 5)) * size).astype(np.float32)
    quantised, scales = weight_scales(weight)

    assert quantised.dtype == np.int8
    assert (np.abs(quantised * scales - weight) <= 0.501 * scales).all()


def test_an_output_without_weights_stays_zero() -> None:
    weight = np.zeros((3, 2), dtype=np.float32)
    weight[:, 1] = 1
    quantised, scales = weight_scales(weight)

    assert (quantised * scales).tolist() == weight.tolist()


def test_zero_stays_zero_and_ordinary_values_stay_close() -> None:
    seen = dice.normal(size=(500, 8)).astype(np.float32)
    scale, zero = activation_scale(seen)

    assert rounded(np.zeros(1, dtype=np.float32), scale, zero)[0] == 0
    assert float(np.abs(rounded(seen, scale, zero) - seen).mean()) < 0.02


def test_a_rare_extreme_does_not_take_the_scale() -> None:
    seen = dice.normal(size=(20_000, 8)).astype(np.float32)
    seen[0, 0] = 12.0
    scale, _ = activation_scale(seen)

    assert scale < 0.9 * (seen.max() - seen.min()) / 255


def test_values_that_are_never_negative_use_all_steps() -> None:
    scale, zero = activation_scale(dice.uniform(0, 2, size=(500, 8)).astype(np.float32))

    assert zero == 0
    assert scale == pytest.approx(2 / 255, rel=0.1)


def test_nothing_but_zeros_still_has_a_scale() -> None:
    scale, zero = activation_scale(np.zeros((10, 4), dtype=np.float32))

    assert scale > 0
    assert zero == 0


def test_only_channels_that_stand_out_are_divided() -> None:
    seen = dice.uniform(-1, 1, size=(500, 16)).astype(np.float32)
    assert tamed(seen) is None

    seen[:, 3] *= 30
    division = tamed(seen)
    assert division is not None
    assert [channel for channel in range(16) if division[channel] != 1] == [3]
    assert np.abs(seen / division).max() < 5
