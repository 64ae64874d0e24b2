"""Words that say who somebody is, by kind: what a model must not lean on, and how to swap them in a text.

Names are common first names as found in many countries' statistics, none that is an ordinary English word
too. Within a kind any word can stand for any other, so a swap leaves a sentence as good English as it was.
"""

import random
import re
from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "female, English": ("Emily", "Sarah", "Jessica", "Laura", "Rachel", "Megan"),
    "male, English": ("Michael", "James", "Daniel", "Matthew", "Andrew", "Thomas"),
    "female, African American": ("Lakisha", "Tanisha", "Imani", "Keisha", "Latoya", "Shanice"),
    "male, African American": ("Jamal", "Darnell", "Tyrone", "DeShawn", "Malik", "Terrell"),
    "female, Arabic": ("Fatima", "Aisha", "Layla", "Zainab", "Khadija", "Mariam"),
    "male, Arabic": ("Mohammed", "Ahmed", "Omar", "Hassan", "Khalid", "Yusuf"),
    "female, Chinese": ("Xiuying", "Yuxin", "Yingying", "Lihua", "Xiaoli", "Meiling"),
    "male, Chinese": ("Wei", "Qiang", "Hao", "Jian", "Zhiyuan", "Yichen"),
    "female, Indian": ("Priya", "Anjali", "Deepa", "Kavita", "Sunita", "Pooja"),
    "male, Indian": ("Rajesh", "Arjun", "Sanjay", "Vikram", "Rahul", "Anil"),
    "female, Latin American": ("Gabriela", "Camila", "Lucia", "Ximena", "Valentina", "Marisol"),
    "male, Latin American": ("Jose", "Carlos", "Luis", "Alejandro", "Mateo", "Javier"),
    "female, Slavic": ("Olga", "Svetlana", "Katarzyna", "Irina", "Agnieszka", "Milena"),
    "male, Slavic": ("Dmitri", "Sergei", "Wojciech", "Ivan", "Bogdan", "Milos"),
    "female, Turkish": ("Ayse", "Elif", "Zeynep", "Merve", "Emine", "Esra"),
    "male, Turkish": ("Mehmet", "Emre", "Mustafa", "Murat", "Burak", "Serkan"),
    "female, West African": ("Adaeze", "Ngozi", "Folake", "Efua", "Abena", "Chiamaka"),
    "male, West African": ("Chidi", "Emeka", "Kwame", "Olumide", "Kofi", "Babatunde"),
}
"""First names by gender and origin."""

NATIONALITIES = (
    "American", "Australian", "Brazilian", "Canadian", "Cuban", "Egyptian", "Ethiopian", "German", "Greek",
    "Indian",
    "Iranian", "Iraqi", "Israeli", "Italian", "Korean", "Mexican", "Nigerian", "Pakistani", "Palestinian",
    "Russian",
    "Somali", "Syrian", "Ukrainian",
)  # fmt: skip
"""Each is a noun and an adjective."""

NATIONAL_ADJECTIVES = (
    "British", "Chinese", "Dutch", "English", "French", "Irish", "Japanese", "Spanish", "Swedish", "Turkish",
    "Vietnamese",
)  # fmt: skip
"""These are no nouns, so they are swapped among themselves."""

RELIGIONS = (
    "Christian", "Catholic", "Protestant", "Mormon", "Muslim", "Buddhist", "Hindu", "Sikh", "atheist",
)  # fmt: skip
"""Each is a noun and an adjective."""

ORIENTATIONS = ("gay", "lesbian", "bisexual", "queer", "heterosexual", "asexual")

COMMUNITIES = (
    "gamer", "redditor", "streamer", "vegan", "feminist", "conservative", "liberal", "libertarian",
    "socialist",
    "cyclist", "teenager", "boomer", "millennial", "landlord", "veteran", "cosplayer",
)  # fmt: skip
"""What people call each other in subreddits."""

GENDER_PAIRS = (
    ("man", "woman"), ("men", "women"), ("boy", "girl"), ("boys", "girls"), ("father", "mother"),
    ("fathers", "mothers"), ("dad", "mom"), ("dads", "moms"), ("daddy", "mommy"), ("brother", "sister"),
    ("brothers", "sisters"), ("son", "daughter"), ("sons", "daughters"), ("husband", "wife"),
    ("husbands", "wives"), ("boyfriend", "girlfriend"), ("uncle", "aunt"), ("nephew", "niece"),
    ("grandfather", "grandmother"), ("grandpa", "grandma"), ("male", "female"), ("males", "females"),
    ("gentleman", "lady"), ("gentlemen", "ladies"), ("he", "she"), ("he's", "she's"), ("he'd", "she'd"),
    ("he'll", "she'll"), ("himself", "herself"),
)  # fmt: skip
"""Male and female; `his`, `him`, `her` and `hers` depend on their place and are dealt with apart."""

