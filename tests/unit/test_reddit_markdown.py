"""What people read is what was meant: rendered by markdown-it-py, which nobody here wrote."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reading_markdown import INSIDE, PLAIN, above_the_footer, links, read, tokens

from bot.adapters.phrasefile import load_crisis_card, load_phrase_book
from bot.adapters.reddit.footer import BOT, Footer
from bot.adapters.reddit.markdown import markdown
from bot.domain.crisis import REGIONS
from bot.domain.messages import scrubbed

FOOTER = Footer.of("Solace_bot-2", "https://example.org/solace?a=1&b=2")


def meant(text: str) -> str:
    """The same words, with the white space that HTML shows."""
    lines = [" ".join(line.split()) for line in re.split(r"\r\n|\r|\n", text)]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip("\n")


def assert_reads_as_meant(text: str) -> None:
    found = tokens(markdown(text))
    assert {token.type for token in found} <= PLAIN
    assert {each.type for token in found for each in token.children or []} <= INSIDE
    assert read(found) == meant(text)


def test_every_phrase_of_the_book_reads_as_it_stands_there() -> None:
    phrases = load_phrase_book().phrases
    assert len(phrases) >= 60
    for phrase in phrases:
        assert_reads_as_meant(phrase.text)
        assert read(tokens(markdown(phrase.text))) == phrase.text
        assert links(tokens(markdown(phrase.text))) == []


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_the_crisis_card_reads_as_it_stands_there_and_its_addresses_can_be_followed(
    region: str | None,
) -> None:
    card = load_crisis_card(region).text
    found = tokens(markdown(card))
    assert read(found) == card
    assert "https://findahelpline.com" in links(found)
    assert ("https://988lifeline.org" in links(found)) == (region == "US")


def test_phone_numbers_hold_no_backslash_so_that_a_notification_shows_them_too() -> None:
    for number in ("9-8-8", "13 11 14", "116 123", "1737"):
        assert number in "".join(markdown(load_crisis_card(region).text) for region in REGIONS)


@example("*a* _b_ **c** `d` ~~e~~ ^f >!g!< [h](i) ![j](k) <l> &amp; &#61; \\* |m|n|")
@example("# a\n## b\n- c\n+ d\n* e\n1. f\n2) g\n> h\n    i\n\tj\n---\n===\n***\n___\n```\nk")
@example("a\n===\nb\n---\nc | d\n-|-\n1 | 2")
@example("u/somebody /u/somebody r/place hour/day https://reddit.com/u/me_and_you")
@example("(see https://example.org/a_(b)_c?d=e&f=*g*), or example.com.")
@example("  \n\n a \r\n\r b\x0bc\x85d\u2028e \n")
@example("13. street\n13) b\n\u0661\u0663. c")
@given(st.text(alphabet=st.one_of(st.sampled_from("\\`*_{}[]()#+-.!~^|<>&=:/ur19 \n\t\r"), st.characters())))
def test_whatever_is_written_reads_as_it_was_meant(text: str) -> None:
    assert_reads_as_meant(scrubbed(text))


def test_nobody_is_called_by_name_and_no_place_is_named() -> None:
    assert markdown("ask u/Somebody or /r/Place") == r"ask u\/Somebody or /r\/Place"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see findahelpline.com.", "https://findahelpline.com"),
        ("see https://example.org/a_b, now", "https://example.org/a_b"),
        ("http://example.org/", "http://example.org/"),
        ("(www.example.com)", "https://www.example.com"),
        ("write to somebody@example.com", None),
        ("so on, e.g. today", None),
        ("no.community", None),
    ],
)
def test_addresses_become_links_and_nothing_else_does(text: str, address: str | None) -> None:
    found = links(tokens(markdown(text)))
    assert found == ([address] if address else [])


def test_the_footer_says_that_a_bot_wrote_it_and_shows_the_ways_out() -> None:
    found = tokens(FOOTER.under("That *hurts*.", "t1_abc"))
    assert [token.type for token in found if token.type not in PLAIN] == ["hr"]
    assert read(found) == f"That *hurts*.\n\n{BOT} · opt out · delete this · why · about"


def test_what_says_so_itself_is_not_said_to_be_a_bots_twice() -> None:
    card = "It matters.\n\nThis is a bot. People read slower than it, and understand more."
    found = read(tokens(FOOTER.under(card, "t1_abc")))
    assert found.lower().count("a bot") == 1
    assert found.endswith("opt out · delete this · why · about")


def test_its_links_open_a_message_to_the_bot_that_is_ready_to_be_sent() -> None:
    *letters, about = links(tokens(FOOTER.under("text", "t1_abc")))
    asked = [parse_qs(urlsplit(letter).query) for letter in letters]
    assert [each["message"] for each in asked] == [["!optout"], ["!delete t1_abc"], ["!why t1_abc"]]
    assert {tuple(each["to"]) for each in asked} == {("Solace_bot-2",)}
    assert all(each["subject"] for each in asked)
    assert about == "https://example.org/solace?a=1&b=2"
    assert "message=%21optout" in letters[0]


def test_without_a_page_of_its_own_the_bots_profile_tells_about_it() -> None:
    assert links(tokens(Footer.of("Solace_bot").under("x", "t1_a")))[-1] == (
        "https://www.reddit.com/user/Solace_bot"
    )


def test_words_that_look_like_a_footer_end_before_it() -> None:
    found = tokens(FOOTER.under("```\n> a", "t1_abc"))
    assert links(found)[-1] == FOOTER.about
    assert above_the_footer(FOOTER.under("a\n\n---\n\nb", "t1_a")) == "a\n\n---\n\nb"
