"""The words that people write, and what each costs: to tell a mistyped word from one of its own.

Beside the encoder's words (`model.lexicon`) stand contractions, the English words that its vocabulary lacks
(`english.txt`: SCOWL up to size 40, see NOTICE), and `informal.txt`: slang and abbreviations of comments.
"""

from functools import cache
from importlib.resources import files
from math import log
from typing import Final

from model import lexicon

CONTRACTIONS: Final = """
don't it's i'm you're that's didn't can't doesn't isn't he's they're i've i'll i'd wouldn't won't wasn't
there's aren't she's we're haven't you've what's couldn't you'll shouldn't hasn't let's you'd weren't
they'll who's they've we'll ain't he'll we've he'd hadn't she'll she'd they'd it'll would've could've
should've here's where's how's we'd that'll y'all it'd mustn't needn't someone's everyone's nobody's
when's why's
"""
_CONTRACTION_RANK = 60
_INFORMAL_RANK = 12_000
_ENGLISH_RANK = 20_000
_COMMON = 200
_PAIR = 2
# Two letters are words only here: the encoder's vocabulary has nearly all pairs.
_PAIRS: Final = """
ad ah aw ax ay dj dr ed eh em er ew ex fb fr fu ha hm id im jk kk la le lo ma mm mr ms np ok op ow ox pa
pc pm rn sh st tf tv uh uk um ur vs wo xd ya ye yo yt
"""
_SPREAD = 12
_FLAT = 10
_SHORTEST_STEM = 3
_SHORTEST_PART = 4
_KNOWN_PART = 12_000
_PREFIXES = ("un", "re", "non", "over", "under", "out", "dis", "mis", "anti", "pre", "super", "semi", "sub")
_SUFFIXES = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("in", ""), ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"), ("ier", "y"), ("iest", "y"),
    ("est", ""), ("est", "e"),
    ("ly", ""), ("ily", "y"), ("ness", ""), ("iness", "y"), ("less", ""), ("ful", ""), ("y", ""), ("y", "e"),
    ("able", ""), ("able", "e"), ("ment", ""), ("ish", ""), ("ism", ""), ("ist", ""), ("ize", ""),
    ("ized", ""), ("ity", ""),
    ("ity", "e"), ("ation", "e"), ("like", ""), ("ally", ""), ("ably", ""),
)  # fmt: skip


@cache
def costs() -> dict[str, float]:
    """Each word's negative log probability: by Zipf's law, its rank tells."""
    pairs = lexicon.SHORT_WORDS.union(_PAIRS.split())
    ranks = {word: place for word, place in lexicon.ranks().items() if len(word) > _PAIR or word in pairs}
    contracted = {each: _CONTRACTION_RANK + 3 * place for place, each in enumerate(CONTRACTIONS.split())}
    bare = {each.replace("'", ""): 10 * place for each, place in contracted.items()}
    added = dict.fromkeys(_listed("english.txt"), _ENGLISH_RANK)
    added |= dict.fromkeys(_listed("informal.txt"), _INFORMAL_RANK) | bare | contracted
    places = added | ranks | {word: min(place, ranks.get(word, place)) for word, place in bare.items()}
    return {word: log((place + _FLAT) * _SPREAD) for word, place in places.items()}


def _listed(name: str) -> list[str]:
    return files("model").joinpath(name).read_text(encoding="ascii").split()


def known(word: str) -> bool:
    """Whether the word (lower case) needs no mending: listed, or made of a listed one."""
    return word in costs() or _form(word) or _prefixed(word) or _compound(word)


def _form(word: str) -> bool:
    """A listed word with an ending that it can take; the most common words take none."""
    for ending, instead in _SUFFIXES:
        if not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if len(stem) < _SHORTEST_STEM:
            continue
        if not instead and (stem[-1] == ending[0] or (stem[-1] == "e" and ending[0] in "ei")):
            continue
        if _is_stem(stem + instead):
            return True
        if not instead and stem[-1] == stem[-2] and ending[0] in "eiy" and _is_stem(stem[:-1]):
            return True
    return False


def _is_stem(word: str) -> bool:
    place = lexicon.ranks().get(word)
    return place >= _COMMON if place is not None else len(word) > _SHORTEST_STEM and word in costs()


def _prefixed(word: str) -> bool:
    for prefix in _PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= _SHORTEST_PART and (_is_part(rest) or _form(rest)):
            return True
    return False


def _compound(word: str) -> bool:
    """Two words without the gap."""
    ends = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return any(_is_part(word[:end]) and _is_part(word[end:]) for end in ends)


def _is_part(word: str) -> bool:
    return lexicon.ranks().get(word, _KNOWN_PART) < _KNOWN_PART
