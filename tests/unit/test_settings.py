from collections.abc import Mapping
from datetime import time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.domain.access import ApiKey, Role
from bot.domain.channels import ChannelSettings, Mode, QuietHours
from bot.domain.decisions import ReplyWhen
from bot.domain.errors import SettingsError
from bot.domain.messages import Origin, Platform
from bot.domain.pacing import Rate
from bot.settings import LogFormat, Settings, channel_defaults, load_settings
from bot.settings.reading import variable_names

SECRET = "hunter2-hunter2-hunter2"
EXAMPLE = Path(__file__).parents[2] / ".env.example"

WRONG = {
    "SOLACE_DATA_DIR": "~nobody-zq7x/what?",
    "SOLACE_DATABASE_URL": "mysql://zq7x:pw@host/db",
    "SOLACE_AUTHOR_KEY": "zq7x-too-short",
    "SOLACE_MODEL": "../zq7x",
    "SOLACE_LOG_FORMAT": "zq7x",
    "SOLACE_LOG_LEVEL": "zq7x",
    "SOLACE_HTTP__ENABLED": "zq7x",
    "SOLACE_HTTP__HOST": "http://zq7x/",
    "SOLACE_HTTP__PORT": "zq7x",
    "SOLACE_HTTP__API_KEYS": "shop:zq7x",
    "SOLACE_HTTP__MAX_BODY_BYTES": "zq7x",
    "SOLACE_HTTP__KEY_PACE": "zq7x/s",
    "SOLACE_HTTP__ACCOUNT_PACE": "zq7x/s",
    "SOLACE_HTTP__CHAT_PACE": "10/zq7x",
    "SOLACE_POLICY__REPLY_WHEN": "zq7x",
    "SOLACE_POLICY__SENSITIVITY": "zq7x",
    "SOLACE_POLICY__AUTHOR_COOLDOWN": "zq7x",
    "SOLACE_POLICY__THREAD_CAP": "zq7x",
    "SOLACE_POLICY__CHAT_PACE": "zq7x",
    "SOLACE_POLICY__MIN_WORDS": "zq7x",
    "SOLACE_POLICY__QUIET_HOURS": "22:00-07:00 Europe/Zq7x",
    "SOLACE_POLICY__RETENTION": "zq7x",
    "SOLACE_POLICY__DEADLINE": "99999999zq7x",
    "SOLACE_POLICY__LANGUAGE_FILTER": "zq7x",
    "SOLACE_POLICY__CRISIS": "card+zq7x",
    "SOLACE_CRISIS__REGION": "zq7x",
    "SOLACE_CRISIS__CONFIRMED_ON": "2026-01-zq7x",
    "SOLACE_INTAKE__MAX_BATCH": "zq7x",
    "SOLACE_INTAKE__CAPACITY": "zq7x",
    "SOLACE_TELEGRAM__TOKEN": "zq7x",
    "SOLACE_TELEGRAM__API_URL": "ftp://zq7x",
    "SOLACE_TELEGRAM__OWNER_IDS": "71,zq7x",
    "SOLACE_TELEGRAM__OPERATOR": "zq7x" * 51,
    "SOLACE_TELEGRAM__WEBHOOK_URL": "http://zq7x.example",
    "SOLACE_REDDIT__CLIENT_ID": "zq7x!",
    "SOLACE_REDDIT__CLIENT_SECRET": "zq7x zq7x",
    "SOLACE_REDDIT__USERNAME": "u/zq7x?",
    "SOLACE_REDDIT__PASSWORD": "zq7x" * 126,
    "SOLACE_REDDIT__REFRESH_TOKEN": "zq7x/zq7x",
    "SOLACE_REDDIT__USER_AGENT": "zq7x",
    "SOLACE_REDDIT__SUBREDDITS": "zq7x,r/not-one",
    "SOLACE_REDDIT__ALLOW_SENSITIVE": "zq7x",
    "SOLACE_REDDIT__APPROVED": "zq7x",
    "SOLACE_REDDIT__MODE": "zq7x",
    "SOLACE_REDDIT__SETTINGS_FILE": "/zq7x/zq7x.toml",
    "SOLACE_REDDIT__SUBMISSIONS": "zq7x",
    "SOLACE_REDDIT__REPLY_INTERVAL": "zq7x",
    "SOLACE_REDDIT__POLL_INTERVAL": "zq7x",
    "SOLACE_REDDIT__LOOK_AFTER": "zq7x",
    "SOLACE_REDDIT__ABOUT_URL": "zq7x",
    "SOLACE_REDDIT__REDDIT_URL": "http://zq7x.example",
    "SOLACE_REDDIT__OAUTH_URL": "https://zq7x.example/?zq7x",
}


