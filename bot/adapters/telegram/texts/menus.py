"""The lines of the command menus, at most 256 characters each."""

from typing import Final

EVERYONE: Final = {
    "help": "what I do, and what you can do",
    "privacy": "what I read and keep",
    "mydata": "what is stored about you",
    "forget": "delete what is stored about you",
    "optout": "never be read, in any chat",
    "optin": "be read again",
    "why": "as a reply to an answer of mine: why you got it",
}
PRIVATE: Final = {"start": "begin: what I read, and your consent"}
ADMINS: Final = {
    "status": "how I stand here",
    "mode": "live, shadow or off",
    "settings": "what can be changed",
    "pause": "stop for a while, such as /pause 2 h",
    "resume": "end the pause",
    "undo": "take my last answer away, or the one you reply to",
    "phrases": "the words I use here, and your own",
    "stats": "counts of the last days, such as /stats 7",
    "review": "look at decisions again, in private",
    "export": "settings, phrases and counts as a file",
    "experiment": "whether this group takes part",
    "doctor": "what is wrong, and what to do",
}
OWNERS: Final = {
    "chats": "the groups I am in",
    "model": "the model in use",
    "health": "which parts work",
    "drift": "whether the model still fits",
    "reddit": "the subreddits I watch, and a break in one",
}
