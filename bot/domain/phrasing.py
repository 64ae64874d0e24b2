"""What a phrase of support must not do, and how to say so in plain words."""

import re
import unicodedata
from collections.abc import Iterator

MAX_CHARACTERS = 160
MAX_SENTENCES = 2

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+(?=\s|$)")  # from the first mark on: never begun again inside
_LETTER = re.compile(r"[^\W\d_]")
_EMOJI = re.compile("[\u20e3\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_EMOTICON = re.compile(r"(?<!\S)(?:[:;=]['-]?[()/|dpo3]+|xd+|<3+|\^_*\^)(?!\w)")
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
_LINK = re.compile(r"https?:|www\.|(?<!\w)[@#/]\w")

# Each statement completes "This phrase …". Below it stand whole words, as patterns over lower case with
# straight apostrophes; after ">" they count only where a statement begins.
_BANNED_WORDS = {
    "speaks in the first person; a bot that claims to feel or understand is believed less": r"""
        i|i'm|i've|i'd|i'll|im|ive|me|my|mine|myself
        > (so |very |really |truly |deeply )*sorry
        > hope you|hope it|hope this|hope that|hope things|hoping you
        thinking of you|thinking about you|condolences|hugs?|heart goes|heart breaks|heart aches
        sending (you )?(love|strength|warmth|comfort)
    """,
    'says "we", which a bot is no part of': r"we|we're|we've|we'd|we'll|us|our|ours|ourselves|let's",
    "gives advice": r"""
        should|ought to|had better|you'd better|why not|how about|what about|if i were
        (maybe|perhaps) (you|try|a|it's time)|you (can|could|might) (always|try|just|also)
        you (really |just |only )?(need|have to|must|might want|may want)(?! (be|been|feel|have|had)\b)
        try to|try not to|try \w+ing|make sure|consider \w+ing|recommend|suggest|it helps to
        no (need|reason) to|therapy|therapist|counsell?or|professional help|deep breaths?|self-care
        be kind to yourself
        > please|just|do not|don't|never|always|remember|try|take (a|your|some|care|it)|keep|stay|hang|hold|be
        > let|give|go|get|talk|speak|breathe|focus|call|calm|relax|look|forget|ignore|forgive|stop|think|seek
        calm down|take care|hang in there|let it go|move on|snap out
    """,
    "looks for a silver lining": r"""
        at least|silver lining|bright(er)? side|on the (plus|positive|other) (side|hand)
        for a reason|for the best|blessing|lessons?|opportunity|learn from|learning from|meant to be
        doesn't kill|does not kill
    """,
    "makes the feeling smaller": r"""
        cheer up|chin up|lighten up|smile|get(ting)? over (it|this|that|him|her|them)
        over it|don't (cry|worry)|that's life|such is life|it is what it is
        (not|no|isn't) (such |that |so |really )?(a )?(big deal|the end of the world|bad)
        (it's|it is|that's|that is|this is|was) (just|only) (a|an|the|one|some)
        overreact(ing|ed)?|too sensitive|dramatic
    """,
    "compares with other people or other troubles": r"""
        (others?|(many|most|other|some|plenty of) people|everyone|everybody) \w+
        (could be|could have been|have it|has it) worse|worse off
        happens to (everyone|everybody|anyone|the best)
        (not|never|aren't|isn't) (the only one|alone)|been there|how you feel|how that feels
    """,
    'calls somebody strong or brave, or praises how they bear it ("strong", "brave", "proud")': r"""
        strong(er|est|ly)?|strength|brave(r|ly|ry)?|courage(ous)?|resilien(t|ce)|proud|warrior|fighter
        survivor|hero|tough (one|cookie|person)|you're (so )?tough|you've got this|you got this
    """,
    "brings in faith or fate": r"""
        god|lord|jesus|allah|pray(s|ed|ing|ers?)?|bless(ed)?|heaven(ly)?|angels?|faith|soul
        fate|destiny|karma|the universe|higher power|better place
    """,
    "says that things get better, which nobody knows": r"""
        (it|this|that|things|everything|life|you|time)('ll| will| shall| gets?|('s|'re| is| are) going to)
        (gets?|getting|be|feel|feeling) (better|okay|ok|alright|all right|easier|fine)|(will|shall) pass
        heals?|brighter|better (days|times)|next time|one day|a new day|light at the end|soon
    """,
    "promises presence or care": r"""
        here (for|with) you|here to (help|listen)|always here|by your side|your back|count on|lean on|promise
        cares? about you|you are loved|you're loved
    """,
    "invites an answer, which the bot cannot take": r"""
        (tell|message|write|text|dm) (me|us|more|back)|let (me|us) know|feel free|reach out
        (want|like|need) to talk
        (talk|vent|open up|share|chat)( \w+)? (about|here|more|with|to)
        > how are|how do|what is|what's|what happened|why do|why did|do you|did you|are you|have you
    """,
    "makes a diagnosis": r"""
        depress(ed|ion|ive)|anxiety|ptsd|trauma(ti[sz]ed|tic)?|bipolar|burned out|burnt out|burn-?out|disorder
        panic attacks?|mental(ly)? (ill|illness|health)|symptoms?|diagnos\w+|suicid\w+|narcissis\w+
    """,
    "tells the person what they are or feel; begin with how it sounds or seems": r"""
        > you are|you're|you feel
        you (clearly|obviously|always|never)
    """,
    "takes a side or hands out blame": r"""
        (your|his|her|their|no ?one's|nobody's) (own )?fault|to blame|blame yourself|deserve[sd]?
        (he|she|they)('s|'re| is| are) (an? |just |so |all )*(wrong|idiots?|jerks?|awful|terrible|horrible)
        (you're|you are|you were) (absolutely |so |completely )?(right|wrong)
    """,
    "uses a pet name": r"""
        honey|sweetie|sweetheart|darling|buddy|bro|dude|hun|babe|my dear|dearest|my friend|champ|kiddo
        > dear|love|mate|friend|pal
    """,
}


def violations(text: str) -> list[str]:
    """Which rules the phrase `text` breaks.

    The rules hear how a phrase sounds, not whether it fits a comment. They are wary: they may warn about a
    good phrase, and a bad one may pass them.

    Returns:
        Statements that complete "This phrase …", in a fixed order; empty if it breaks none.
    """
    clean = unicodedata.normalize("NFKC", text).replace("\u2019", "'").strip()
    if not _LETTER.search(clean):
        return ["has no words"]
    return [*_shape(clean), *_words(clean.lower())]


def _shape(text: str) -> Iterator[str]:
    sentences = sum(1 for part in _SENTENCE_END.split(text) if part.strip())
    found = {
        f"is longer than {MAX_CHARACTERS} characters ({len(text)})": len(text) > MAX_CHARACTERS,
        f"has more than {MAX_SENTENCES} sentences ({sentences})": sentences > MAX_SENTENCES,
        "runs over more than one line": len(text.splitlines()) > 1,
        "does not begin with a capital letter": not text[0].isupper(),
        "shouts in capitals": _SHOUTED.search(text),
        "asks a question, and the bot cannot take the answer": any(mark in text for mark in "?¿؟"),
        "has an exclamation mark": any(mark in text for mark in "!¡"),
        "has an emoji": _EMOJI.search(text) or _EMOTICON.search(text.lower()),
        "carries a link, a mention or a tag": _LINK.search(text.lower()),
    }
    return (statement for statement, broken in found.items() if broken)


def _words(text: str) -> Iterator[str]:
    return (statement for statement, pattern in _BANNED if pattern.search(text))


def _pattern(lines: str) -> re.Pattern[str]:
    stripped = [line.strip() for line in lines.strip().splitlines()]
    return re.compile(
        "|".join(
            rf"(?:^|[.!?…,;:]\s*|\b(?:and|but|so)\s)(?:{line[2:]})\b"
            if line.startswith("> ")
            else rf"\b(?:{line})\b"
            for line in stripped
        ),
    )


_BANNED = tuple((statement, _pattern(lines)) for statement, lines in _BANNED_WORDS.items())
