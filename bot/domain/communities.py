"""Communities of people in crisis or in grief: a bot has no business there unless somebody decided so."""

from collections.abc import Iterable
from typing import Final

SENSITIVE: Final = frozenset(
    {
        "abusiverelationships",
        "addiction",
        "adultsurvivors",
        "alcoholism",
        "anorexia",
        "anorexianervosa",
        "anxiety",
        "anxietyhelp",
        "babyloss",
        "bipolar",
        "bipolar2",
        "bipolarreddit",
        "bpd",
        "bulimia",
        "childrenofdeadparents",
        "cptsd",
        "depressed",
        "depression",
        "depression_help",
        "depressionregimens",
        "domesticviolence",
        "dpdr",
        "eatingdisorders",
        "edanonymous",
        "emotionalabuse",
        "fuckeatingdisorders",
        "griefsupport",
        "kindvoice",
        "lonely",
        "madover30",
        "mentalhealth",
        "mentalhealthsupport",
        "mentalillness",
        "miscarriage",
        "opiatesrecovery",
        "panicdisorder",
        "panicparty",
        "petloss",
        "postpartumdepression",
        "ptsd",
        "ptsdcombat",
        "rape",
        "rapecounseling",
        "raisedbynarcissists",
        "redditorsinrecovery",
        "schizophrenia",
        "secondary_survivors",
        "sexualassault",
        "spouseofdeceased",
        "stopdrinking",
        "stopselfharm",
        "survivorsofabuse",
        "traumatoolbox",
        "ttcafterloss",
        "vent",
        "widowers",
    }
)
"""Subreddits by name, in lower case: many of their members are in a bad way, and some in danger."""

_WORDS: Final = ("suicid", "selfharm", "self_harm")


def sensitive(names: Iterable[str]) -> list[str]:
    """Which of these communities, by their names in any letter case, are of that kind; in their order."""
    return [
        name for name in names if name.lower() in SENSITIVE or any(word in name.lower() for word in _WORDS)
    ]
