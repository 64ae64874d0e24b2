"""The page as a person meets it: a real `solace run`, a real browser."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from processes import Installation, Running
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from bot.adapters.phrasefile import load_crisis_card

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MODEL = "minilm-3"
TRAINED = files("model").joinpath("artifacts", MODEL, "manifest.json").is_file()
SAD = "My best friend moved away and I feel so sad and alone."
HAPPY = "We got the house! I am so happy I could dance all night."
KEY = "a-key-for-the-page-0123456789"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 20

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver (apt-get install chromium-driver)"
    ),
]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[tuple[str, Running]]:
    """`solace run`, its data in `folder`; its address and what runs there."""
    model = MODEL if TRAINED else "baseline"
    with Installation(folder=folder, settings={"SOLACE_MODEL": model, **settings}).running() as solace:
        yield str(solace.http.base_url).rstrip("/"), solace


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a person sees and does."""

    browser: webdriver.Chrome

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def the(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def until(self, seen: Callable[[], object]) -> None:
        WebDriverWait(self.browser, PATIENCE, poll_frequency=0.05).until(lambda _: seen())

    def type(self, *keys: str) -> None:
        self.the("#text").send_keys(*keys)

    def say(self, words: str) -> WebElement:
        """Type, press Enter, and wait for what comes of it."""
        self.type(words, Keys.ENTER)
        return self.newest()

    def newest(self) -> WebElement:
        """The last exchange, once it is complete."""
        self.until(
            lambda: self.all(".exchange") and not self.all(".waiting") and self.the("#send").is_enabled()
        )
        return self.all(".exchange")[-1]

    def script(self, source: str) -> Any:
        return self.browser.execute_script(source)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}", "--window-size=1200,900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("solace")) as (address, _):
        yield address


@pytest.fixture
def page(browser: webdriver.Chrome, site: str) -> Iterator[Page]:
    browser.get(site)
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    yield Page(browser=browser)
    complaints = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert complaints == []  # nothing that the content security policy had to stop, no error in the script


def text_of(exchange: WebElement, selector: str) -> str:
    """What stands there, also while it still fades in."""
    return str(exchange.find_element(By.CSS_SELECTOR, selector).get_property("textContent"))


def test_a_sad_comment_gets_a_reply_and_its_reasons(page: Page) -> None:
    exchange = page.say(SAD)
    assert text_of(exchange, ".mine") == SAD
    assert "I am a bot" in text_of(exchange, ".bot .aside")
    assert "hard moment" in text_of(exchange, ".why-reason")
    bars = [each.get_property("textContent") for each in exchange.find_elements(By.CSS_SELECTOR, ".bars dt")]
    assert bars == ["positive", "negative", "neutral", "ambiguous"]
    assert text_of(exchange, ".chosen dt") == "negative"
    assert re.search(r"read in [\d.]+\sms by \S+ · answered after [\d.]+\sms", text_of(exchange, ".fine"))
    page.until(lambda: exchange.find_element(By.CSS_SELECTOR, ".chosen .fill").size["width"] > 50)
    assert str(page.the("#announcer").get_property("textContent")).startswith("Solace: ")


@pytest.mark.skipif(not TRAINED, reason="for the baseline everyone is sad; needs the trained model")
def test_a_happy_comment_gets_none_and_hears_why(page: Page) -> None:
    exchange = page.say(HAPPY)
    assert text_of(exchange, ".quietly") == "Solace stays quiet."
    assert text_of(exchange, ".why-reason") == "This sounds good, so there is nothing to comfort."
    assert text_of(exchange, ".chosen dt") == "positive"
    assert not exchange.find_elements(By.CSS_SELECTOR, ".bot")


def test_a_serious_comment_gets_the_card_and_no_phrase(page: Page) -> None:
    exchange = page.say("I want to kill myself")
    assert not exchange.find_elements(By.CSS_SELECTOR, ".bot")
    said = [each.text for each in exchange.find_elements(By.CSS_SELECTOR, ".serious p")]
    assert said == load_crisis_card(None).text.split("\n\n")
    assert not exchange.find_elements(By.TAG_NAME, "a")


def test_enter_sends_and_shift_enter_does_not(page: Page) -> None:
    page.type("so sad", Keys.SHIFT + Keys.ENTER + Keys.NULL, "and alone")
    assert page.all(".exchange") == []
    page.type(Keys.ENTER)
    assert text_of(page.newest(), ".mine") == "so sad\nand alone"
    page.until(lambda: page.script("return document.activeElement.id") == "text")
    assert page.the("#text").get_property("value") == ""


def test_an_example_can_be_chosen_with_the_keyboard(page: Page) -> None:
    chip = page.the(".chip")
    words = chip.text
    chip.send_keys(Keys.ENTER)
    assert text_of(page.newest(), ".mine") == words


def test_only_the_newest_reasons_stay_open(page: Page) -> None:
    page.say(SAD)
    page.say(SAD)
    assert [each.get_attribute("open") for each in page.all(".why")] == [None, "true"]


def test_commands_are_answered_by_the_page(page: Page) -> None:
    assert "/optout" in text_of(page.say("/help"), ".quietly")
    assert "not known" in text_of(page.say("/dance"), ".quietly")
    assert "nothing you write here is read" in text_of(page.say("/optout"), ".quietly")
    assert "asked not to be read" in text_of(page.say(SAD), ".why-reason")
    assert "read again" in text_of(page.say("/optin"), ".quietly")
    assert page.say(SAD).find_elements(By.CSS_SELECTOR, ".bot")


def test_words_stay_words(page: Page) -> None:
    words = '<img src="https://example.invalid/x" onerror="document.title=1"> sad <b>and</b> alone'
    assert text_of(page.say(words), ".mine") == words
    assert page.all(".log img") == []
    assert page.browser.title.startswith("Solace")


def test_what_is_too_long_stays_in_the_box(page: Page) -> None:
    page.script("document.getElementById('text').value = 'sad '.repeat(10001)")
    page.type(Keys.ENTER)
    assert "text is longer than 40000" in text_of(page.newest(), ".trouble")
    assert len(str(page.the("#text").get_property("value"))) == 40_004
    page.browser.get_log("browser")  # type: ignore[no-untyped-call]  # Chromium notes every 422


def test_it_fits_a_phone_and_asks_nobody_else(page: Page, site: str) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.say(SAD)
        assert page.script("return document.documentElement.scrollWidth") == 390
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    loaded = page.script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert loaded
    assert [address for address in loaded if not address.startswith(f"{site}/")] == []


def test_when_the_bot_is_gone_nothing_typed_is_lost(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = Page(browser=browser)
    with running(tmp_path) as (address, solace):
        browser.get(address)
        solace.process.terminate()
        assert solace.process.wait(PATIENCE) == 0
        assert "cannot be reached" in text_of(page.say(SAD), ".trouble")
        assert page.the("#text").get_property("value") == SAD


def test_a_key_is_asked_for_once(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = Page(browser=browser)
    with running(tmp_path, SOLACE_HTTP__API_KEYS=f"page:{KEY}") as (address, _):
        browser.get(address)
        page.type(SAD, Keys.ENTER)
        page.until(lambda: page.the("#key").is_displayed())
        page.the("#key").send_keys("a-wrong-key-0123456789", Keys.ENTER)
        page.until(lambda: page.the("#key-title").text == "That key is not known here")
        page.the("#key").send_keys(KEY, Keys.ENTER)
        assert page.newest().find_elements(By.CSS_SELECTOR, ".bot")
        assert page.say(SAD).find_elements(By.CSS_SELECTOR, ".bot")
