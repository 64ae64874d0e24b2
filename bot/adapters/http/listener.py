import errno
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from ipaddress import ip_address
from typing import Final

from bot.adapters.http.keys import ApiKeys
from bot.domain.errors import SettingsError

_BACKLOG = 256
_TOO_HIGH = 65_536


class Listener:
    """An address that is ours: bound before anything else starts, so that a port in use is told at once.

    Args:
        host: an address or name of this machine.
        port: 0 = any that is free.
        keys: needed where other machines can reach the address.

    Attributes:
        port: the port, also where any was asked for.
        url: where a browser on this machine finds it.

    Raises:
        SettingsError: names the setting that has to change.
    """

    def __init__(self, *, host: str, port: int, keys: ApiKeys) -> None:
        self._socket = _bound(host, port, only_here=not keys)
        self.port: int = self._socket.getsockname()[1]
        self.url = _url(self._socket.getsockname()[0], self.port)

    def duplicate(self) -> socket.socket:
        """A socket on the same address, for a server that closes what it gets."""
        return self._socket.dup()

    def close(self) -> None:
        """Give the address back."""
        self._socket.close()


@contextmanager
def listening(*, host: str, port: int, keys: ApiKeys) -> Iterator[Listener]:
    """A `Listener` for as long as the context lasts."""
    with closing(Listener(host=host, port=port, keys=keys)) as listener:
        yield listener


def _url(address: str, port: int) -> str:
    if ip_address(address).is_unspecified:
        address = "127.0.0.1"
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


_HINTS: Final = {  # of the settings only a port in use is shown: it is how that program is found
    errno.EADDRINUSE: "SOLACE_HTTP__PORT: {port} is in use: choose another, or stop what uses it",
    errno.EACCES: "SOLACE_HTTP__PORT: is not allowed for this user: choose one above 1023",
    errno.EADDRNOTAVAIL: "SOLACE_HTTP__HOST: is not an address of this machine",
}


def _bound(host: str, port: int, *, only_here: bool) -> socket.socket:
    if not 0 <= port < _TOO_HIGH:
        raise SettingsError("SOLACE_HTTP__PORT: must be between 0 and 65535")
    try:
        found = socket.getaddrinfo(
            host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise SettingsError("SOLACE_HTTP__HOST: is not known to this machine") from error
    family, kind, protocol, _, address = found[0]
    if only_here and not ip_address(address[0]).is_loopback:  # whatever name it goes by
        raise SettingsError(
            "SOLACE_HTTP__API_KEYS: other machines can reach what SOLACE_HTTP__HOST names: "
            "set at least one key, or listen on 127.0.0.1"
        )
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)  # two sockets may be bound to one port until one of them listens
    except OSError as error:
        listener.close()
        hint = _HINTS.get(error.errno or 0, "SOLACE_HTTP__HOST: cannot be listened on")
        raise SettingsError(hint.format(port=port)) from error
    return listener
