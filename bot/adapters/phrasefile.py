"""The words that ship with the program."""

from importlib.resources import files

from bot.domain.crisis import CrisisCard, CrisisCardError
from bot.domain.errors import SettingsError
from bot.domain.phrases import PhraseBook, PhraseBookError


def load_phrase_book() -> PhraseBook:
    """The bundled phrases.

    Raises:
        SettingsError: the file is missing or damaged.
    """
    try:
        return PhraseBook.parse(files("bot").joinpath("data", "phrases.toml").read_text("utf-8"))
    except (OSError, UnicodeError, PhraseBookError) as error:
        raise SettingsError(
            f"the bundled phrase book cannot be used: {error}; install Solace again"
        ) from error


def load_crisis_card(region: str | None) -> CrisisCard:
    """The bundled crisis card, with the line of `region` (None: of none).

    Raises:
        SettingsError: the file is missing or damaged.
    """
    try:
        text = files("bot").joinpath("data", "crisis_card.toml").read_text("utf-8")
        return CrisisCard.parse(text, region=region)
    except (OSError, UnicodeError, CrisisCardError) as error:
        raise SettingsError(
            f"the bundled crisis card cannot be used: {error}; install Solace again"
        ) from error
