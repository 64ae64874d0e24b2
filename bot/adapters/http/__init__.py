"""The HTTP API and its pages. The only owner of FastAPI and uvicorn."""

from starlette.types import ASGIApp

from bot.adapters.http.app import create_app
from bot.adapters.http.bell import Bell
from bot.adapters.http.gateway import Gateway, Hook
from bot.adapters.http.guard import HOOK_PATH
from bot.adapters.http.keys import ApiKeys
from bot.adapters.http.listener import Listener, listening
from bot.adapters.http.senders import HttpFeedSender, TryItSender
from bot.adapters.http.server import HttpServer

__all__ = [
    "HOOK_PATH",
    "ASGIApp",
    "ApiKeys",
    "Bell",
    "Gateway",
    "Hook",
    "HttpFeedSender",
    "HttpServer",
    "Listener",
    "TryItSender",
    "create_app",
    "listening",
]