_MASKED_NAME, _MASKED_RELIGION = "[NAME]", "[RELIGION]"
_NOUN_FOLLOWS = re.compile(
    r"\s+(?!(?:a|an|the|and|or|but|to|so|that|this|is|was|in|on|at|for|with|as|"
    r"if|when|because|yesterday|today|again|here|there|now)\b)"
    r"[A-Za-z]"
)
# "man" alone is what people call out ("oh man"); behind one of these it is somebody.
_SOMEBODY = re.compile(
    r"\b(?:a|an|the|this|that|old|young|poor|every|no|one|another|grown|good|nice)\s+$", re.IGNORECASE
)


def swap_identities(text: str, rng: random.Random) -> str:
    """The text about somebody else: every identity word becomes another one of its kind.

    First names (and [NAME]) become first names, nationalities nationalities, and so on for religions (and
    [RELIGION]), orientations and communities; in one call of two, words of gender turn,
    pronouns too. The same word becomes the same other word throughout the text, capitals and plurals are
    kept, "a" and "an" follow.
    A text without such words is returned as it is. The same state of `rng` gives the same text.
    """
    chosen: dict[str, str] = {}
    gender = rng.random() < 1 / 2

    def other(match: re.Match[str]) -> str:
        word, article = match["word"], match["article"] or ""
        key = word.lower()
        if key in _GENDER or key in _BY_PLACE:
            new = _turned(match, text) if gender else word
        else:
            if key not in chosen:
                chosen[key] = _another(key, rng)
            new = _cased(chosen[key], like=word)
        return _article(article, new) + new

    return _WORDS.sub(other, text)


def _another(key: str, rng: random.Random) -> str:
    """Another word of the same kind, in its own spelling."""
    if key == _MASKED_NAME.lower():
        return rng.choice(_EVERY_NAME)
    if key == _MASKED_RELIGION.lower():
        return rng.choice(RELIGIONS)
    single = key if key in _KIND_OF else key.removesuffix("s")
    new = rng.choice([word for word in _KIND_OF[single] if word.lower() != single])
    return new if single == key else f"{new}s"


def _cased(new: str, *, like: str) -> str:
    """In capitals, in lower case or with a capital, where the old word was so against its own spelling."""
    if like.startswith("["):
        return new
    if len(like) > 1 and like.isupper():
        return new.upper()
    own = _SPELLING[like.lower().removesuffix("s") if like.lower() not in _SPELLING else like.lower()]
    if like.islower() and not own.islower():
        return new.lower()
    return new.capitalize() if like[0].isupper() and own.islower() and new.islower() else new


def _turned(match: re.Match[str], text: str) -> str:
    word = match["word"]
    key = word.lower()
    if key == "man" and not match["article"] and not _SOMEBODY.search(text[: match.start("word")]):
        return word
    if key in _BY_PLACE:
        owns = _NOUN_FOLLOWS.match(text, match.end()) is not None
        new = _BY_PLACE[key][0 if owns else 1]
    else:
        new = _GENDER[key]
    if len(word) > 1 and word.isupper():
        return new.upper()
    return new.capitalize() if word[0].isupper() else new


def _article(article: str, new: str) -> str:
    if not article:
        return ""
    fitting = "an" if new.lower().startswith(("a", "e", "i", "o", "un")) else "a"
    kept = fitting.capitalize() if article[0].isupper() else fitting
    return kept + article[len(article.rstrip()) :]


_EVERY_NAME = tuple(name for names in NAMES.values() for name in names)
_GENDER = {one: other for pair in GENDER_PAIRS for one, other in (pair, pair[::-1])}
_BY_PLACE = {"his": ("her", "hers"), "her": ("his", "him"), "him": ("her", "her"), "hers": ("his", "his")}
_PLAIN_KINDS = (NATIONALITIES, RELIGIONS, ORIENTATIONS, COMMUNITIES)
_KINDS = (*_PLAIN_KINDS, NATIONAL_ADJECTIVES, _EVERY_NAME)
_KIND_OF = {word.lower(): kind for kind in _KINDS for word in kind}
_SPELLING = {word.lower(): word for kind in _KINDS for word in kind}


def _pattern() -> re.Pattern[str]:
    """Names as they are written or in capitals; everything else in any case, plurals included."""
    names = "|".join(f"{name}|{name.upper()}" for name in _EVERY_NAME)
    plain = "|".join(word for kind in _PLAIN_KINDS for word in kind)
    rest = "|".join(map(re.escape, (*NATIONAL_ADJECTIVES, *_GENDER, *_BY_PLACE)))
    masks = "|".join(map(re.escape, (_MASKED_NAME, _MASKED_RELIGION)))
    word = rf"\b(?:{names})\b|\b(?i:(?:{plain})s?|{rest})\b|{masks}"
    return re.compile(rf"(?:(?<!\w)(?P<article>[Aa]n?\s+))?(?P<word>{word})")


_WORDS = _pattern()
