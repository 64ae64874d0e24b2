"""What is said in a chat before anybody is read there."""

from typing import Final

IN_PRIVATE: Final = "I answer this in private."
OPEN_PRIVATE: Final = "Open a private chat"
