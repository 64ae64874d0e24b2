"""Real numbers to int8: which scale loses least."""

import numpy as np
import numpy.typing as npt

_TAME = 3.0
_CLIPS = np.linspace(0.3, 1.0, 29)
_LOOKED_AT = 200_000  # values that the search for a scale looks at

Array = npt.NDArray[np.float32]


def weight_scales(weight: Array) -> tuple[npt.NDArray[np.int8], Array]:
    """Symmetric int8 of a matrix (inputs, outputs), and the scale of each output."""
    scales = (np.abs(weight).max(axis=0) / 127).astype(np.float32)
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.round(weight / scales).astype(np.int8), scales


def activation_scale(seen: Array) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of uint8 for values like `seen`: those with the least squared error of all tried.

    A range narrower than what was seen cuts the rarest values, and gives all others a finer step.
    """
    values = seen.ravel()[:: max(1, seen.size // _LOOKED_AT)]
    low, high = min(float(seen.min()), 0.0), max(float(seen.max()), 1e-6)
    best = min((_error(values, low * clip, high * clip), clip) for clip in _CLIPS)[1]
    return _scale(low * best, high * best)


def tamed(seen: Array) -> Array | None:
    """What each channel of `seen` (tokens, channels) is divided by; None where no channel stands out."""
    largest = np.abs(seen).max(axis=0)
    division = np.maximum(1, largest / (_TAME * np.median(largest))).astype(np.float32)
    return division if division.max() > 1 else None


def rounded(values: Array, scale: np.float32, zero: np.uint8) -> Array:
    """What is left of the values once they were uint8."""
    whole = np.clip(np.round(values / scale) + np.float32(zero), 0, 255) - np.float32(zero)
    back: Array = whole * scale
    return back


def _scale(low: float, high: float) -> tuple[np.float32, np.uint8]:
    scale = np.float32((high - low) / 255)
    return scale, np.uint8(np.clip(np.round(-low / scale), 0, 255))


def _error(values: Array, low: float, high: float) -> float:
    return float(np.square(rounded(values, *_scale(low, high)) - values).mean())