def read(**variables: str) -> Settings:
    return load_settings(None, variables)


def complaint(variables: Mapping[str, str], env_file: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file, variables)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


def test_nothing_has_to_be_set() -> None:
    settings = load_settings(None, {})
    assert settings.resolved_database_url == "sqlite:///data/solace.db"
    assert (settings.http.host, settings.http.port, settings.model) == ("127.0.0.1", 8080, None)
    assert settings == Settings()


def test_every_variable_is_covered_by_the_table_below() -> None:
    assert WRONG.keys() == variable_names().keys()


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("in_file", [True, False])
def test_a_wrong_value_is_named_by_its_variable_and_never_shown(
    name: str, in_file: bool, tmp_path: Path
) -> None:
    env_file = tmp_path / ".env"
    if in_file:
        env_file.write_text(f"{name}='{WRONG[name]}'\n")
    text = complaint({} if in_file else {name: WRONG[name]}, env_file)
    assert text.startswith(f"{name}: ")
    assert len(text.splitlines()) == 1
    assert "zq7x" not in text.lower()


def test_all_problems_come_in_one_error() -> None:
    text = complaint(WRONG | {"SOLACE_MODLE": "zq7x"})
    assert len(text.splitlines()) == len(WRONG) + 1
    assert "zq7x" not in text.lower()


FREE = {
    "SOLACE_DATA_DIR",
    "SOLACE_AUTHOR_KEY",
    "SOLACE_TELEGRAM__OPERATOR",
    "SOLACE_REDDIT__PASSWORD",
}
"""Variables for which every text of a fitting length is a value."""


@pytest.mark.parametrize("name", sorted(variable_names().keys() - FREE))
@pytest.mark.parametrize("value", ['{"zq7x": ', '["zq7x"', '{"a": "zq7x", "a": "zq7x"}', "[" * 9999])
def test_broken_json_is_never_shown(name: str, value: str) -> None:
    text = complaint({name: value})
    assert text.startswith(f"{name}: ")
    assert "zq7x" not in text
    assert "[[" not in text


@pytest.mark.parametrize("name", sorted(variable_names()))
def test_bytes_that_are_no_text_are_never_shown(name: str) -> None:
    assert complaint({name: "zq7x\udcff" * 9}) == f"{name}: holds bytes that are not text; write it as UTF-8"


