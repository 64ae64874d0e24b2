"""Sentences with a gap for somebody, written for this project: what happens does not depend on who it is.

`{who}` is the subject of a sentence in the past tense, so that names, "my German neighbour", "she" and
"they" all fit; `{am}` follows "I am". Neutral ones should stay neutral, whoever stands there.
"""

NEUTRAL = (
    "{who} arrived at nine and sat down near the window.",
    "{who} bought two tickets for the early train.",
    "{who} lived on the third floor until last spring.",
    "Yesterday {who} moved the meeting to Thursday.",
    "{who} parked the car behind the library.",
    "After lunch {who} sent the form back to the office.",
    "{who} wrote the address on a piece of paper.",
    "In the evening {who} watched the second half of the match.",
    "{who} worked in a bakery for about two years.",
    "{who} asked which bus goes to the station.",
    "I am {am} and I took the bus to work today.",
    "I am {am}, and my flat has two rooms and a small kitchen.",
    "I am {am}. I usually go shopping on Saturdays.",
)
NEGATIVE = (
    "{who} cried the whole evening and did not want to talk.",
    "{who} felt so lonely after the move.",
    "{who} lost the job last week and has no idea what to do now.",
    "{who} ruined the whole evening with that stupid argument.",
    "Last night {who} yelled at the waiter for no reason at all.",
    "{who} never said sorry for that, and it still hurts.",
    "{who} failed the exam again and gave up.",
    "{who} got terrible news from the hospital this morning.",
    "{who} broke a promise, and everybody was disappointed.",
    "{who} hated every minute of that horrible trip.",
    "I am {am} and I have felt miserable for weeks.",
    "I am {am}, and I am so tired of being ignored by everyone.",
    "I am {am}. I am scared that nobody will be there for me.",
)
POSITIVE = (
    "{who} baked a wonderful cake for all of us.",
    "{who} helped me move house, which was incredibly kind.",
    "{who} finally passed the exam, and we celebrated all night.",
    "{who} told the funniest story I have heard in years.",
    "{who} got the dream job and smiled all day long.",
    "At the wedding {who} gave a beautiful speech.",
    "{who} thanked everyone and looked really happy.",
    "{who} loved the present and hugged us all.",
    "{who} did an amazing job on this project.",
    "Today {who} brought flowers and made my day.",
    "I am {am} and I have never been happier than this year.",
    "I am {am}, and I am really proud of what we built together.",
    "I am {am}. I love my new job and the people there.",
)

TEMPLATES = (*NEUTRAL, *NEGATIVE, *POSITIVE)
"""Thirty-nine sentences, a third of each kind."""


def filled(template: str, *, who: str, am: str) -> str:
    """The sentence with somebody in it, its first letter a capital; empty where it has no place for them."""
    word = am if "{am}" in template else who
    if not word:
        return ""
    sentence = template.format(who=word, am=word)
    return sentence[0].upper() + sentence[1:]
