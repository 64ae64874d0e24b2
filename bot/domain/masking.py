"""What in a text may point at somebody, taken out of it."""

import re
from typing import Final

NAME: Final = "[NAME]"
LINK: Final = "[LINK]"
"""As the training data masks people and links, so that a masked text is as good to learn from."""

_LINKS: Final = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.|\b(?:t|telegram)\.me/)\S+", re.IGNORECASE)
_NAMES: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"  # an address
    r"|@\w{2,}"  # a mention
    r"|(?<![\w/])/?u/[\w-]{3,}"
    r"|(?<!\w)[+#]?\d(?:[ ()./-]{0,2}\d){6,}(?!\w)"  # a telephone number, or a person's or message's id
)


def masked(text: str) -> str:
    """`text` without links, mentions, addresses and long numbers. Names in plain words stay."""
    return _NAMES.sub(NAME, _LINKS.sub(LINK, text))
