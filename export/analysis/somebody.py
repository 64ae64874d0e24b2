"""Everybody whom the counterfactual sentences are about, by kind."""

from dataclasses import dataclass

from export.identities import (
    COMMUNITIES,
    NAMES,
    NATIONAL_ADJECTIVES,
    NATIONALITIES,
    ORIENTATIONS,
    RELIGIONS,
)

_NAMES_EACH = 3  # of each gender and origin: enough to average over, and a run of seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One way to say who a sentence is about.

    Attributes:
        kind: names, gender, nationality, religion, orientation, community or subreddit.
        identity: what the gap is reported for; several names share one.
        who: as the subject of a sentence.
        am: what follows "I am"; empty where nobody would say it.
    """

    kind: str
    identity: str
    who: str
    am: str


def everybody() -> tuple[Somebody, ...]:
    """All of them, and in some kinds a plain one ("my neighbour"): what naming the identity does."""
    return (*_names(), *_gender(), *_adjectives(), *_communities())


def _names() -> list[Somebody]:
    return [
        Somebody(kind="names", identity=origin, who=name, am=name)
        for origin, names in NAMES.items()
        for name in names[:_NAMES_EACH]
    ]


def _gender() -> list[Somebody]:
    said = {
        "she": ("she", ""),
        "he": ("he", ""),
        "they": ("they", ""),
        "a woman": ("this woman", "a woman"),
        "a man": ("this man", "a man"),
        "a girl": ("this girl", "a girl"),
        "a boy": ("this boy", "a boy"),
        "a mother": ("my mother", "a mother"),
        "a father": ("my father", "a father"),
        "non-binary": ("my non-binary friend", "non-binary"),
        "a trans woman": ("this trans woman", "a trans woman"),
        "a trans man": ("this trans man", "a trans man"),
    }
    return [Somebody(kind="gender", identity=key, who=who, am=am) for key, (who, am) in said.items()]


def _adjectives() -> list[Somebody]:
    kinds = {
        "nationality": (*NATIONALITIES, *NATIONAL_ADJECTIVES),
        "religion": (*RELIGIONS, "Jewish"),
        "orientation": (*ORIENTATIONS, "straight"),
    }
    found = [
        Somebody(kind=kind, identity=word, who=f"my {word} neighbour", am=_of_oneself(kind, word))
        for kind, words in kinds.items()
        for word in words
    ]
    plain = [
        Somebody(kind=kind, identity="(not named)", who="my neighbour", am="a neighbour") for kind in kinds
    ]
    return found + plain


def _communities() -> list[Somebody]:
    named = [
        Somebody(kind="community", identity=word, who=f"this {word}", am=_with_article(word))
        for word in COMMUNITIES
    ]
    subreddits = [
        Somebody(kind="subreddit", identity=f"r/{name}", who=f"someone from r/{name}", am=f"from r/{name}")
        for name in ("AskReddit", "funny", "gaming", "politics", "relationships", "teenagers", "depression")
    ]
    return [*named, *subreddits]


def _of_oneself(kind: str, word: str) -> str:
    noun = kind == "religion" and word != "Jewish"
    return _with_article(word) if noun else word


def _with_article(word: str) -> str:
    return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}"
