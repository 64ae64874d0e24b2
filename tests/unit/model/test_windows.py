from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import ModelFileDamaged
from model.manifest import TOKENIZER
from model.reader import Reader
from model.registry import bundled_models, find
from model.windows import MAX_WINDOWS, combined, spans

ROOM = 126

tokens = st.integers(0, 20_000)
rooms = st.integers(1, 510)


@given(tokens, rooms)
def test_windows_are_few_in_order_and_fit(count: int, room: int) -> None:
    found = spans(count, room)

    assert 1 <= len(found) <= MAX_WINDOWS
    assert all(0 <= end - begin <= room for begin, end in found)
    assert all(begin < next_begin for (begin, _), (next_begin, _) in pairwise(found))
    assert found[0][0] == 0
    assert found[-1][1] == count


@given(st.integers(1, 400), st.data())
def test_while_windows_suffice_every_token_is_read_once(room: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, MAX_WINDOWS * room))
    found = spans(count, room)

    assert [place for begin, end in found for place in range(begin, end)] == list(range(count))
    assert len(found) == max(1, -(-count // room)), "no more windows than needed"
    lengths = [end - begin for begin, end in found]
    assert max(lengths) - min(lengths) <= 1


@given(st.integers(1, 400), st.data())
def test_beyond_that_they_are_full_and_evenly_apart(room: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(MAX_WINDOWS * room + 1, 100 * MAX_WINDOWS * room))
    found = spans(count, room)

    assert len(found) == MAX_WINDOWS
    assert {end - begin for begin, end in found} == {room}
    gaps = [later[0] - earlier[1] for earlier, later in pairwise(found)]
    assert min(gaps) >= 0, "no token is read twice"
    assert max(gaps) - min(gaps) <= 1


def test_every_number_of_tokens() -> None:
    for count in range(2_100):
        found = spans(count, ROOM)
        assert len(found) == min(max(1, -(-count // ROOM)), MAX_WINDOWS), count
        assert (found[0][0], found[-1][1]) == (0, count)


FELT, UNMOVED = np.array([False]), np.array([True])


def test_one_window_keeps_its_scores_exactly() -> None:
    scores = np.array([[0.1, 0.7]], dtype=np.float32)

    assert combined(scores, np.array([False, True])).tolist() == scores[0].tolist()


@pytest.mark.parametrize(
    ("windows", "felt", "unmoved"),
    [
        ([0.2, 0.8], 0.8, 0.2),
        ([0.0, 0.9, 0.3], 0.6, 0.15),
        ([0.1, 0.9, 0.1, 0.7], 0.8, 0.1),
        ([1.0] * 8, 1.0, 1.0),
    ],
)
def test_a_feeling_counts_in_the_half_that_has_it_and_its_absence_in_the_half_that_has_not(
    windows: list[float], felt: float, unmoved: float
) -> None:
    scores = np.array([windows], dtype=np.float32).T

    assert combined(scores, FELT).tolist() == pytest.approx([felt])
    assert combined(scores, UNMOVED).tolist() == pytest.approx([unmoved])


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=MAX_WINDOWS), st.booleans())
def test_a_verdict_lies_between_its_windows_whatever_their_order(windows: list[float], unmoved: bool) -> None:
    scores = np.array([windows], dtype=np.float32).T
    (verdict,) = combined(scores, np.array([unmoved])).tolist()

    assert scores.min() - 1e-6 <= verdict <= scores.max() + 1e-6
    assert combined(scores[::-1], np.array([unmoved])).tolist() == [verdict]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(find("minilm-3", [bundled_models()]) / TOKENIZER, 128)


@pytest.mark.parametrize("words", [0, 1, 125, 126, 127, 252, 253, 1_008, 1_009, 3_000])
def test_windows_of_a_text_are_its_tokens_between_the_special_ones(reader: Reader, words: int) -> None:
    [[begin, end]] = reader.windows("")
    [[_, word, _]] = reader.windows("word")
    found = reader.windows("word " * words)

    assert len(found) == len(spans(words, ROOM))
    for window, (start, stop) in zip(found, spans(words, ROOM), strict=True):
        assert window == [begin, *[word] * (stop - start), end]


def test_head_middle_and_tail_are_read(reader: Reader) -> None:
    plain = "the bus is late " * 1_000
    [[_, marked, _]] = reader.windows("grief")

    for text in (f"grief {plain}", f"{plain} grief"):
        assert marked in {token for window in reader.windows(text) for token in window}
    places = [
        f"{plain[: len(plain) * part // 8]}{'grief ' * 600}{plain[len(plain) * part // 8 :]}"
        for part in range(9)
    ]
    assert all(any(marked in window for window in reader.windows(text)) for text in places)


def test_a_file_that_is_no_tokenizer_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("broken") / TOKENIZER
    path.write_text("{}")

    with pytest.raises(ModelFileDamaged, match="tokenizer"):
        Reader(path, 128)
