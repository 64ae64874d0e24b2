"""The words by which `model.crisis_guards` tells a figure of speech, a title, a denial or the past.

One phrase a line; "#" stands for a number, "*" for any word.
"""

# ruff: noqa: E501  # what follows a word stands on one line

from collections.abc import Mapping
from typing import Final

THOUGHT: Final = """
i think
i thought
i am thinking
i keep thinking
i keep saying
i say
i tell myself
i whisper
i wrote
i said
in my head
my head says
my brain says
voice
voices
saying
"""
"""Before a quotation: it is the author's own."""

REPORTED: Final = """
he said
she said
they said
he says
she says
they say
told me
tells me
telling me
said to me
says to me
wants me to
want me to
he wishes
she wishes
people say
you said
you say
he told me
she told me
someone said
saying
implied
implies
implying
he was
she was
they were
he is
she is
they are
he
she
they
who is
who was
who were
who are
people
"""

BESIDE_TITLES: Final = """
song
songs
track
tracks
album
record
ep
single
lyrics
chorus
verse
listening to
listen to
band
movie
film
films
book
novel
read
reading
episode
series
season
show
watched
watching
game
played
playing
playlist
soundtrack
theme
called
titled
remix
concert
"""

LAUGHS: Final = """
lol
lols
lolol
lmao
lmfao
lmaoo
rofl
ha
haha
hahaha
hahahaha
ahaha
hehe
xd
joking
jk
tears of joy
skull
laughing
kidding
"""

MEANT: Final = """
not joking
not kidding
no joke
am not joking
not even funny
not a joke
i mean it
for real
nobody
no one
seriously
alone
please help
help me
hurts
depressed
depression
hopeless
"""
"""Where one of these is near, nothing is taken for a joke."""

CONDITIONS: Final = """
if i
if they
if this
if that
if the
if he
if she
if it
if my
if you
if one more
one more time
one more
when my
when the
when they
every time
"""

GAMES: Final = """
in game
in this game
in that game
in this level
grenade
lava
respawn
boss fight
final boss
fall damage
rocket launcher
dungeon
raid
speedrun
checkpoint
in minecraft
the sims
"""

TRIVIAL: Final = """
song
songs
printer
wifi
internet
lag
lagging
ping
game
games
gaming
level
boss fight
final boss
queue
traffic
meeting
meetings
monday
mondays
show
season
episode
finale
trailer
update
updates
patch
nerf
nerfed
buff
buffed
match
team
referee
goal
quarterback
trade
traded
coach
draft
fantasy
playoffs
league
ranked
ad
ads
commercial
commercials
pun
puns
joke
jokes
meme
memes
podcast
tweet
thread
title
typo
pizza
pineapple
raisins
coffee
umbrella
alarm
parking
keyboard
excel
spreadsheet
powerpoint
compiler
javascript
css
cringe
tiktok
minecraft
fortnite
spoiler
spoilers
cliffhanger
puppy
kitten
cake
recipe
haircut
outfit
battery
charger
download
loading
server
servers
controller
dlc
mod
mods
playlist
remix
plot
sequel
remake
fandom
anime
manga
finals week
spelling
grammar
"""
"""Nobody's life hangs on these."""

DENIALS: Final = """
not
never
never actually
never ever
not going to
not gonna
not about to
not trying to
not planning to
not planning on
not thinking of
not thinking about
not want to
i would never
would never actually
would not
will not
no plans to
no desire to
no intention to
no intention of
never going to
never tried to
never wanted to
never thought about
never thought of
never considered
did not want to
did not try to
do not want to
do not plan to
not want me to
glad i did not
happy i did not
without
nobody wants to
nobody here wants to
instead of
not here to
rather than
not worth
"""

DISTANT_DENIALS: Final = """
not saying
never said
not mean
not because
not as if
not like
"""
"""The same, before a statement with an "I" of its own."""

RESERVATIONS: Final = """
but
though
although
however
except
only
yet
sometimes
"""

NO_RESERVATIONS: Final = """
but thanks
but thank you
but i am fine
but i am ok
but i am okay
but i appreciate
though thanks
"""

PAST_VERBS: Final = """
used to
tried
wanted
was
were
had
came close
close to
thought
did
attempted
planned
almost
nearly
once
kept
started
"""