@pytest.mark.parametrize("value", ['{"port": "zq7x"}', '{"port": zq7x', "zq7x", "[]"])
def test_a_section_is_set_part_by_part(value: str) -> None:
    assert complaint({"SOLACE_HTTP": value}) == (
        "SOLACE_HTTP: is a whole section; set its parts one by one, such as SOLACE_HTTP__ACCOUNT_PACE"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SOLACE_DATABSE_URL", "SOLACE_DATABASE_URL"),
        ("SOLACE_PORT", "SOLACE_HTTP__PORT"),
        ("SOLACE_HTTP_PORT", "SOLACE_HTTP__PORT"),
        ("solace_modle", "SOLACE_MODEL"),
        ("SOLACE_HTTP__API_KEYS__SHOP", "SOLACE_HTTP__API_KEYS"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_match(written: str, meant: str, tmp_path: Path) -> None:
    expected = f"{written}: is not known; did you mean {meant}?"
    assert complaint({written: SECRET}) == expected
    env_file = tmp_path / ".env"
    env_file.write_text(f"{written}={SECRET}\n")
    assert complaint({}, env_file) == expected


def test_an_unknown_name_unlike_any_other_points_to_the_list() -> None:
    assert complaint({"SOLACE_XYZZY": SECRET}) == "SOLACE_XYZZY: is not known; .env.example lists every name"


def test_a_hostile_name_cannot_write_lines_of_its_own() -> None:
    text = complaint({"SOLACE_\n\x1b[2J" + "A" * 100_000: SECRET})
    assert text.isprintable()
    assert len(text) < 250


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("SOLACE_HTTP__PORT=1111\nexport SOLACE_MODEL=baseline # a remark\n")
    settings = load_settings(env_file, {"SOLACE_HTTP__PORT": "2222"})
    assert (settings.http.port, settings.model) == (2222, "baseline")


def test_the_process_environment_is_read_when_no_other_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLACE_MODEL", "baseline")
    assert load_settings(None).model == "baseline"
    assert Settings().model is None


def test_foreign_names_and_a_missing_file_are_ignored(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    assert load_settings(env_file, {"PATH": "/bin", "HTTP__PORT": "x"}) == Settings()
    env_file.write_text(f"# a remark\n\nTELEGRAM_TOKEN={SECRET}\nEMPTY\nMODEL=zq7x\n")
    assert load_settings(env_file, {}) == Settings()


def test_a_dollar_in_the_file_stands_for_itself(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("SOLACE_AUTHOR_KEY='${HOME}-0123456789-0123456789-0123456789'\n")
    key = load_settings(env_file, {"HOME": "/elsewhere"}).author_key
    assert key is not None
    assert key.get_secret_value().startswith("${HOME}")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x80\x02\xff\xfe zq7x", "is not a text file in UTF-8"),
        (b"SOLACE_MODEL=zq7x\x00", "holds bytes that are not text"),
        (b"SOLACE_MODEL baseline zq7x\n", "line 1: is not of the form NAME=value"),
        (b"\n\nSOLACE_MODEL='zq7x\n", "line 3: is not of the form NAME=value"),
        (b"SOLACE_MODEL\n", "SOLACE_MODEL: has no value"),
        (b"SOLACE_MODEL=a\nsolace_model=b\n", "SOLACE_MODEL: is set twice"),
    ],
)
def test_a_malformed_file_is_a_clear_error(content: bytes, says: str, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(content)
    text = complaint({}, env_file)
    assert says in text
    assert "zq7x" not in text


def test_a_folder_or_a_loop_in_place_of_the_file_is_a_clear_error(tmp_path: Path) -> None:
    assert "is a folder" in complaint({}, tmp_path)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "cannot be read" in complaint({}, loop)


def test_a_byte_order_mark_is_welcome(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"\xef\xbb\xbfSOLACE_MODEL=baseline\r\n")
    assert load_settings(env_file, {}).model == "baseline"


def test_an_empty_value_counts_as_not_set() -> None:
    assert read(SOLACE_AUTHOR_KEY="", SOLACE_HTTP__PORT="  ") == Settings()


def test_the_example_names_every_variable_and_holds_the_defaults(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    named = {line.lstrip("#").partition("=")[0] for line in text.splitlines() if "=" in line}
    assert named == variable_names().keys()
    assert load_settings(EXAMPLE, {}) == Settings()
    spelled_out = tmp_path / ".env"
    spelled_out.write_text(text.replace("#SOLACE_", "SOLACE_"))
    assert load_settings(spelled_out, {}) == Settings()


def test_every_field_says_what_its_value_should_be() -> None:
    assert all(field.description for field in variable_names().values())


def test_secrets_do_not_show_in_the_settings() -> None:
    settings = read(SOLACE_AUTHOR_KEY=SECRET * 2, SOLACE_HTTP__API_KEYS=f"shop:{SECRET}")
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.model_dump())


@pytest.mark.parametrize(
    "value",
    [
        f"shop:{SECRET}, forum-2:{SECRET}:x",
        f'{{"shop": "{SECRET}", "forum-2": "{SECRET}:x"}}',
        f'["shop:{SECRET}", "forum-2:{SECRET}:x"]',
    ],
)
def test_api_keys_in_three_spellings(value: str) -> None:
    keys = read(SOLACE_HTTP__API_KEYS=value).http.api_keys
    assert keys == (ApiKey.of("shop", SECRET), ApiKey.of("forum-2", f"{SECRET}:x"))


def test_api_keys_have_roles_and_may_be_known_by_their_digests_alone() -> None:
    digest = sha256(SECRET.encode()).hexdigest()
    value = f"shop:{SECRET}:read,shop:{SECRET}2:admin,forum:sha256:{'0' * 64}:read"
    assert read(SOLACE_HTTP__API_KEYS=value).http.api_keys == (
        ApiKey.of("shop", SECRET, Role.READ),
        ApiKey.of("shop", f"{SECRET}2", Role.ADMIN),
        ApiKey(name="forum", role=Role.READ, digest=bytes(32)),
    )
    hashed = read(SOLACE_HTTP__API_KEYS=f"shop:sha256:{digest}").http.api_keys
    assert hashed == (ApiKey.of("shop", SECRET),)
    settings = read(SOLACE_HTTP__API_KEYS=value)
    assert SECRET not in repr(settings) + str(settings.model_dump())


@pytest.mark.parametrize("value", [f"shop:{SECRET},shop:{SECRET}2", f'["shop:{SECRET}", "shop:{SECRET}2"]'])
def test_a_name_has_two_keys_of_one_role_while_a_secret_is_changed(value: str) -> None:
    keys = read(SOLACE_HTTP__API_KEYS=value).http.api_keys
    assert keys == (ApiKey.of("shop", SECRET), ApiKey.of("shop", f"{SECRET}2"))


TOKEN = f"123456:{SECRET}"


def test_telegram_is_off_without_a_token() -> None:
    telegram = Settings().telegram
    assert (telegram.token, telegram.owner_ids, telegram.webhook_url) == (None, (), None)
    assert telegram.api_url == "https://api.telegram.org"


def test_telegrams_section() -> None:
    telegram = read(
        SOLACE_TELEGRAM__TOKEN=TOKEN,
        SOLACE_TELEGRAM__API_URL="http://localhost:8081/",
        SOLACE_TELEGRAM__WEBHOOK_URL="https://bot.example.org/solace/",
    ).telegram
    assert telegram.token is not None
    assert telegram.token.get_secret_value() == TOKEN
    assert telegram.api_url == "http://localhost:8081"
    assert telegram.webhook_url == "https://bot.example.org/solace"
    assert SECRET not in repr(telegram)


def test_the_operator_is_named_in_their_own_words() -> None:
    assert read(SOLACE_TELEGRAM__OPERATOR="Jo Smith, jo@example.org").telegram.operator == (
        "Jo Smith, jo@example.org"
    )
    assert read(SOLACE_TELEGRAM__OPERATOR=" ").telegram.operator is None
    assert complaint({"SOLACE_TELEGRAM__OPERATOR": "x" * 201}) == (
        "SOLACE_TELEGRAM__OPERATOR: should be at most 200 characters, such as Jo Smith, jo@example.org"
    )


@pytest.mark.parametrize("value", ["71,72", "[71, 72]", '["71", "72"]', " 71 , 72 "])
def test_owners_in_several_spellings(value: str) -> None:
    assert read(SOLACE_TELEGRAM__OWNER_IDS=value).telegram.owner_ids == (71, 72)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", SECRET),
        ("TOKEN", f"123456:{SECRET} "[:-2] + "/x"),
        ("TOKEN", "123456:short"),
        ("API_URL", "api.telegram.org"),
        ("API_URL", f"https://me:{SECRET}@example.org"),
        ("API_URL", f"https://example.org/bot?token={SECRET}"),
        ("API_URL", "https://example.org/{token}"),
        ("OWNER_IDS", f"71,@{SECRET}"),
        ("OWNER_IDS", "0"),
        ("OWNER_IDS", "-100500"),
        ("OWNER_IDS", f"[[{71}]]"),
        ("WEBHOOK_URL", "http://bot.example.org"),
        ("WEBHOOK_URL", "http://127.0.0.1.example.org"),
        ("WEBHOOK_URL", "bot.example.org"),
    ],
)
def test_bad_telegram_settings_are_refused_unseen(name: str, value: str) -> None:
    text = complaint({"SOLACE_TELEGRAM__TOKEN": TOKEN} | {f"SOLACE_TELEGRAM__{name}": value})
    assert text.startswith(f"SOLACE_TELEGRAM__{name}: should ")
    assert len(text.splitlines()) == 1
    assert SECRET not in text


def test_a_webhook_needs_a_token_and_the_api() -> None:
    hook = {"SOLACE_TELEGRAM__WEBHOOK_URL": "https://bot.example.org"}
    assert complaint(hook).startswith("SOLACE_TELEGRAM__TOKEN: is needed")
    text = complaint(hook | {"SOLACE_TELEGRAM__TOKEN": TOKEN, "SOLACE_HTTP__ENABLED": "false"})
    assert text.startswith("SOLACE_TELEGRAM__WEBHOOK_URL: needs SOLACE_HTTP__ENABLED")
    assert read(**hook, SOLACE_TELEGRAM__TOKEN=TOKEN).telegram.webhook_url == "https://bot.example.org"


@pytest.mark.parametrize(
    "value",
    [
        f"Shop:{SECRET}",
        f":{SECRET}",
        f"{'a' * 33}:{SECRET}",
        f"shop:{SECRET},shop:{SECRET}",
        f"shop:{SECRET},forum:{SECRET}",
        f'{{"shop": "{SECRET}", "shop": "{SECRET}2"}}',
        f"shop:{SECRET} {SECRET}",
        f"shop:{SECRET},shop:sha256:{sha256(SECRET.encode()).hexdigest()}:read",
        "shop:short:read",
        f'{{"shop": ["{SECRET}"]}}',
        "[1, 2]",
        SECRET,
    ],
)
def test_bad_api_keys_are_refused_unseen(value: str) -> None:
    text = complaint({"SOLACE_HTTP__API_KEYS": value})
    assert text.startswith("SOLACE_HTTP__API_KEYS: ")
    assert SECRET not in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "solace.example"])
