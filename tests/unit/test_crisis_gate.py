import json
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.application import ports
from export.crisis import FLOOR_RECALL, MOST_FALSE_ALARMS, probes, totals
from model.crisis import MAX_READ, CrisisGate, patterns
from model.crisis_lists import figures
from model.crisis_patterns import Node, Pattern, parse, tree, walk
from model.crisis_spelling import KEYWORDS, SPELLED_OUT
from model.crisis_words import evened, once, read
from model.registry import bundled_models

GATE = CrisisGate()

STATEMENTS = """
I want to kill myself
I want to die
i wanna die
I just really want to die
I'm going to kill myself tonight
im gonna kill myself
I might kill myself
I feel like killing myself
I've been thinking about suicide a lot
I am thinking of ending it all
I keep thinking about dying
I want to end my life
I'm going to end my life
I want to end it all
I tried to take my own life last year
I don't want to be alive anymore
I don't want to live anymore
I dont wanna live
I do not want to exist
I don't want to be here any more
I don't want to wake up tomorrow morning, or ever
I wish I was dead
I wish I were never born
I'd rather be dead
Everyone would be better off without me
My family is better off if I died
I'm so tired of living
I have nothing left to live for
There's no reason to live
Life isn't worth living
There is no point in living
I can't go on living
I cannot live like this anymore
I hope I don't wake up
I never want to wake up
I want to go to sleep and never wake up
I'm suicidal
I feel suicidal again
I have been having a hard time and I have suicidal thoughts
I wrote my suicide note
I'm cutting myself again
I cut myself on purpose
I want to hurt myself
I have the urge to cut myself
I self-harm
I've been self harming
I relapsed into self harm yesterday
I want to overdose
I took all my pills
I want to jump off a bridge
I want to hang myself
I'm going to blow my brains out
this homework makes me want to die
I don't want to kill myself, I only want it to stop
kms
wanna kms
I'm gonna kms
I want to unalive myself
Want to die. That is all.
tired of being alive
""".strip().splitlines()

ORDINARY = """
You are killing it!
She killed it on stage last night
I am dying of laughter
I'm dying 😂
I'm dead lol
This song is to die for
That cake was to die for
I want to die laughing
I would die for this dog
The suspense is killing me
My feet are killing me
He wanted to kill the lights
I want to Die Hard marathon this weekend
I will die on this hill
I wanted to die of embarrassment
He committed suicide in the third act
Suicide Squad was better than I expected
Suicide prevention is everyone's job
My phone died again
My plant is dying, what do I do?
We ran 10 kms today
It is five kms from here
I cut myself shaving this morning
I cut myself off from sugar
I hurt myself at the gym
I shot myself in the foot with that email
I'm going to shoot myself in the foot with this
I nearly killed myself laughing
I need to take my life seriously
I want to take my life back
I'm tired of living with roommates
I don't want to live in Texas
I don't want to wake up early
I do not want to exist in a world without coffee
I have been cutting carbs
I started cutting the grass
The end of my life in Paris was sad
Let's end it here
Live and let die
Do or die
I am dying my hair red
I want to overdose on chocolate
You should not have to die to get a medal
Over my dead body
I could sleep for a week
I don't want to be here, this lecture is so dull
I can't do this anymore, the boss fight is too hard
I jumped off the bridge into the lake, what a summer
I want to end this chapter
I want to live
Nobody wants to die
Would you rather die or eat a worm?
Dead tired after work
""".strip().splitlines()


def test_it_fits_the_port() -> None:
    gate: ports.CrisisGate = GATE
    assert not gate("hello")


