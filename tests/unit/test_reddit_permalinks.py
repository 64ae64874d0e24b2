import pytest

from bot.adapters.reddit.permalinks import fullname_in, subreddit_in


@pytest.mark.parametrize(
    ("link", "fullname"),
    [
        ("https://www.reddit.com/r/Cooking/comments/1abc2d/what_a_day/kxyz12/", "t1_kxyz12"),
        ("https://old.reddit.com/r/Cooking/comments/1abc2d/what_a_day/kxyz12/?context=3", "t1_kxyz12"),
        ("https://www.reddit.com/r/Cooking/comments/1abc2d/_/kxyz12", "t1_kxyz12"),
        ("https://www.reddit.com/r/Cooking/comments/1abc2d//kxyz12", "t1_kxyz12"),
        ("/r/Cooking/comments/1abc2d/what_a_day/kxyz12/", "t1_kxyz12"),
        ("http://127.0.0.1:8080/r/Cooking/comments/1abc2d/été/kxyz12#there", "t1_kxyz12"),
        ("https://www.reddit.com/r/Cooking/comments/1abc2d/what_a_day/", "t3_1abc2d"),
        ("r/Cooking/comments/1abc2d", "t3_1abc2d"),
        (" t1_kxyz12 ", "t1_kxyz12"),
        ("t3_1abc2d", "t3_1abc2d"),
    ],
)
def test_links_lead_to_comments_or_else_to_submissions(link: str, fullname: str) -> None:
    assert fullname_in(link) == fullname


@pytest.mark.parametrize(
    "text",
    [
        "",
        "t4_abc",
        "https://www.reddit.com/r/Cooking/",
        "https://www.reddit.com/user/ann/comments/1abc2d/x/kxyz12/",
        "https://www.reddit.com/r/Cooking/comments/1abc2d/x/kxyz12/more",
        "https://www.reddit.com/r/Cooking/comments/../x/kxyz12",
        "https://a:b@reddit.com/r/Cooking/comments/1abc2d/x/kxyz12",
        "javascript:/r/Cooking/comments/1abc2d",
        "https://example.com/r/Cooking/comments/1abc2d/x/kxyz12",
        "https://notreddit.com/r/Cooking/comments/1abc2d/x/kxyz12",
    ],
)
def test_other_texts_lead_nowhere(text: str) -> None:
    assert fullname_in(text) is None


def test_a_link_names_its_subreddit_and_a_full_name_none() -> None:
    assert subreddit_in("https://www.reddit.com/r/Cooking/comments/1abc2d/what_a_day/kxyz12/") == "cooking"
    assert subreddit_in("t1_kxyz12") is None