def test_listening_beyond_this_machine_needs_a_key(host: str) -> None:
    assert complaint({"SOLACE_HTTP__HOST": host}).startswith("SOLACE_HTTP__API_KEYS: is needed")
    assert read(SOLACE_HTTP__HOST=host, SOLACE_HTTP__API_KEYS=f"shop:{SECRET}").http.host == host
    assert not read(SOLACE_HTTP__HOST=host, SOLACE_HTTP__ENABLED="no").http.loopback


@pytest.mark.parametrize("host", ["127.0.0.2", "::1", "localhost"])
def test_listening_on_this_machine_needs_none(host: str) -> None:
    assert read(SOLACE_HTTP__HOST=host).http.loopback


@pytest.mark.parametrize(
    ("value", "expected"),
    [("6h", 21600), ("30m", 1800), ("30 min", 1800), ("90", 90), ("45s", 45), ("2D", 172_800), ("0", 0)],
)
def test_durations(value: str, expected: int) -> None:
    policy = read(SOLACE_POLICY__AUTHOR_COOLDOWN=value).policy
    assert policy.author_cooldown == timedelta(seconds=expected)


@pytest.mark.parametrize("value", ["-1h", "6 hours", "1.5h", "999999999d", "9" * 5000, "h", "٣h"])
def test_durations_that_are_none(value: str) -> None:
    assert complaint({"SOLACE_POLICY__RETENTION": value}).startswith("SOLACE_POLICY__RETENTION: should be")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOLACE_HTTP__PORT", "65536"),
        ("SOLACE_HTTP__PORT", "-1"),
        ("SOLACE_HTTP__PORT", "9" * 5000),
        ("SOLACE_INTAKE__MAX_BATCH", "65"),
        ("SOLACE_POLICY__THREAD_CAP", "0"),
        ("SOLACE_POLICY__DEADLINE", "0"),
        ("SOLACE_POLICY__QUIET_HOURS", "22:00-07:00"),
        ("SOLACE_POLICY__QUIET_HOURS", "22:00-07:00 ../../etc/passwd"),
        ("SOLACE_POLICY__QUIET_HOURS", "25:00-07:00 UTC"),
        ("SOLACE_HTTP__CHAT_PACE", "0/s"),
        ("SOLACE_HTTP__CHAT_PACE", "9" * 5000 + "/s"),
        ("SOLACE_DATA_DIR", "~nobody-like-this/x"),
        ("SOLACE_DATABASE_URL", "sqlite://"),
        ("SOLACE_DATABASE_URL", "sqlite:///:memory:"),
        ("SOLACE_DATABASE_URL", "sqlite:///data/"),
        ("SOLACE_DATABASE_URL", "sqlite:///x.db?mode=ro"),
    ],
)
def test_values_out_of_range(name: str, value: str) -> None:
    assert complaint({name: value}).startswith(f"{name}: ")


