"""What is disguised, decorated or stretched comes out as what it says."""

import pytest

from model.emoji_names import names
from model.preprocess import preprocess

LEET = [
    ("k1ll", "kill"),
    ("d3pr3ss3d", "depressed"),
    ("h@te", "hate"),
    ("$ad", "sad"),
    ("5ad", "sad"),
    ("sh!t", "shit"),
    ("a$$", "ass"),
    ("l0ve", "love"),
    ("y0u", "you"),
    ("H4TE", "HATE"),
    ("5h17", "shit"),
    ("a+b", "a+b"),
    ("ha+e", "hate"),
    ("self-h4te", "self-hate"),
    ("k1ll!", "kill!"),
    ("gr8", "great"),
    ("l8r m8", "later mate"),
    ("4ever", "forever"),
    ("d0n't", "don't"),
    ("l0nely", "lonely"),
    ("su1c1d3", "suicide"),
    ("w0rthl3ss", "worthless"),
    ("cry1ng", "crying"),
    ("I l0v3 y0u s0 much", "I love you so much"),
    ("I h4t3 7h15", "I hate this"),
    ("s0", "s0"),
    ("don'7", "don't"),
    ("@lone @gain", "alone again"),
    ("@lone_wolf", "[NAME]"),
    ("1'm n07 h4ppy 4nd n07 s4d", "I'm not happy and not sad"),
    ("!7 !$ 70 b4d 4nd s4d", "it is to bad and sad"),
    ("th!$ wa$ b4d", "this was bad"),
    ("f331", "feel"),
    ("@11:22PM", "[NAME]:22PM"),
]
STRETCHED = [
    ("soooo", "so"),
    ("goooood", "good"),
    ("cooool", "cool"),
    ("noooo", "no"),
    ("yesssss", "yes"),
    ("killllll", "kill"),
    ("looool", "lol"),
    ("sweeeet", "sweet"),
    ("miiiiss", "miss"),
    ("tooooo", "too"),
    ("offff", "off"),
    ("reallllly", "really"),
    ("saaaad", "sad"),
    ("SOOOO", "SO"),
    ("hmmmm", "hmm"),
    ("aaaaa", "aaa"),
    ("pleeease", "please"),
    ("ooof", "oof"),
    ("whyyyy", "why"),
    ("oooh", "ooh"),
    ("yeeeet", "yeet"),
    ("hellooooo", "hello"),
    ("no!!!!!!", "no!!!"),
    ("what.......", "what..."),
    (":((((((", ":((("),
]
SPACED = [
    ("s a d", "sad"),
    ("k i l l", "kill"),
    ("s.a.d", "sad"),
    ("d-e-a-d", "dead"),
    ("s_a_d", "sad"),
    ("s*a*d", "sad"),
    ("I a m s o s a d", "I am so sad"),
    ("I a m", "I am"),
    ("U S A", "USA"),
    ("S-O-R-R-Y", "SORRY"),
    ("so l o n e l y here", "so lonely here"),
]
MARKUP = [
    (">!a spoiler!< tells", "a spoiler tells"),
    ("||hidden|| word", "hidden word"),
    ("**bold** and *it*", "bold and it"),
    ("***both***", "both"),
    ("__bold__ and _it_", "bold and it"),
    ("~~gone~~", "gone"),
    ("`code`", "code"),
    ("don`t", "don't"),
    ("^so ^small", "so small"),
    ("^(so small)", "(so small)"),
    ("[text](https://a.b/c)", "text"),
    ("[](https://a.b/c)", "[LINK]"),
    ("![gif](giphy|abc)", "gif"),
    ("&gt; quote\nmine", "mine"),
    ("a &amp; b", "a & b"),
    ("a &amp;amp; b", "a & b"),
    ("sad&#x200B;ness", "sadness"),
    ("# Title\ntext", "Title text"),
    ("* one\n* two", "one two"),
    ("- one\n- two", "one two"),
    ("above\n***\nbelow", "above below"),
    (r"not \*bold\* here", "not bold here"),
    ("> they said this\nI hate it", "I hate it"),
    ("> only a quote", "only a quote"),
    ("&gt; only", "only"),
    (">:( so angry", ">:( so angry"),
    ("I am **so *very* sad**", "I am so very sad"),
    ("<b>sad</b>", "sad"),
]
MASKS = [
    ("thanks @some_one and /u/other-one, u/third!", "thanks [NAME] and [NAME], [NAME]!"),
    ("see https://example.org/a?b=c and www.example.org", "see [LINK] and [LINK]"),
    ("t.me/foo/bar", "[LINK]"),
    ("a@b.org is no mention", "a@b.org is no mention"),
    ("https://x.y/k1ll", "[LINK]"),
    ("@k1ll3r", "[NAME]"),
]
CHARACTERS = [
    ("\uff53\uff41\uff44", "sad"),
    ("s\u200ba\u200dd", "sad"),
    ("\u0455\u0430d", "sad"),
    ("\u0405\u0410D", "SAD"),
    ("I \u0430m \u0455\u043e \u0455\u0430d", "I am so sad"),
    ("\U0001d4fc\U0001d4ea\U0001d4ed", "sad"),
    ("\ua731\u1d00\u1d05", "sad"),
    ("s\u0336a\u0336d\u0336", "sad"),
    ("\u24e2\u24d0\u24d3", "sad"),
    ("\u02e2\u1d43\u1d48", "sad"),
    ("\U0001f182\U0001f170\U0001f173", "SAD"),
    ("\U0001f162\U0001f150\U0001f153", "SAD"),
    ("I don\u2019t", "I don't"),
    ("s\u3164ad", "sad"),
    ("sad\u2800day", "sad day"),
    ("nul\x00and\ud800surrogate", "nul and surrogate"),
    ("\u212f", "e"),
    ("\u0131'm", "i'm"),
    ("\u200b \n", ""),
    ("", ""),
    ("  so\n\n tired\t", "so tired"),
    ("h\u0430te m\u0435", "hate me"),
]
EMOJI = [
    ("dying \U0001f602\U0001f602\U0001f602", "dying tears of joy"),
    ("ok \U0001f44d\U0001f3fd", "ok thumbs up"),
    ("\U0001f62d", "loudly crying"),
    ("\U0001f480", "skull"),
    ("\U0001f525", "fire"),
    ("\u2764\ufe0f", "red heart"),
    ("\U0001f937\u200d\u2642\ufe0f", "shrugging"),
    ("1\ufe0f\u20e3", "1"),
    ("\U0001f1fa\U0001f1f8", "united states"),
    ("\U0001f1f8\U0001f1e6\U0001f1e9", "sad"),
    ("\U0001f198", "sos"),
    ("sad\U0001f614day", "sad pensive day"),
    (":(", ":("),
    ("\u2639\ufe0f", "frowning"),
    ("\U0001f97a", "pleading"),
]


@pytest.mark.parametrize(
    ("text", "expected"), [*LEET, *STRETCHED, *SPACED, *MARKUP, *MASKS, *CHARACTERS, *EMOJI]
)
def test_the_disguise_comes_off(text: str, expected: str) -> None:
    assert preprocess(text) == expected
    assert preprocess(expected) == expected


def test_every_emoji_has_words_of_its_own() -> None:
    known = names()

    assert len(known) > 1_500
    assert [name for name in known.values() if not name or not name.isascii() or name != name.strip()] == []
