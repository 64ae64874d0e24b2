import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.application import ports
from model.crisis import MAX_READ, CrisisGate
from model.crisis_list import FIGURES, statements

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


def test_every_statement_of_the_list_is_caught_as_it_stands() -> None:
    missed = [statement for statement in statements() if not GATE(statement)]
    assert missed == []


def test_every_figure_follows_a_statement() -> None:
    ends = {statement.split()[-1] for statement in statements()}
    assert FIGURES.keys() <= ends


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
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    def seconds(length: int) -> float:
        text = (HARD[name] * length)[:length]
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            assert not GATE(text)
            best = min(best, time.perf_counter() - start)
        return best

    # Eight times the text: linear is a factor of 8, quadratic one of 64.
    assert seconds(MAX_READ) < 24 * seconds(MAX_READ // 8) + 0.01


def test_a_very_long_text_costs_no_more_than_its_beginning() -> None:
    text = "i want to " * 1_000_000
    start = time.perf_counter()
    assert not GATE(text)
    assert time.perf_counter() - start < 1


@given(st.text(st.characters(), max_size=300))
def test_any_string_is_welcome(text: str) -> None:
    GATE(text)
    assert GATE(f"{text}\n. I want to kill myself")
