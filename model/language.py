def language(text: str) -> str:
    """The text's language: "en" for everything, until the language filter arrives.

    From then on: "en" for everything that is let through, else ISO 639-1, or "und" where nobody can tell.
    """
    del text
    return "en"
