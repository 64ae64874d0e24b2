"""Who may use the HTTP API, and for what."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Self


class Role(StrEnum):
    """What a key is for."""

    READ = "read"
    """Look, and change nothing."""
    ADMIN = "admin"
    """Whatever can be done to what belongs to the key's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key: its secret is known by its digest alone.

    Attributes:
        name: whose it is. Two keys of one name see the same chats and people; other names see none of them.
        digest: SHA-256 of the secret. That is enough for secrets that nobody can guess, and for no others.
    """

    name: str
    role: Role
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, name: str, secret: str, role: Role = Role.ADMIN) -> Self:
        """The key with this secret."""
        return cls(name=name, role=role, digest=digest_of(secret))


def digest_of(secret: str) -> bytes:
    """As keys keep it; any string is welcome, since clients send what they like."""
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()
