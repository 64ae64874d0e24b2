"""The account on Reddit, the subreddits it may read, and what is set apart for each."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.channels import ChannelSettings, Mode, QuietHours
from bot.domain.communities import sensitive
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen
from bot.domain.errors import SettingsError
from bot.domain.messages import Origin, Platform
from bot.settings import RedditSettings, Settings, channel_defaults, load_settings

SECRET = "hunter2-hunter2"
ACCOUNT = {
    "CLIENT_ID": "app",
    "CLIENT_SECRET": SECRET,
    "USERNAME": "solace_bot",
    "PASSWORD": "a pass word!",
    "USER_AGENT": "linux:solace.test:v1 (by /u/tester)",
    "SUBREDDITS": "one,two",
    "APPROVED": "true",
}
REDDIT = Platform("reddit")


def read(**variables: str) -> Settings:
    """An account, with these variables in place of the usual ones; an empty one counts as not set."""
    return load_settings(None, named(ACCOUNT | variables))


def named(variables: dict[str, str]) -> dict[str, str]:
    return {f"SOLACE_REDDIT__{name}": value for name, value in variables.items()}


def complaint(**variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**variables)
    return str(caught.value)


def test_there_is_no_account_where_nothing_is_set() -> None:
    reddit = Settings().reddit
    assert not reddit.wanted
    assert (reddit.mode, reddit.subreddits, reddit.approved) == (Mode.SHADOW, (), False)
    assert (
        load_settings(None, named({"MODE": "live", "USER_AGENT": ACCOUNT["USER_AGENT"]})).reddit.wanted
        is False
    )


def test_an_account() -> None:
    reddit = read(USERNAME="u/Solace_Bot", SUBREDDITS="r/One, /r/two_2 ,THREE/", MODE="LIVE").reddit
    assert reddit.wanted
    assert reddit.username == "Solace_Bot"
    assert reddit.subreddits == ("one", "two_2", "three")
    assert reddit.mode is Mode.LIVE
    assert reddit.password is not None
    assert reddit.password.get_secret_value() == "a pass word!"
    assert (reddit.poll_interval, reddit.reply_interval) == (timedelta(seconds=5), timedelta(seconds=10))
    assert "hunter2" not in repr(reddit)
    assert "pass word" not in repr(reddit)


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET", "USERNAME", "USER_AGENT", "SUBREDDITS"])
def test_what_an_account_needs_is_named(name: str) -> None:
    assert complaint(**{name: ""}).startswith(f"SOLACE_REDDIT__{name}: is needed")


def test_there_is_exactly_one_way_in() -> None:
    assert complaint(PASSWORD="").startswith("SOLACE_REDDIT__PASSWORD: is needed")
    assert complaint(REFRESH_TOKEN="12-ab").startswith("SOLACE_REDDIT__PASSWORD: is set, and")
    assert read(PASSWORD="", REFRESH_TOKEN="12-ab").reddit.refresh_token is not None


@pytest.mark.parametrize(
    "agent",
    [
        "solace",
        "linux:solace:v1",
        "linux:solace:v1 (by tester)",
        "solace:v1 (by /u/tester)",
        "linux:solace:v1 (by /u/tester) and more",
        "Mozilla/5.0 (X11; Linux x86_64)",
    ],
)
def test_the_agent_has_the_form_that_reddit_demands(agent: str) -> None:
    text = complaint(USER_AGENT=agent)
    assert text.startswith("SOLACE_REDDIT__USER_AGENT: should have the form")
    assert agent not in text.replace("platform:app-id:version (by /u/name)", "")


@pytest.mark.parametrize(
    "agent", ["linux:a.b:v1 (by u/tester)", "python:org.example.solace:v1.2.3 (by /u/some-body)"]
)
def test_agents_that_have_it(agent: str) -> None:
    assert read(USER_AGENT=agent).reddit.user_agent == agent


@pytest.mark.parametrize("value", ["a", "x" * 22, "one two", "one+two", "one,ONE", "r/one/two", "[1, [2]]"])
def test_subreddits_are_names_each_once(value: str) -> None:
    assert complaint(SUBREDDITS=value).startswith("SOLACE_REDDIT__SUBREDDITS: ")


def test_nothing_connects_to_reddit_without_the_operators_word() -> None:
    assert complaint(APPROVED="").startswith("SOLACE_REDDIT__APPROVED: is not true")
    assert complaint(APPROVED="false", OAUTH_URL="http://127.0.0.1:9").startswith("SOLACE_REDDIT__APPROVED")
    peer = {"APPROVED": "", "REDDIT_URL": "http://127.0.0.1:9", "OAUTH_URL": "http://localhost:9"}
    assert read(**peer).reddit.loopback
    assert not read().reddit.loopback


@pytest.mark.parametrize("name", ["REDDIT_URL", "OAUTH_URL", "ABOUT_URL"])
@pytest.mark.parametrize(
    "value",
    ["http://reddit.com", "http://127.0.0.1.example.org", "ftp://localhost", "https://a:b@reddit.com"],
)
def test_addresses_that_would_give_secrets_away_are_refused(name: str, value: str) -> None:
    assert complaint(**{name: value}).startswith(f"SOLACE_REDDIT__{name}: should ")


def test_communities_in_crisis_are_left_alone_unless_somebody_says_otherwise() -> None:
    text = complaint(SUBREDDITS="Cooking,SuicideWatch,r/depression")
    assert text.startswith("SOLACE_REDDIT__SUBREDDITS: names communities of people in crisis (2)")
    assert "ALLOW_SENSITIVE" in text
    assert read(SUBREDDITS="SuicideWatch", ALLOW_SENSITIVE="true").reddit.subreddits == ("suicidewatch",)


def test_they_are_known_by_name_and_by_words_in_it() -> None:
    names = ["Cooking", "SelfHarm", "suicidebereavement", "Depression", "stopselfharm2"]
    assert sensitive(names) == names[1:]


# ------------------------------------------------------------------ the settings of single subreddits

FILE = """
[One]
mode = "live"
reply_when = "distress"
author_cooldown = "12h"
thread_cap = "none"
chat_pace = 2
min_words = 5
language_filter = false
quiet_hours = "22:00-07:00 Europe/London"
crisis = "silence"
retention = "0"
deadline = "5min"
skip_titles = ["(?i)^weekly"]
skip_flairs = ["Meta", "Mod post"]