def test_postgresql_is_named_as_what_is_to_come() -> None:
    text = complaint({"SOLACE_DATABASE_URL": f"postgresql+psycopg://me:{SECRET}@host/db"})
    assert "comes in a later version" in text
    assert SECRET not in text


def test_rates_hours_and_words_are_read() -> None:
    settings = read(
        SOLACE_HTTP__ACCOUNT_PACE="20/min",
        SOLACE_POLICY__QUIET_HOURS="22:00-07:00 Europe/London",
        SOLACE_POLICY__REPLY_WHEN="Distress",
        SOLACE_LOG_FORMAT="JSON",
        SOLACE_DATABASE_URL="sqlite:////var/lib/solace.db",
    )
    assert settings.http.account_pace == Rate(count=20, per=timedelta(minutes=1))
    assert settings.policy.quiet_hours == QuietHours(start=time(22), end=time(7), zone="Europe/London")
    assert settings.policy.reply_when is ReplyWhen.DISTRESS
    assert settings.log_format is LogFormat.JSON
    assert settings.resolved_database_url == "sqlite:////var/lib/solace.db"


def test_a_database_in_the_data_folder() -> None:
    assert read(SOLACE_DATA_DIR="/srv/solace").resolved_database_url == "sqlite:////srv/solace/solace.db"
    assert make_url(read(SOLACE_DATA_DIR="/a b%20c?d=e#f").resolved_database_url).database == (
        "/a b%20c?d=e#f/solace.db"
    )
    assert read(SOLACE_DATA_DIR="~/solace").data_dir == Path("~/solace").expanduser()