@pytest.mark.parametrize("text", STATEMENTS)
def test_plain_statements_are_caught(text: str) -> None:
    assert GATE(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_are_not(text: str) -> None:
    assert not GATE(text)


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert min(len(STATEMENTS), len(ORDINARY)) >= 40


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "curly apostrophe": lambda text: text.replace("'", "\u2019"),
    "no apostrophe": lambda text: text.replace("'", ""),
    "escaped apostrophe": lambda text: text.replace("'", "&#39;"),
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "stretched": lambda text: "".join(each * 4 if each.isalpha() else each for each in text),
    "full width": full_width,
    "accents": "\u0301".join,
    "telegram spoiler": lambda text: f"||{text}||",
    "reddit spoiler": lambda text: f">!{text}!<",
    "escaped spoiler": lambda text: f"&gt;!{text}!&lt;",
    "bold": lambda text: " ".join(f"**{word}**" for word in text.split()),
    "half struck": lambda text: f"~~{text[: len(text) // 2]}~~{text[len(text) // 2 :]}",
    "underscores": lambda text: text.replace(" ", "_"),
    "lines": lambda text: text.replace(" ", "\n"),
    "dots": lambda text: text.replace(" ", "... "),
    "in the middle": lambda text: f"hello there. {text}. it rains",
    "at the very end": lambda text: "word " * ((MAX_READ - 200) // 5) + text,
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(
    "text", ["I don't want to be alive anymore", "I'm going to kill myself", "I want to end it all"]
)
def test_a_disguise_changes_nothing(text: str, disguise: str) -> None:
    assert GATE(DISGUISES[disguise](text))


def test_every_figure_follows_a_statement() -> None:
    ends = {word for node in nodes(tree(patterns())) for word, after in node.following.items() if after.ends}
    assert {once(end) for end in figures()} <= ends


def nodes(root: Node) -> Iterator[Node]:
    """Every node of a tree, once."""
    seen, waiting = {id(root)}, [root]
    while waiting:
        yield (node := waiting.pop())
        new = [each for each in node.following.values() if id(each) not in seen]
        seen |= {id(each) for each in new}
        waiting += new


def test_a_figure_hides_no_statement_beside_it() -> None:
    assert GATE("I wanted to die laughing at first, but I want to die")


HARD = {
    "plain": "the quick brown fox ",
    "openings": "i want to ",
    "almost": "i want to go to sleep and never wake ",
    "figures": "i want to die laughing ",
    "one word": "a",
    "one letter apart": "i ",
    "apostrophes": "i'",
    "marks": "e\u0301\u0323",
    "ligatures": "\ufdfa",
    "entities": "&#39;&gt;",
    "numbers": "&#11111111",
    "zero width": "\u200b",
    "half pairs": "\ud83d",
    "nul": "\x00",
}


@pytest.mark.parametrize("name", HARD)
def test_steps_grow_no_faster_than_the_text(name: str) -> None:
    def text(length: int) -> str:
        return (HARD[name] * length)[:length]

    # Eight times the text: linear is a factor of 8, quadratic one of 64.
    few, many = steps(text(MAX_READ // 8)), steps(text(MAX_READ))
    assert many < 12 * few + 2_000


def test_a_very_long_text_costs_no_more_than_its_beginning() -> None:
    assert steps("i want to " * 1_000_000) <= steps("i want to " * (MAX_READ // 10)) + 100


def steps(text: str) -> int:
    """Lines of the gate's own modules that are run while it reads a text."""
    evened.cache_clear()
    count = 0

    def heard(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "crisis" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return heard

    before = sys.gettrace()
    sys.settrace(heard)
    try:
        assert not GATE(text)
    finally:
        sys.settrace(before)
    return count


@given(st.text(st.characters(), max_size=300))
def test_any_string_is_welcome(text: str) -> None:
    GATE(text)
    assert GATE(f"{text}\n. I want to kill myself")


# ------------------------------------------------------------------ probes


def test_the_open_probes_are_judged_as_they_should_be() -> None:
    found = totals(GATE, probes(locked=False))
    assert found.recall >= FLOOR_RECALL
    assert found.figurative_alarms <= MOST_FALSE_ALARMS
    assert found.alarms <= MOST_FALSE_ALARMS


def test_the_locked_probes_keep_the_promise() -> None:
    """Totals only: whoever looks at single ones tunes the list on them."""
    found = totals(GATE, probes(locked=True))
    assert found.recall >= FLOOR_RECALL
    assert found.figurative_alarms <= MOST_FALSE_ALARMS


def test_the_probes_are_what_the_documentation_says() -> None:
    everything = [*probes(locked=False), *probes(locked=True)]
    assert len(everything) >= 240
    assert sum(probe.crisis for probe in everything) >= 100
    assert len(probes(locked=True)) * 2 == len(everything)
    assert (
        len({probe.text for probe in everything})
        == len({probe.id for probe in everything})
        == len(everything)
    )
    kinds = {(probe.kind, probe.crisis) for probe in everything}
    for kind in kinds:
        halves = [
            sum((each.kind, each.crisis) == kind for each in probes(locked=half)) for half in (True, False)
        ]
        assert halves[0] == halves[1]


@pytest.mark.parametrize("when", ["in 2009", "12 years ago", "nine years ago", "when I was fourteen"])
def test_a_number_in_a_phrase_is_any_number(when: str) -> None:
    assert not GATE(f"I tried to kill myself {when}.")
    assert GATE(f"I tried to kill myself {when} and I want it again.")


def test_a_disguise_that_the_fold_undoes_is_undone_here() -> None:
    look_alike = "I w\u0430nt to d\u0456e"
    assert not CrisisGate(lambda text: text)(look_alike)
    assert CrisisGate(lambda text: text.replace("\u0430", "a").replace("\u0456", "i"))(look_alike)
    assert CrisisGate(lambda text: text.replace("\u0430", "a").replace("\u0456", "i"))(
        "word " * 7_000 + look_alike
    )


def test_what_only_the_quotes_hold_is_not_the_authors() -> None:
    assert not GATE("> I want to die")
    assert not GATE("&gt; I want to die\n\n> kms")
    assert GATE("> are you fine?\nI want to die")
    assert GATE(">!I want to die!<")


# ------------------------------------------------------------------ the language of the list


def words(text: str) -> list[str]:
    return [word for word in text.split() if word != "so"]


def spelled(pattern: Pattern) -> Iterator[str]:
    """Every way to say a pattern, in words."""
    if not pattern:
        yield ""
        return
    head, *rest = pattern
    heads = [head] if isinstance(head, str) else [each for way in head for each in spelled(way)]
    for tail in spelled(tuple(rest)):
        yield from (" ".join(filter(None, (each, tail))) for each in heads)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a b", {"a b"}),
        ("(a|b c) d", {"a d", "b c d"}),
        ("a [b] c", {"a b c", "a c"}),
        ("<x> y", {"p y", "q y", "q r y"}),
        ("a so b", {"a b"}),
        ("[a|b] [c]", {"a", "b", "a c", "b c", "c", ""}),
    ],
)
def test_a_pattern_says_all_its_ways(line: str, said: set[str]) -> None:
    pattern = parse(line, {"x": ["p", "q [r]"]}, words)
    assert set(spelled(pattern)) == said
    root = tree([(pattern, "group")])
    for each in said - {""}:
        assert (len(each.split()), frozenset({"group"})) in list(walk(root, each.split(), 0))


@pytest.mark.parametrize("line", ["(a|b", "a]", "<unknown>", "(a|so) b", "a | b"])
def test_a_bad_pattern_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # which one does not matter
        parse(line, {}, words)


def test_no_statement_is_a_single_word_or_none() -> None:
    root = tree(patterns())
    assert not root.ends
    assert {word for word, node in root.following.items() if node.ends} <= {"kmsing"}


def test_no_word_of_its_own_is_taken_for_a_slip() -> None:
    """The model's vocabulary knows 20,000 words that must stay what they are."""
    found = json.loads((bundled_models() / "minilm-3" / "tokenizer.json").read_text("utf-8"))
    vocabulary = [word for word in found["model"]["vocab"] if word.isalpha() and word.isascii()]
    keywords = {once(word) for word in KEYWORDS.split()}
    known = {once(word) for word in (*SPELLED_OUT, *KEYWORDS.split())}
    changed = {word for word in vocabulary if once(word) not in known and set(evened(word)) & keywords}
    assert changed <= {"suicides", "reasons", "thinkin"}


@given(st.text(max_size=200))
def test_a_reading_has_a_place_for_every_word(text: str) -> None:
    reading = read(text)
    columns = (reading.words, reading.sentence, reading.quoted, reading.capital)
    assert len({len(column) for column in columns}) == 1
    assert list(reading.sentence) == sorted(reading.sentence)
    assert all(0 <= index < len(reading.words) for index in reading.kept)


@pytest.mark.parametrize("before", ["\U0001f62d" * 5_000, "\U0001f62d " * 5_000, "\ufdfa" * 5_000])
def test_behind_any_number_of_long_characters_a_statement_is_found(before: str) -> None:
    assert GATE(f"{before} i want to die")
    assert GATE(f"{before} i w4nt t0 d1e {before}")


def test_characters_that_are_written_out_cost_no_more_than_words() -> None:
    words = steps("i want to " * 400)
    assert steps("\ufdfa" * 4_000) <= words
    assert steps("\U0001f62d\U0001f469\u200d\U0001f467" * 1_000) <= words