OVER: Final = """
# years ago
# year ago
years ago
years back
year ago
decade ago
decades ago
months ago
a long time ago
long time ago
long time back
a while back
in 19*
in 20*
when i was
back when
as a teen
as a teenager
as a kid
as a child
in high school
in middle school
in school
in college
in my teens
in my twenties
in my thirties
in my past
used to
no longer
not any more
once
glad i failed
glad i did not
happy i did not
happy that i did not
glad i am
saved me
saved my life
in # grade
in elementary school
did not stop until
got over it
gotten over it
grateful
recovered
in recovery
got better
gotten better
gotten much better
am better now
doing well
doing better
happy now
fine now
ok now
years clean
years sober
old scars
scars are old
now i volunteer
"""

RETURNED: Final = """
again
still
lately
back again
is back
are back
came back
coming back
come back
coming al back
returned
last night
last week
yesterday
tonight
this morning
this week
this month
these days i
i wish it
had worked
now i am thinking
right now
want to die
do it again
this evening
hours ago
hour ago
minutes ago
days ago
last month
recently
monday
tuesday
wednesday
thursday
friday
saturday
sunday
wish i
worse
relapsed
"""

FIGURES: Final[Mapping[str, str]] = {
    "die": """
laughing
of laughter
of embarrassment
from embarrassment
embarrassed
of cringe
of shame
of boredom
of cuteness
of happiness
of thirst
of hunger
of heat
of old age
of natural causes
from cringe
from laughter
from laughing
from boredom
from cuteness
from secondhand
hard
happy
old
inside
on this hill
on that hill
on hill
in game
in this game
in that game
for my country
for this
for that
for him
for her
for it
for them
for you
in a fire
in fire
""",
    "dying": """
laughing
of laughter
my hair
in game
in this game
light
to see
to know
to try
to play
to hear
to meet
of thirst
of heat
of boredom
""",
    "dead": "serious\nset on\nlast\nby now",
    "myself": """
laughing
laugh
in foot
in the foot
in a foot
out
off
off from
from
short
slice
piece
some
shaving
in work
to get this
to get it
to get that
to finish
to make
to keep up
to please
at gym
at the gym
at work
over this
over it
over a
with work
with my own
working
while cooking
on accident
by accident
accidentally
with laughter
for forgetting
for selling
a
""",
    "it": """
with
between
there
here
on a
well
peacefully
up
as
amicably
quickly
early
for my
like that
off
of
by saying
this
""",
    "live": "in\nwith\nat\nnear\nhere\nthere\non\nalone\nby\nto see\nnext\nclose\nunder\noff",
    "living": "life\nwith\nin\nat\nnear\nout\nhere\nthere\non\nalone\npaycheck\nfrom\nunder\nby\nnext\nroom\noff",
    "life": "seriously\nback\ninto\nfor\nin my own hands\nin my hands\nin hands\nto next level\nin my\nas\nin your",
    "alive": "to see\nat this time\nand well\nduring",
    "up": "to\nat\nin\nearly\nbefore\nfor\nnext\nwith\nlate\nevery morning at",
    "exist": "in\non\nwithout you",
    "overdose": "on chocolate\non coffee\non caffeine\non sugar\non cuteness\non candy\non cookies\non memes\non tv",
    "overdosed": "on chocolate\non coffee\non caffeine\non sugar\non cuteness\non candy\non cookies\non memes\non tv",
    "everything": "with\non\nyou\nthat",
    "end": "well\nof\nwith",
    "stop": "with\nat\nfor a minute",
    "over": "with\nat",
    "suicide": "mission\nsquad\nsqueeze\nsprint\nsprints\nprevention\nbomber\nbombing\npact\nrates\nrate\nawareness\nhotline",
    "suicidal": "thoughts is\nthoughts by\ntendencies\npeople\npatients\nteens\ncharacter",
    "kms": "away\nper\nan hour\nfrom\nto the\nlong\nh\na day\non the\non it",
    "here": "for this\nlong\nwith you\nall day",
    "being": "*",
}
"""The last word of a statement -> what follows where it is only a figure of speech, or an accident."""

NO_FIGURES: Final = """
in this world
in pain
in fear
in misery
in my head
in my own head
in my body
in this body
in this skin
with this pain
with this
with myself
with pain
with the pain
with these
with my thoughts
to this
at all
"""
"""The same begins like a figure of speech, and is none."""