["r/two"]
sensitivity = "careful"
"""


def written(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "subreddits.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def holds_in(settings: Settings, subreddit: str) -> ChannelSettings:
    return channel_defaults(settings).settings((REDDIT, subreddit), {}, origin=Origin.LIVE)


def test_a_subreddits_table_goes_before_what_holds_everywhere(tmp_path: Path) -> None:
    settings = read(SETTINGS_FILE=written(tmp_path, FILE), SUBREDDITS="one,two,three")
    assert holds_in(settings, "one") == ChannelSettings(
        mode=Mode.LIVE,
        reply_when=ReplyWhen.DISTRESS,
        author_cooldown=timedelta(hours=12),
        thread_cap=None,
        chat_pace=2,
        min_words=5,
        language_filter=False,
        quiet_hours=holds_in(settings, "one").quiet_hours,
        crisis=CrisisAction.SILENCE,
        retention=timedelta(),
        deadline=timedelta(minutes=5),
    )
    assert isinstance(holds_in(settings, "one").quiet_hours, QuietHours)
    assert holds_in(settings, "two").mode is Mode.SHADOW
    assert holds_in(settings, "two").deadline == timedelta(minutes=10)
    assert holds_in(settings, "three") == ChannelSettings(chat_pace=None, deadline=timedelta(minutes=10))
    file = settings.reddit.settings_file
    assert file is not None
    assert [each.pattern for each in file.by_subreddit["one"].skip_flairs] == ["Meta", "Mod post"]
    assert file.by_subreddit["one"].skip_titles[0].search("WEEKLY chat")
    assert file.by_subreddit["one"].skip_flairs[0].search("META"), "letter case never counts"
    assert file.by_subreddit["two"].skip_titles == ()


def test_the_mode_of_all_subreddits_is_beneath_a_table_and_above_the_design(tmp_path: Path) -> None:
    settings = read(SETTINGS_FILE=written(tmp_path, "[two]\nmode = 'off'"), MODE="live")
    assert (holds_in(settings, "one").mode, holds_in(settings, "two").mode) == (Mode.LIVE, Mode.OFF)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[one]\nmood = 'zq7x'", "[one] mood is not known; known are author_cooldown, "),
        ("[one]\nmode = 'zq7x'", "[one] mode should be off, shadow or live"),
        ("[one]\nmin_words = 'zq7x'", "[one] min_words should be a whole number from 0 to 100"),
        ("[one]\ndeadline = 'zq7x'", "[one] deadline should be a whole number and a unit"),
        ("[one]\nskip_titles = '(zq7x'", "[one] skip_titles should be a list of regular expressions"),
        ("[one]\nskip_flairs = ['(zq7x']", "[one] skip_flairs holds something that is no regular"),
        ("[one]\nmode='live'\n['r/ONE']\nmode='off'", "[r/ONE] is no subreddit's name, or one that has"),
        ("['one two']", "[one two] is no subreddit's name"),
        ("mode = 'zq7x'", "mode stands outside of any table"),
        ("[one]\nmode = zq7x", "is not TOML (at line 2, column 8)"),
        (b"[one]\nmode = '\xff'", "is not a text file in UTF-8"),
        ("[three]", "has a table [three], which SOLACE_REDDIT__SUBREDDITS does not name"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_by_file_table_and_key(
    text: str | bytes, says: str, tmp_path: Path
) -> None:
    told = complaint(SETTINGS_FILE=written(tmp_path, text))
    assert told.startswith("SOLACE_REDDIT__SETTINGS_FILE: ")
    assert says in told
    assert "subreddits.toml" in told or "three" in told
    assert "zq7x" not in told
    assert len(told.splitlines()) == 1


def test_all_that_is_wrong_in_the_file_is_named_at_once(tmp_path: Path) -> None:
    told = complaint(SETTINGS_FILE=written(tmp_path, "[one]\nmode = 1\nmin_words = -1\n[two]\nx = 1"))
    assert [each in told for each in ("[one] mode", "[one] min_words", "[two] x")] == [True] * 3


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    assert complaint(SETTINGS_FILE=str(tmp_path)).startswith(
        "SOLACE_REDDIT__SETTINGS_FILE: names a file that"
    )
    assert "is larger than" in complaint(SETTINGS_FILE=written(tmp_path, "#" * 1_048_577))


def test_the_section_can_be_built_by_hand() -> None:
    assert RedditSettings(subreddits=("one",)).subreddits == ("one",)
