from importlib.resources import files

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
