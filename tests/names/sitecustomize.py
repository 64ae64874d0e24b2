"""Names that nobody can look up, for a process that has this folder in its PYTHONPATH.

Names under `.hangs` are looked up for ever, as where no resolver answers. Names under `.fails` are unknown
until the file that FAILING_NAMES names exists; then they are this machine's.
"""

import os
import socket
import threading
from pathlib import Path
from typing import Any

_look_up = socket.getaddrinfo


def _badly(host: Any, *args: Any, **kwargs: Any) -> Any:
    """In the place of `socket.getaddrinfo`."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.endswith(".hangs"):
        threading.Event().wait()
    if name.endswith(".fails"):
        if not Path(os.environ["FAILING_NAMES"]).exists():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        host = "127.0.0.1"
    return _look_up(host, *args, **kwargs)


socket.getaddrinfo = _badly
