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
        "cripplingalcoholism",
        "cutting",
        "depressed",
        "depression",
        "depression_help",
        "depressionregimens",
        "domesticviolence",
        "dpdr",
        "eatingdisorders",
        "edanonymous",
        "edrecovery",
        "emotionalabuse",
        "fuckeatingdisorders",
        "griefsupport",
        "kindvoice",
        "lonely",
        "madeofstyrofoam",
        "madover30",
        "mentalhealth",
        "mentalhealthsupport",
        "mentalillness",
        "miscarriage",
        "ocd",
        "opiates",
        "opiatesrecovery",
        "panicdisorder",
        "panicparty",
        "petloss",
        "postpartumdepression",
        "proed",
        "ptsd",
        "ptsdcombat",
        "raisedbynarcissists",
        "rape",
        "rapecounseling",
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

_STEMS: Final = (
    "abus",
    "addict",
    "alcohol",
    "anorex",
    "anxiety",
    "bereave",
    "bipolar",
    "borderline",
    "bulimi",
    "depress",
    "eatingdisorder",
    "grief",
    "grieving",
    "heroin",
    "molest",
    "opiate",
    "psychosis",
    "ptsd",
    "rapesurvivor",
    "schizo",
    "selfharm",
    "self_harm",
    "suicid",
    "trauma",
)
"""Wherever they stand in a name; no other word that people name subreddits after holds one."""


def sensitive(names: Iterable[str]) -> list[str]:
    """Which of these communities, by their names in any letter case, are of that kind; in their order."""
    return [
        name for name in names if name.lower() in SENSITIVE or any(stem in name.lower() for stem in _STEMS)
    ]