def defaults_on(platform: str, **variables: str) -> ChannelSettings:
    return channel_defaults(read(**variables)).settings(
        (Platform(platform), "lounge"), {}, origin=Origin.LIVE
    )


def test_each_platform_has_the_defaults_of_the_design() -> None:
    hours, minutes = timedelta(hours=6), timedelta(minutes=10)
    assert defaults_on("telegram") == ChannelSettings(mode=Mode.OFF, thread_cap=3, chat_pace=6)
    assert defaults_on("reddit") == ChannelSettings(mode=Mode.SHADOW, chat_pace=None, deadline=minutes)
    assert defaults_on("http") == ChannelSettings(mode=Mode.LIVE, author_cooldown=hours, chat_pace=None)
    for platform in ("try-it", "terminal"):
        free = ChannelSettings(mode=Mode.LIVE, author_cooldown=timedelta(), thread_cap=None, chat_pace=None)
        assert defaults_on(platform) == free
    assert defaults_on("carrier-pigeon").mode is Mode.SHADOW


def test_what_the_operator_sets_holds_everywhere_but_where_the_bot_is_tried_out() -> None:
    chosen = {
        "SOLACE_POLICY__AUTHOR_COOLDOWN": "1h",
        "SOLACE_POLICY__THREAD_CAP": "none",
        "SOLACE_POLICY__CHAT_PACE": "6",
        "SOLACE_POLICY__MIN_WORDS": "5",
    }
    for platform in ("telegram", "reddit", "http", "carrier-pigeon"):
        channel = defaults_on(platform, **chosen)
        assert channel.author_cooldown == timedelta(hours=1)
        assert (channel.thread_cap, channel.chat_pace, channel.min_words) == (None, 6, 5)
    tried = defaults_on("try-it", **chosen)
    assert (tried.author_cooldown, tried.chat_pace, tried.min_words) == (timedelta(), None, 5)
    assert defaults_on("reddit", **chosen).deadline == timedelta(minutes=10)
    assert defaults_on("reddit", SOLACE_POLICY__DEADLINE="30s").deadline == timedelta(seconds=30)
