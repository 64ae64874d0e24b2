"""People are known by a keyed hash and by nothing else."""

import hmac
from dataclasses import replace
from hashlib import sha256

from bot.domain.messages import AuthorHash, MessageRef, Platform, require_id

MIN_KEY_BYTES = 32
LOCAL = "local"
"""The owner of ids that no API key brought in."""


class AuthorKey:
    """The installation's secret, from which hashes of authors and choices of phrases follow.

    HMAC-SHA256 (RFC 2104). Losing the key makes stored authors nobody; a stolen database without it
    names nobody.

    Args:
        secret: at least `MIN_KEY_BYTES` random bytes.

    Raises:
        ValueError: the secret is too short.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_KEY_BYTES:
            raise ValueError(f"the key must have at least {MIN_KEY_BYTES} bytes")
        self._secret = secret

    def author(self, platform: Platform, author_id: str, *, owner: str = LOCAL) -> AuthorHash:
        """The person behind a platform's user id: 32 hex digits, equal for equal input.

        Args:
            platform: where the id means something.
            author_id: the platform's own name for the person.
            owner: the API key whose id it is; the same id under two keys is two people.

        Raises:
            ValueError: the id is empty or unusable.
        """
        require_id("author_id", author_id)
        return AuthorHash(self._digest("author", platform, owner, author_id).hex()[:32])

    def unread(self, ref: MessageRef) -> MessageRef:
        """A ref for a message that nobody may be recognised by: its chat becomes a digest of its own.

        Two messages of one private chat get two digests, and the same message gets the same one again.
        """
        digest = self._digest("unread", ref.platform, ref.channel_id, ref.message_id).hex()[:32]
        return replace(ref, channel_id=digest)

    def seed(self, ref: MessageRef) -> bytes:
        """32 bytes that decide what looks like chance about this message, such as its phrase."""
        return self._digest("phrase", ref.platform, ref.channel_id, ref.message_id)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that tell keys apart and nothing else about them."""
        return self._digest("fingerprint").hex()[:16]

    def _digest(self, *parts: str) -> bytes:
        message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
        return hmac.new(self._secret, message, sha256).digest()
