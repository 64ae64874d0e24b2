"""What is written plainly stays what it is."""

import re

import pytest
from goemotions import goemotions
from hypothesis import given
from hypothesis import strategies as st

from model.preprocess import preprocess

CLEAN = """\
I am so sad today.
Good book, cool food, see you soon!
It all went off well, miss.
The committee will see the bookkeeper.
Wait... what?! No way!!!
This is my 2nd attempt and her 1st, his 3rd, our 4th and 5th.
an mp3 of 3 MB on my ps4, ps5 and xbox360
It runs in 1080p at 60fps, not in 4k or 720p.
That is a B2B and B2C and P2P thing.
It cost $100, not $5k or $2.50, US$ 7.
v1.2.3 came after v0.9
at 10:30am, at 5pm, at 3am, at 1am, at 7am
in the 80s and 90s, the 1990s, 50s music
covid19 and covid-19 and h1n1
a 1on1 and a 2v2, 24/7, 50/50, w/o
GTA5, L4D2, R2D2, C3PO, WW2, F150, M14, G4S
x86 and i7 and a10 and win7 and area51
level5 boss, season4, day1, top5, top10, part2
6ft, 30min, 12yo, 100mb, 5kg, 20mph, 10lbs, 401k
at 50c or 90f outside
her password is a3f5b9c1
C++ and C# and F# and .NET
2 + 2 = 4, 3*4*5, x^2, a<b, b>a
snake_case_name and kebab-case-name
I gave it 5 stars, 10/10
email me at a.b@c.org please
r/sad and /r/depression are subreddits
#1 in #sadness
:( :) :'( ;-) :D XD xD <3 </3 :P :/ D: :3 8) B)
>:( and >_< and -_- and o_o and O_o and ^_^ and T_T and x_x
hmm mmm zzz aaa
AAA batteries, XXX, KKK, WWW
Henry VIII, Louis XIII, Part III, Rocky II
J.R.R. Tolkien and C.S. Lewis, D.C., U.K., e.g. this, i.e. that
at 5 a.m. or p.m.
plan a or b or c
I do not know, a b testing
f**k this sh*t and d*mn it
the 9/11 memorial
3.14159 and 1,000,000 and 1000000
1. one 2. two 3. three
[NAME] told [NAME] about [RELIGION].
"quoted" and 'single' and (bracketed) and [square]
naïve café, déjà vu, jalapeño, Zoë
Привет, мир! Как дела?
Он сказал, что всё хорошо.
Нет
да
Γειά σου Κόσμε
α and β are greek, λ calculus, 5 μm
日本語のテキスト
안녕하세요
مرحبا بالعالم
שלום עולם
Ça va très bien
Größe und Straße
el niño mañana
she said привет to me
100% agree
A* search
Ke$ha and A$AP Rocky
a/b/c and n/a
don't can't won't I'm you're
rock'n'roll
O'Brien and McDonald's
well-being, mother-in-law, up-to-date
AT&T and R&B and Q&A
7up, 4chan, 9gag, 5star, 3day
3d printing, 2d game, 4x4, 8x10
S3 bucket, EC2, H2O, CO2
iPhone 5s and 6s
the 1st, 21st, 22nd, 23rd, 101st
No. 5, Nr. 7, Fig. 3
Tel. 555-1234
2020-01-31 and 31.01.2020
1st-class
50+ people, 18+ only
it's $USD or €EUR
£20 or 20€
50°
what?! really?? yes!!
so... many... dots...
--- a dash --- another
~5 minutes, ~half
~hi~
A-level, B-side, X-ray
T-shirt, U-turn, e-mail
one_two three
3 a.m. is late
U of M
I, a man, a plan
Vitamin B12, B6 and D3
F16, MI6, K9, V8, Q4
the Nazi SS, KGB, CCCP
bass, boss, ass, pass
aardvark, vacuum, skiing
balloon, coffee, committee, Mississippi
Aaron and Isaac
llama
eerie
no no no
so so
ha ha ha
hahaha
lol
wtf
omg
1
42
?
...
:)
ok
no
I
a
""".splitlines()  # noqa: RUF001 - Greek is meant


def test_the_table_is_long_enough() -> None:
    assert len(CLEAN) >= 115


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_stays(text: str) -> None:
    assert preprocess(text) == text


WORDS = (
    "i",
    "you",
    "am",
    "is",
    "sad",
    "good",
    "the",
    "a",
    "so",
    "not",
    "never",
    "killed",
    "dying",
    "love",
    "with",
    "day",
    "three",
    "3",
    "2nd",
    "it",
    "was",
    "all",
    "off",
    "too",
)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join))
def test_ordinary_words_in_any_order_stay(text: str) -> None:
    assert preprocess(text) == text


_EMOJI = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b50\U0001f000-\U0001faff]")
_STRETCHED = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)


def test_ordinary_comments_keep_their_words() -> None:
    """Stretched words, emoji and typos are meant to change: four of five that do so here are mistyped."""
    lines = (goemotions() / "dev.tsv").read_text(encoding="utf-8").splitlines()
    texts = [line.split("\t")[0] for line in lines]
    plain = [
        text for text in texts if text.isascii() and not _EMOJI.search(text) and not _STRETCHED.search(text)
    ]
    changed = [text for text in plain if _bare(preprocess(text)) != _bare(text)]

    assert len(plain) > 4_000
    assert len(changed) <= 0.012 * len(plain)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
