from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from bot.domain.authors import LOCAL

_SCHEME = "bearer "


class ApiKeys:
    """Who may use the API. Only digests of the secrets are kept.

    Args:
        secrets: a name for each key, and what is sent as `Authorization: Bearer SECRET`. Without any,
            everything belongs to `LOCAL`, and a later key of that name inherits it.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._digests = {sha256(secret.encode()).digest(): name for name, secret in secrets.items()}

    def __bool__(self) -> bool:
        return bool(self._digests)

    def owner(self, authorization: str | None) -> str | None:
        """The name of the key in an Authorization header; None = no key that is known here.

        Takes the same time for every wrong secret: digests are compared, all of them, in constant time.
        """
        if not self._digests:
            return LOCAL
        given = authorization or ""
        bearer = given[: len(_SCHEME)].lower() == _SCHEME
        digest = sha256(given[len(_SCHEME) :].strip().encode("utf-8", "surrogateescape")).digest()
        found = [name for known, name in self._digests.items() if compare_digest(known, digest)]
        return found[0] if found and bearer else None
