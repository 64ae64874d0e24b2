"""The statements of the crisis gate, one a line, as `model.crisis` compares words.

A first list, reviewed by reading all that it finds among the 54,263 comments of GoEmotions: 15, nearly
each of them to be taken at its word. Contractions are written out and fillers left out, as in the texts.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

_WANTING: Final = """
i want to
i wanted to
me want to
i need to
i wish to
i wish i could
i plan to
i am planning to
i am ready to
i am tempted to
i deserve to
i hope i
i should
i feel urge to
i have urge to
""".strip().splitlines()

_TRYING: Final = """
i am going to
i am about to
i tried to
i am trying to
i do not want to
""".strip().splitlines()

_MAYBE: Final = ["i will", "i might", "i would"]

_DYING: Final = """
die
be dead
disappear forever
sleep forever
sleep and never wake up
go to sleep and never wake up
never wake up
stop existing
stop living
not exist
not be alive
not be here any more
leave this world
""".strip().splitlines()

_ENDING: Final = """
commit suicide
unalive
end myself
off myself
shoot myself
drown myself
overdose
jump off bridge
jump off this bridge
jump off building
jump off roof
jump in front of train
step in front of train
jump in front of car
walk into traffic
drive off bridge
drive off cliff
crash my car on purpose
blow my brains out
take all my pills
take all of my pills
swallow all my pills
end everything
""".strip().splitlines()

_HURTING: Final = """
self harm
cut myself
hurt myself
harm myself
burn myself
""".strip().splitlines()

_THINKING: Final = """
i think of
i think about
i thought of
i thought about
i am thinking of
i am thinking about
i keep thinking of
i keep thinking about
i have thought of
i have thought about
i have been thinking of
i have been thinking about
i am considering
i have been considering
i have considered
i fantasize about
i dream of
i feel
""".strip().splitlines()

_DOING: Final = """
dying
suicide
being dead
ending everything
hurting myself
shooting myself
drowning myself
overdosing
jumping off bridge
jumping in front of train
""".strip().splitlines()

_PLAIN: Final = """
kill myself
killing myself
killed myself
end my life
ending my life
ended my life
end my own life
take my life
taking my life
take my own life
taking my own life
took my own life
end it all
ending it all
hang myself
hanging myself
unalive myself
unaliving myself
offing myself
slit my wrists
slitting my wrists
cutting myself
i cut myself on purpose
i hurt myself on purpose
harming myself
i cut last night
i self harm
i self harmed
i have self harmed
i am self harming
i have been self harming
relapsed into self harm
relapsed with self harm
want to kms
going to kms
will kms
might kms
should kms
i am suicidal
i feel suicidal
i am feeling suicidal
i have been suicidal
i have been feeling suicidal
i have suicidal
i am having suicidal
i keep having suicidal
my suicidal thoughts
my suicide note
i attempted suicide
i have attempted suicide
my suicide attempt
my last suicide attempt
i overdosed
i took all my pills
i took all of my pills
i took whole bottle of pills
i do not want to be alive
i do not want to live
i do not want to live in this world
i do not want to be here any more
i do not want to exist
i do not want to wake up
i do not wish to live
i do not see reason to live
i do not see point in living
i no longer want to live
i no longer want to be alive
i no longer want to exist
i never want to wake up
i can not go on living
i can not keep living
i can not live any more
i can not live this any more
i hope i do not wake up
i wish i was dead
i wish i were dead
i wish i was not alive
i wish i were not alive
i wish i did not exist
i wish i was never born
i wish i were never born
i wish i had never been born
i wish i would die
i would rather be dead
i am better off dead
i would be better off dead
better off if i was dead
better off if i were dead
better off if i died
better off without me
i am tired of living
i am sick of living
i am done living
i am done with life
tired of being alive
hate being alive
i have no reason to live
i have nothing to live for
i have nothing left to live for
nothing left to live for
no reason to live
no point in living
no point in being alive
life is not worth living
i want it all to end
i want my life to end
i want my life to be over
this is my last day alive
""".strip().splitlines()

ALONE: Final = frozenset({"kms", "suicidal"})
"""Whole texts of one word that say it all."""

FIGURES: Final[Mapping[str, Sequence[str]]] = {
    # The last word of a statement -> what follows where it is only a figure of speech, or an accident.
    "die": (
        "laughing",
        "of laughter",
        "of embarrassment",
        "from embarrassment",
        "of cringe",
        "hard",
        "on this hill",
        "on that hill",
        "in game",
        "in this game",
        "in that game",
    ),
    "dying": ("laughing", "of laughter", "my hair", "in game", "in this game", "light"),
    "myself": ("laughing", "in foot", "out", "off", "short", "slice", "piece", "some", "shaving", "in work"),
    "live": ("in", "with", "at", "near", "here", "there", "on", "alone"),
    "living": ("with", "in", "at", "near", "out", "here", "there", "on", "alone", "paycheck"),
    "life": ("seriously", "back", "into", "for", "in my own hands", "to next level"),
    "up": ("to", "at", "in", "early", "before", "for", "next"),
    "exist": ("in",),
    "overdose": ("on chocolate", "on coffee", "on caffeine", "on sugar", "on cuteness"),
    "everything": ("with", "on"),
}
"""Small on purpose: silence costs little."""


def statements() -> Iterator[str]:
    """Every statement, the composed ones written out."""
    yield from _PLAIN
    for openings, endings in (
        (_WANTING, [*_DYING, *_ENDING, *_HURTING]),
        (_TRYING, [*_ENDING, *_HURTING]),
        (_MAYBE, _ENDING),
        (_THINKING, _DOING),
    ):
        yield from map(" ".join, product(openings, endings))
