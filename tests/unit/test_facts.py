import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decisions import TextFacts
from bot.domain.facts import MAX_TEXT, facts_of

MEGABYTE = 1_000_000


def seen(text: str) -> TextFacts:
    return facts_of(text, language="en", crisis=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("   \n\t ", 0),
        ("sad", 1),
        ("I am so sad.", 4),
        ("I'm sad", 2),
        ("...", 0),
        ("?! -- ***", 0),
        ("so ... sad", 2),
        ("😢", 1),
        ("😢 😭", 2),
        ("42", 1),
        ("悲しい", 1),
        ("look at https://example.org/a?b=c please", 3),
        ("look at WWW.EXAMPLE.ORG please", 3),
        ("look at [my long page](https://example.org/x) please", 6),
        ("[one](https://a.org)two", 2),
        ("[a](https://en.wikipedia.org/wiki/Foo_(bar))", 1),
        ("[not a link] (really)", 4),
        ("awwww...noooo poor thing", 3),
        ("> they said\nI am sad", 3),
        ("  > they said\nI am sad", 3),
        ("&gt; they said\nI am sad", 3),
        ("I am sad\n> they said", 3),
        ("I am > sad", 3),
        (">!a spoiler!< it is", 4),
        (">:( not my day", 3),
        (">_< not my day", 3),
        ("  >.< not my day", 3),
        ("&gt;:D not my day", 4),
        (">=5 days", 2),
        ("> :( they said", 0),
        ("> ...they said", 0),
        (">...they said", 0),
        (">_they_ said", 0),
        (">- they said", 0),
        (">>they said", 0),
        ("> [a](https://b.org) c\nd", 1),
    ],
)
def test_words_are_the_authors_own(text: str, words: int) -> None:
    assert seen(text).words == words


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("...!", "empty"),
        ("https://example.org", "only_links"),
        ("https://example.org ... www.example.org", "only_links"),
        ("_www.example.org_", "only_links"),
        ("[](https://example.org)", "only_links"),
        ("> quoted\nhttps://example.org", "only_links"),
        ("> quoted", "only_quote"),
        ("&gt; quoted\n>too", "only_quote"),
        (">", "empty"),
        ("> quoted\n\n...", "only_quote"),
        ("> https://example.org", "only_quote"),
        ("> quoted\nmine", ""),
        ("https://example.org mine", ""),
        ("[mine](https://example.org)", ""),
        (">!mine!<", ""),
    ],
)
def test_a_text_without_own_words_is_of_one_kind(text: str, kind: str) -> None:
    facts = seen(text)
    assert [name for name in ("empty", "only_links", "only_quote") if getattr(facts, name)] == kind.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("great, just great /s", True),
        ("great, just great /S", True),
        ("great\n/s\n ", True),
        ("/s", True),
        ("great/s", False),
        ("30 m/s", False),
        ("/s great", False),
        ("great /sarcasm", False),
        ("https://example.org/s", False),
        ("s", False),
        ("", False),
    ],
)
def test_a_sarcasm_tag_stands_alone_at_the_end(text: str, expected: bool) -> None:
    assert seen(text).sarcasm_tag is expected


# Few letters and much markup: that is where texts go wrong.
marked_up = st.lists(
    st.sampled_from(
        [
            "a",
            "B",
            " ",
            "\n",
            "[",
            "]",
            "(",
            ")",
            ">",
            "!",
            "&gt;",
            "https://",
            "www.",
            "/s",
            ".",
            "😢",
            "\t",
            "\r",
        ]
    )
    | st.characters()
).map("".join)


@given(marked_up)
def test_a_text_is_of_one_kind_and_never_an_error(text: str) -> None:
    facts = seen(text)
    kinds = facts.empty + facts.only_links + facts.only_quote
    assert facts.words >= 0
    assert kinds == (facts.words == 0)


@given(marked_up, marked_up)
def test_words_add_up_line_by_line(one: str, other: str) -> None:
    assert seen(f"{one}\n{other}").words == seen(one).words + seen(other).words


@given(marked_up, st.text(st.characters(exclude_characters="\n")))
def test_a_quoted_line_adds_no_words(text: str, quoted: str) -> None:
    assert seen(f"{text}\n> so {quoted}").words == seen(text).words


@pytest.mark.parametrize("text", [">:( i am so sad", ">_< this is awful", ">!i am so sad!<"])
def test_a_face_or_a_spoiler_is_no_quote(text: str) -> None:
    assert not seen(text).only_quote
    assert seen(text).words >= 3


@given(marked_up, st.text(" \n\t"), st.text(" \n\t"))
def test_space_around_a_text_changes_nothing(text: str, before: str, after: str) -> None:
    assert seen(f"{before}{text}{after}") == seen(text)


@given(marked_up, st.sampled_from(["en", "de", "und"]), st.booleans())
def test_what_others_found_is_passed_on(text: str, language: str, crisis: bool) -> None:
    facts = facts_of(text, language=language, crisis=crisis)
    assert (facts.language, facts.crisis) == (language, crisis)


BRACKETS = ["[", "]", "[]", "[](", "((((", "[" + "a" * 299]
LINKS = ["[](www.a", "[x](https://", "[x](https://" + "a" * 1999, "https://", "www.", "http", "w"]
LINES = [">", "> \n", "&gt;", "&gt", " ", "\t \n", "\n", "/s "]


@pytest.mark.parametrize("piece", [*BRACKETS, *LINKS, *LINES, "😢", "e\u0301"])
def test_a_megabyte_of_anything_is_read(piece: str) -> None:
    text = (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
    assert seen(text).words >= 0


def test_what_is_longer_than_anybody_can_post_is_too_long_and_only_its_beginning_is_looked_at() -> None:
    longest = "so sad " * (MAX_TEXT // 7) + "!" * (MAX_TEXT % 7)
    assert len(longest) == MAX_TEXT
    assert not seen(longest).too_long
    longer = seen(f"{longest} and more words /s")
    assert (longer.too_long, longer.words, longer.sarcasm_tag) == (True, seen(longest).words, False)


@given(marked_up, marked_up)
def test_nothing_behind_the_first_characters_changes_a_fact(one: str, other: str) -> None:
    beginning = ("sad " * (MAX_TEXT // 4) + one)[-MAX_TEXT:]
    assert seen(f"{beginning}.{other}") == seen(f"{beginning}!")
