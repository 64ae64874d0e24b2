import pytest

from export.errors import LimitError
from export.limits import Limits, enforce

GOOD = {"torch_onnx_max_difference": 1e-4, "same_decision": 0.993, "macro_f1_loss_points": 0.2}
SIZE = 23_000_000


def test_numbers_at_their_limits_are_released() -> None:
    assert Limits().broken(GOOD, SIZE) == []
    assert Limits().broken({**GOOD, "macro_f1_loss_points": -0.4, "same_groups": 0.5}, SIZE) == []
    enforce([], trial=False)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("torch_onnx_max_difference", 1.1e-4, "is 0.00011, at most 0.0001 is allowed"),
        ("same_decision", 0.99299, "is 0.99299, at least 0.993 is needed"),
        ("macro_f1_loss_points", 0.201, "is 0.201, at most 0.2 is allowed"),
        ("torch_onnx_max_difference", float("nan"), "is nan"),
        ("same_decision", float("nan"), "is nan"),
        ("macro_f1_loss_points", float("nan"), "is nan"),
    ],
)
def test_a_number_beyond_its_limit_is_named(name: str, value: float, says: str) -> None:
    (problem,) = Limits().broken({**GOOD, name: value}, SIZE)

    assert problem.startswith(name)
    assert says in problem


def test_one_byte_too_many() -> None:
    (problem,) = Limits().broken(GOOD, SIZE + 1)

    assert problem == "the graph has 23,000,001 bytes, at most 23,000,000 are allowed"


def test_a_broken_limit_stops_a_release_with_code_1() -> None:
    with pytest.raises(LimitError, match=r"^No release: one thing; another\.$") as caught:
        enforce(["one thing", "another"], trial=False)

    assert caught.value.exit_code == 1


def test_a_trial_is_only_warned(capsys: pytest.CaptureFixture[str]) -> None:
    enforce(["one thing"], trial=True)

    assert "Only a trial, not to be shipped: one thing." in capsys.readouterr().out
