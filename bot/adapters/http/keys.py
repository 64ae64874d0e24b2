from collections.abc import Iterable
from hmac import compare_digest
from typing import Final

from bot.domain.access import ApiKey, Role, digest_of
from bot.domain.authors import LOCAL

_SCHEME = "bearer "
_EVERYBODY: Final = ApiKey(name=LOCAL, role=Role.ADMIN, digest=b"")


class ApiKeys:
    """Who may use the API. Only digests of the secrets are kept.

    Args:
        keys: what may be sent as `Authorization: Bearer SECRET`. Without any, everything belongs to `LOCAL`,
            and a later key of that name inherits it.
    """

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self._keys = tuple(keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def key(self, authorization: str | None) -> ApiKey | None:
        """The key in an Authorization header; None = none that is known here.

        Takes the same time for every wrong secret: digests are compared, all of them, in constant time.
        """
        if not self._keys:
            return _EVERYBODY
        given = authorization or ""
        bearer = given[: len(_SCHEME)].lower() == _SCHEME
        digest = digest_of(given[len(_SCHEME) :].strip())
        found = [key for key in self._keys if compare_digest(key.digest, digest)]
        return found[0] if found and bearer else None
