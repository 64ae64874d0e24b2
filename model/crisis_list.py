"""The statements of the crisis gate, in the language of `model.crisis_patterns`.

What lets them pass is in `model.crisis_guards`.

Contractions are written out and fillers left out, as in the texts (`model.crisis_words`).
"""

# ruff: noqa: E501  # a statement stands on one line

from collections.abc import Mapping, Sequence
from typing import Final


def _lines(text: str) -> Sequence[str]:
    return text.strip().splitlines()


NAMES: Final[Mapping[str, Sequence[str]]] = {
    "wish": _lines("""
want to
need to
wish to
wish i could
would like to
would love to
plan to
am planning to
am ready to
am tempted to
am desperate to
deserve to
should
hope i
feel [urge|need] to
have [this] (urge|urges) to
feel ready to
can not wait to
long to
decided to
have decided to
"""),
    "act": _lines("""
am going to
am about to
am trying to
have to
would rather
could
"""),
    "intend": _lines("""
am going to
am about to
about to
going to
ready to
am ready to
might
will
would
could
may
plan to
am planning to
want to
have to
need to
tempted to
trying to
should
decided to
"""),
    "die": _lines("""
die
be dead
be gone forever
disappear forever
disappear for good
vanish forever
cease to exist
sleep forever
sleep and (never|not) wake up
(fall asleep|go to sleep|go to bed|close my eyes) and (never|not) wake up
(never|not) wake up
not wake up [again|any more|tomorrow]
stop existing
stop living
stop being alive
stop breathing
not exist
not be alive
not be here [any more]
leave this (world|earth|life|planet)
leave (forever|it al forever)
leave the world
leave it al behind for good
join him in death
be unalive
be unalived
unalive
get out of this life
give up on life
"""),
    "kill": _lines("""
kill (myself|my self|meself)
unalive (myself|my self)
off myself
neck myself
end (myself|my life|my own life|my existence|my suffering|my story)
take my [own] life
commit (suicide|self murder|suicid|toaster bath|not alive|unalive|die|death)
(kermit|comit|do) (suicide|sewer slide|sewer side|sewer cide)
commit (sewer slide|sewer side)
suicide
delete myself
erase myself
rope myself
game end myself
self delete
hang myself
shoot myself
drown myself
poison myself
starve myself to death
slit my wrists
slit my throat
blow my brains out
yeet myself (off|from|out of|into) (this (planet|world|earth|life)|existence|a bridge|bridge|life|traffic)
remove myself from (this (world|earth|planet|life)|existence|life|the equation)
(jump|throw myself) (off|from) (this|that|my|nearest) (bridge|building|roof|balcony|cliff)
(jump|throw myself) (off|from) (bridge|building|roof|balcony|cliff)
(jump|step|walk|throw myself) (in front of|into|under) [a] (train|car|bus|truck|traffic)
(drive|swerve|crash) [my car] (off|into) [a|this] (bridge|cliff|tree|wall|traffic|oncoming traffic)
crash my car on purpose
overdose
take al [of] [my] [the] (pills|meds|medication|tablets)
swallow al [of] [my] [the] (pills|meds|medication|tablets)
check out (permanently|for good|early|of life)
clock out (permanently|for good|early|of life)
log off (for good|forever|permanently|life)
opt out of (life|living|existence)
ctb
kms
end it al
end everything
end it
"""),
    "killing": _lines("""
killing (myself|my self)
unaliving [myself]
offing myself
necking myself
ending (myself|my life|my own life|my existence|it|it al|everything)
taking my [own] life
committing suicide
commiting suicide
suicide
killing my self
dying
death al the time
not being alive
(not|never) waking up
(falling asleep|going to sleep) and (not|never) waking up
disappearing forever
leaving this (world|life|earth)
leaving it al behind for good
not being here any more
not existing
being dead
how to die
ways to (die|kill myself|end it)
how to (kill myself|end it [al]|end my life)
how i would (kill myself|end it [al]|end my life|do it)
hanging myself
shooting myself
drowning myself
overdosing
jumping off [a|this|that|my] (bridge|roof|balcony|building|cliff)
jumping in front of [a] (train|car|bus|truck)
(driving|swerving|crashing|steering) [my car] (off|into) [a|the|this] (bridge|cliff|tree|wall|traffic|oncoming traffic)
letting go of wheel
self delete
kms
ctb
hurting myself
cutting [myself]
self harm
self harming
sh
"""),
    "hurt": _lines("""
self harm
cut myself
hurt myself
harm myself
burn myself
"""),
    "think": _lines("""
(think|thought|thinking|dream|dreaming|dreamed|fantasize|fantasise|fantasizing|fantasising|daydream|daydreaming) (of|about)
(think|thinking|dream|dreaming|fantasize|fantasizing) a lot about
(consider|considering|considered|contemplate|contemplating|contemplated)
obsessing (about|over)
obsessed with
feel like
feeling like
have urge for
"""),
    "i": [
        "i",
        "i have",
        "i have been",
        "i am",
        "i keep",
        "i can not stop",
        "i catch myself",
        "i find myself",
        "i started",
    ],
    "thoughts": _lines("""
thoughts (of|about) (suicide|dying|death|killing myself|ending (it|it al|my life|everything)|self harm|hurting myself|harming myself|not being here)
suicidal (thoughts|ideation|ideations|urges|feelings|tendencies)
(unalive|unaliving|self unalive|suicide|death) (thoughts|ideation|urges)
urge to (die|kill myself|cut|cut myself|hurt myself|self harm|end it|end it al|end my life)
urges to (die|kill myself|cut|cut myself|hurt myself|self harm|end it|end it al|end my life)
"""),
    "people": _lines("""
everyone
everybody
every one
they
they al
you
you al
you guys
the world
world
this world
my (family|kids|children|parents|mom|mum|mother|dad|father|wife|husband|partner|friends|girlfriend|boyfriend|son|daughter|brother|sister)
people
everyone (around me|in my life|else|i love|i know)
al of you
"""),
    "gone": _lines("""
if i (was|were) (gone|dead|not here [any more]|not around [any more]|not alive|never born|no longer here)
if i had never been born
if i (died|disappeared|killed myself|did not exist|never existed|ended it|were to die|was to die)
without me [in it|here|around|in their lives|in their life|in your life|in your lives]
once i am gone
when i am dead
"""),
    "living": [
        "living",
        "being alive",
        "life",
        "existing",
        "being here",
        "staying alive",
        "this life",
        "my life",
        "existence",
    ],
    "soon": [
        "tomorrow",
        "next (week|month|year|summer|spring|winter|christmas|birthday)",
        "much longer",
        "long",
        "for (christmas|much longer|long|my birthday)",
        "by (christmas|then|summer|next year|spring)",
    ],
}

PRESENT: Final = _lines("""
i <wish> <die>
i <wish> <kill>
i <wish> <hurt>
i <act> <kill>
i <act> <hurt>
me want to <die>
me want to <kill>
me want to <hurt>
me (suicidal|suicidel)
who (wants|want) to die
i do not want to (live|be alive|exist|be here any more|wake up [any more|again|tomorrow|ever]|live at al|go on living|keep living|continue living|be alive any more)
i do not want to (live|survive|live through|see) another (day|year|winter|night|week|month|summer|birthday)
i do not (think|know if|feel like|believe) [that] i (want|wanna) [to] (live|be alive|be here|go on living|keep living|wake up)
i do not (wish|care) to live
i do not feel like (living|being alive|existing|waking up [any more])
i do not (see|have|find|know) [any|a|one] (reason|point|reasons) [left] [to|in|for] (live|living|keep going|going on|go on|exist|existing|being alive|stay alive|staying alive|stay|continue|carry on|keep living)
i can not (see|find|think of) [any|a|one|single] (reason|point|reasons) [left] [to|in|for] (live|living|keep going|going on|go on|exist|existing|being alive|stay alive|staying alive|stay|continue|carry on|keep living)
i no longer want to (live|be alive|exist|be here)
i no longer (see|have) [any] reason to (live|keep going|go on)
i never want to wake up
i can not (go on|keep) living
i can not go on [any more|like this|without]
i can not live [like] this any more
i can not (live|be alive|exist) any more
i (hope|pray|wish|hoped|prayed) (i|that i) (do not|did not|will not|would not|never|could not) wake up
i (hope|pray|wish|hoped) (i|that i|god lets me|something) (die|dies|died|would die|get hit|kills me|could die|could be dead|gets me)
i wish i (was|were) (dead|not alive|never born|gone|no longer here|not here any more|no longer alive)
i wish i (did not exist|was not alive|were not alive|was not here|were not here|was not born|had never been born|had died|would die|could die|could disappear forever|could (stop|not) (exist|existing|be alive|being alive))
i wish (it|my attempt|my suicide attempt|the attempt|attempt) (had|would have) (worked|succeeded)
wishing (it|my attempt|attempt) (had|would have) worked
i wish (i|they|someone) (had (succeeded|let me die|not found me|not saved me|not survived)|did not save me|would kill me)
(wish|wishing) (i|that i) (was|were) dead
wish i (was|were) never born
i (was never meant|was not meant|was never supposed|should never have) (to be born|to exist|to be alive|been born)
i would (rather|sooner) (be dead|not (exist|be alive|be here|live|wake up))
i would (rather|sooner) die than (live|be alive|keep|go on|stay alive|wake up|continue|face)
i (am|would be|might be|feel) better [off] dead
(better|best|easier|happier) [off] [for] [<people>] [al] if i (was|were) (dead|gone|not here|not around|not alive)
(better|happier) (off|place) [if|once|when|with] (i am dead|i was dead|i were dead|i died|i am gone|me dead|me gone|without me)
<people> (would|will|might|could|can|deserve to|wil) (be|do|feel|live) [so|much|far|way|al] [much] (better|happier|easier|fine|relieved|freer|safer) [off] <gone>
<people> (is|are) [so|much|far|way] [much] (better|happier) [off] <gone>
better off without me
(be|finally be|then be|al be) (free|rid) of me
rid of me for good
a better place without me
better place without me
keep (turning|spinning|going) without me
(no one|nobody) (would|will) (care|notice|miss me|mind|cry) if i (died|was dead|were dead|was gone|were gone|disappeared|killed myself|ended it|kms|offed myself|unalived|was not here|did not wake up)
(would|will) (anyone|anybody|anyone) [even] (care|notice|miss me|mind|cry) if i (died|was dead|were dead|was gone|were gone|disappeared|killed myself|ended it|kms|was not here|did not wake up)
if i (did not|do not|never) wake up [tomorrow|again] [that|it|i|nobody|no one]
if i died (tonight|tomorrow|today|right now|in my sleep)
(die|dying|death) in my sleep
<i> <think> <killing>
thinking (about|of) (suicide|killing myself|ending my life|ending it al|unaliving|ending it|taking my own life|how i would do it)
think (about|of) (suicide|killing myself|ending my life|ending it al) (every|al|each|daily|more|too|lot|when|most)
feel like unaliving
thoughts (of|about) (suicide|killing myself|ending my life|ending it al)
i (have|keep having|am having|have been having|get|keep getting|struggle with|am struggling with|deal with|fight|am fighting) [some|these|bad|strong|constant|more|my] <thoughts>
[my|those|these] <thoughts> (are back|is back|keep|keeps|will not|come back|came back|never|do not stop|do not leave|have returned|have come back|got|get|returned)
<thoughts> (are|is) (back|worse|louder|stronger|getting|coming|killing me|eating me|overwhelming|constant)
<thoughts> (will not|wil not|do not|keep) (stop|leave|coming|go)
my <thoughts>
al i (think about|want|can think about|dream about|wish for) is (to die|dying|death|suicide|killing myself|ending it|ending it al|to be dead|to kill myself|being dead|to end it|not existing)
(only|last|first) thing i (think about|want|can think about|look forward to) [on platform|on train|on bridge|on my commute] [is] (to die|dying|death|suicide|killing myself|ending it|to be dead|jumping|to end it)
i (am|feel|have been|keep feeling|have been feeling|am feeling|am getting|am actively|am passively|am extremely|am pretty|am kind of) suicidal
i am actively suicidal
i am (scared|afraid|worried) [that|of what] i (will|might|am going to|would) (kill myself|hurt myself|do something to myself|do it again|kms)
i (planned|have planned|plan|am planning|have been planning|keep planning) [my] (suicide|death|own death|own suicide|overdose)
been planning (to|how to|on how to) (kill|end|die|off|unalive)
planning [how] to (kill myself|end my life|die|end it|end it al)
planning my (suicide|death|own death)
(wrote|written|writing|write|finished|have) [my|a|the] (suicide (note|letter|notes|letters)|goodbye (note|letter|letters|notes))
my (suicide (note|plan|date|letter)|goodbye (note|letter|letters))
(last|final) day (alive|on earth|on this earth)
my last (day|night|week|birthday|christmas) (alive|on earth|here|on this earth)
suicide (is|feels like|seems like|seems|feels|looks like) [like] [my] (only|best|answer|option|one) [way|option|thing|choice|solution|left|out|answer]
(death|dying) (is|feels like|seems like|seems|would be|sounds) [like] (my only|only|peaceful|nice|answer|escape|relief|comforting) [way|option|thing|choice|out|left]
(only|no other) (way|option|choice) [out|left] (is|than|but|for me is) [to] (die|dying|suicide|death|be dead|kill myself|end it|end it al|end my life|stop (being|existing|living|breathing))
is to stop (being|existing|living|breathing)
(way|point) (than|but) (dying|death|suicide)
i am [so|done|very|just] (tired|sick|done|exhausted|fed up|finished|over) (of|with|from) <living>
(tired|sick) of (living|being alive|existing|being a person|being person|being human|waking up [every day|alive|to this]|this life)
i (hate|am hating|have come to hate) (living|existing)
(hate|hating) (being alive|that i am alive|that i woke up|waking up alive)
(done|finished|through) with (life|living|this life|this world|existing)
i have (no|nothing|no more|zero|not a single|no single) [left] [reason|point|reasons] [left] to (live|live for|keep going|keep living|stay alive|exist|stay|wake up|go on)
nothing (left|more|else|there) to live for
nothing to live for
(no|not any|zero) (reason|reasons) [left] [for me] [to|for] (live|keep living|stay alive|exist|me to live|living|be alive|keep going|go on|wake up)
there is (no|not any|not a) [single] [reason|point] [left] [for me] (to live|to keep living|to stay alive|to exist|to be alive|in living|in being alive|in going on|in existing|in me being here|in me living|in being here any more|to keep going)
no (point|sense|use) (in|to|of) [me] (living|being alive|existing|me being here|my life|staying alive|being here any more|being here any longer)
(what is|is there) [even|any|a] (point|reason|use|sense) (of|in|to) [me] (living|staying alive|being alive|existing|being here|stay alive|live|keep living|go on living|going on living|carrying on living|waking up)
(why|what) am i [even|still] alive
why should i (keep living|stay alive|live|go on)
life (is|feels|seems) (not|no longer|hardly) worth (living|it)
not worth (being alive|staying alive) [any more]
my life (is|feels) [so] (not worth|pointless|worthless) [living]
my life is over [anyway]
i (want|need|wish|would like) [for] (it al|everything|this life|my life|al of it|it|this) to (end|stop|be over) [for good|forever|al|finally|now]
i want out (of this life|of my life|of existence|of this world|for good|forever)
want out of (this life|my life|this world)
get me out of this life
<intend> kms
<intend> (unalive|off|neck|rope|delete|yeet) (myself|my self)
<intend> (kill|kil) (myself|my self)
<intend> (commit|kermit|do) (suicide|sewer slide|sewer side|toaster bath)
<intend> end it al
want to (end it|end it al|kms|ctb|unalive|be unalived|self delete|rope)
i (am|was) (close|near|ready) to (ctb|ending it|ending it al|killing myself|kms|suicide|doing it)
(close|ready) to (ctb|ending it|ending it al|killing myself|kms)
kmsing
i [am|keep|have been|was|started|caught myself] wanting to <die>
i [am|keep|have been|was|started|caught myself] wanting to <kill>
(myself|it|it al|suicide|dying|death|being dead) is al i [can] think about
(hope|pray|wish|hoping|praying) (tomorrow|morning) (never comes|does not come|would not come|will not come)
do not want to (see|be here for|be here) (tomorrow|morning|another day)
i do not want to do (life|this life) [any more]
i do not want (this life|my life) any more
i can not do life
life is too (hard|much|painful) to (live|go on|continue)
rather not (be here|exist|be alive|wake up|be alive)
worth more dead
better dead than
(thought|idea|thoughts) of (dying|death|suicide|not existing|killing myself|being dead|ending it|ending it al|not waking up|not being here) (is|feels|sounds|comforts|relaxes|calms|makes|keeps|crosses|brings|seems|gives|does not scare)
(suicide|dying|killing myself|ending it|ending it al|death) (crosses|crossed|has crossed|keeps crossing) my mind
(suicide|dying|killing myself|ending it|ending it al|death) [has been|is|has] [been] on my mind
part of me (wants to (die|end it|be dead|kill myself|end it al|go to sleep forever)|wishes i (was|were) dead|does not want to (be here|be alive|live|wake up)|hopes i)
i do not care (if|whether) i (die|live or die|live|wake up|do not wake up|am alive)
(passive|active) (suicidal|suicide) ideation
(not|do not feel) safe (with|around|from) myself
i do not trust myself (tonight|to be alone|not to|to stay)
(find|finds|found|finding) my body
not be [your|anyones|their] (burden|problem) [to anyone] any more
it [al] ends tonight
might as wel (die|be dead|kill myself|end it|end it al|kms|not exist|not be here)
what if i (killed myself|ended it|ended it al|ended my life|died tonight|never woke up|was gone for good)
i do not deserve to (live|be alive|exist|be here)
i do not belong (on this (earth|planet)|among the living)
had enough of (life|living|being alive|this life|this world)
(please|god|someone) let me die
let me die (already|please|tonight)
(god|lord|someone) (take|kil) me (tonight|already|please|in my sleep)
why do i (exist|bother living|keep living|bother staying alive|stay alive)
why bother (living|staying alive|being alive)
(quit|rage quit|ragequit|uninstall|exit|log out of|logging out of|clock out of|opt out of) life
alt f4 (myself|my life|life|irl)
on (verge|edge|brink) of (suicide|killing myself|ending it|ending it al|ending my life|kms|ctb|self harm)
(have|made|making|got) [my|a] plan to (die|kill myself|end it|end it al|end my life|kms|ctb)
(have|got) [my] (suicide plan|plan to die)
(cut|cutting|slit|slitting) my (wrists|wrist|arms|thighs|legs) [again]
i (want|need|crave|long for|welcome|beg for|am begging for|pray for|am ready for) death
(suicide|death) is [al] i (want|think about|need)
(i am|i feel) [already] dead inside and (want|wish|hope)
do not want to (live|be alive|exist) any more
never wanted to (be born|exist)
(see|saw|find|have) no (point|reason|sense|purpose) [left] (in|to|of|for) (living|live|life|being alive|going on|go on|keep going|stay alive|exist|existing|being here|my life)
no (purpose|reason|will) [left] to (live|exist|keep living)
(lost|losing|no|lack) [my] wil to live
i (will|am going to) (kil|unalive) (myself|my self)
i (will|am going to) be gone (for good|forever)
i (can not|do not want to|will not) (live|be alive|be here) (another|one more) (day|night|week|month|year)
checking out (permanently|for good|early|of life)
logging off (for good|forever|permanently|life)
clocking out (permanently|for good|of life)
i (cut|hurt|harmed|burned|burnt) myself on purpose
(started|start|started back|begun|began|relapsed|relapse|relapsing|am|back to|been|keep|kept|resumed|can not stop|could not stop) (cutting myself|hurting myself|harming myself|burning myself|self harming)
i [have] self (harm|harmed)
i [am|have been|keep|was|started|been] self (harming|harming again)
(relapsed|relapse|relapsing|slipped) [in|into|on|with|back into] (self harm|sh|cutting|self harming)
(doing|did|do|done|started|starting|back to|urge to|urges to|into) sh
(cut|cutting) (last night|tonight|today|again tonight|myself again)
i cut (last night|tonight|today)
i (took|have taken|swallowed) (al|too many|whole bottle|handful|bunch|a whole bottle) [of] [my|the|these] (pills|meds|medication|tablets|sleeping pills)
i took al (my|of my) (pills|meds|medication)
i (do not|will not|am not going to|did not|never) (plan|planned|planning|intend) [to|on] (be|being|make|making|live|living|stay|staying) (here|alive|around|past|to see) [any more|<soon>|my|thirty|forty]
i (will not|am not going to|wil not) be (here|around|alive) [for] <soon>
not be (here|alive) (by|to see) (tomorrow|christmas|morning|next|my|then|new year)
i (do not|can not|never) (see|picture|imagine|saw|pictured) myself (making it|living|surviving|being alive|getting old|growing old|alive|here|reaching|being here)
(will not|not going to|do not think i will|do not think i am going to|am not) (make|making|live|survive) (it|to|past|through) (to|past|through|tonight|the night|night|my|thirty|the week|another) [thirty|birthday|christmas|night|week]
you will not have to (worry about|deal with|put up with|see|bother with|look after|carry) me [any more|much longer|for much longer|again|any longer]
i (am|will be) dead (soon|by tomorrow|by morning|tomorrow|tonight)
(would|will|might|may|could) be (easier|better|simpler|best) [for] [<people>] if i (was|were|am) (gone|dead|not here|not around)
(easier|better) [for] [<people>] if i (was|were) gone
i (could|would|can|might) (easily) (kill myself|end it)
(give up|giving up|given up|gave up) on (life|living|my life|staying alive)
(who|how many people|if anyone|if anybody|anyone) (would|will) (come|show up|cry|even come|go) (to|at) my funeral
made [my] peace with (leaving|dying|death|the end|not being here|going)
i (have|am) [made|at] peace with (dying|death|leaving this world)
(she|he|they) (is|are|was) suicidal so am i
suicidal (so am i|me too|as am i|and so am i|i am too)
i am (suicidal too|one who wants to die|the one who wants to die)
want to (follow|join) (him|her|them) in (death|heaven)
""")

PAST: Final = _lines("""
i [have] [almost|nearly] (tried|attempted|wanted|planned|meant|decided) to (kill myself|die|end my life|take my [own] life|end it [al]|commit suicide|unalive myself|overdose|hang myself|off myself|cut myself|be dead|kms)
i (almost|nearly) (killed myself|committed suicide|ended my life|died by suicide)
i [have] [once|almost|nearly] attempted (suicide|on my life)
my [last|first|own|third|second] suicide attempt
i [have] overdosed
i (survived|lived through) [my|an] (suicide attempt|overdose)
i survived my attempt
i had [these|bad|some] <thoughts>
i (used to) <think> <killing>
i used to <hurt>
""")

SOFT_PAST: Final = _lines("""
i (was|felt|became|had been|got) [very|so|deeply|extremely|actively] suicidal
i used to (self harm|cut|cut myself|hurt myself|be suicidal|want to die|want to kill myself)
past suicidal thoughts
past the suicidal thoughts
i wanted to (die|be dead|disappear forever|not exist|not be alive)
i once wanted to (die|end it al|kill myself)
""")

SUBJECTLESS: Final = _lines("""
(kill|killing|killed) (myself|my self)
(end|ending|ended) (my life|my own life|it al)
(take|taking|took) my [own] life
hang myself
hanging myself
unalive (myself|my self)
unaliving myself
slit my wrists
slitting my wrists
(want to|going to|about to|ready to|might) suicide [myself]
""")

WEAK: Final[Mapping[str, Sequence[str]]] = {
    "farewell": _lines("""
goodbye (everyone|everybody|al|world|forever|friends|my friends|to everyone|to you al)
(this|it) (is|might be|may be|will be|could be) [my] (last|final) (post|message|night|day|birthday|christmas|week|time)
my (last|final) (post|message|goodbye|words)
(thank you|thanks) [to] [you] al for (being|everything|your)
(i am sorry|sorry|forgive me) (mum|mom|dad|mama|everyone|to everyone|to my family|for leaving|for what i am about)
(see you|meet again) (on|in) (the other side|other side|another life|next life)
i love you al
"""),
    "absence": _lines("""
(when|after|once) i am gone
(will not|not) be (here|around) [any] [longer|more|much longer|long]
(it|that) will not be long
be gone soon
leaving this place for good
leaving you al
ready to go
ready to leave
it is time [for me] to go
(i am|i will be) leaving soon
out of everyones way
one (who|to) (finds|find) me
after (tonight|today) (it|everything|none|i|there)
end for me
thing (i could|i can|to) do is [to] (go|be gone|leave|disappear)
"""),
    "giving": _lines("""
(given|gave|giving) away (my|al my|everything|most of my)
(given|gave|giving) my (records|things|stuff|books|guitar|clothes|plants|games|collection|cat|dog) to
(written|wrote|writing) (letters|my letters|a letter to everyone|goodbyes|them letters)
put my affairs in order
(someone|who|somebody) [will|should|can] (take|take care of|look after|feed) (my|cat|dog|kids)
(look|take care|looks|looking) (after|of) my (dog|cat|mom|mum|kids|brother|sister|pets)
"""),
    "peace": _lines("""
(feels|felt) (peaceful|calm|at peace)
made my peace
first time i have felt (calm|peace|peaceful)
i have (made my decision|made up my mind)
have (date|day) (in mind|picked|set|chosen)
(date|day) picked
none of this will matter
finally (be at peace|at peace|be free|rest)
"""),
    "despair": _lines("""
no (hope|way out|future|other way out|point any more) [left|any more]
(nothing|not anything) left [for me]
there is nothing [left] [for me] here
lost al hope
i can not (do|take|go on|handle|cope|bear|stand) (this|it|life|any) [any] [more|longer]
i can not go on
(done|tired of|finished|too tired to keep|sick of) (fighting|trying|pretending|everything|al of this|al this|it al|struggling|hurting|this)
make it stop
(want|need|wish) [for] [al] [this|my] (pain|suffering|hurting|hurt) to (stop|end|be over|go away)
(only|no other) way (to|out|for)
i (give|am giving|have given) up
(held|holding|hold) on (for|as long|any longer|much longer)
(can not|do not want to|too tired to) (keep going|carry on|keep doing this|hang on)
(end of my rope|breaking point|rock bottom)
want to disappear
nothing matters
what is point
no point in (going on|trying|anything|carrying on)
why bother
i (do not|can not) (care|see) (any more|what happens to me|way out|a way out|a future)
everything hurts
i hate myself
i (am|feel) (hopeless|worthless|empty)
"""),
    "burden": _lines("""
i am [such|nothing but|only|just] [a] burden
(no one|nobody) (would|will) (care|notice|miss me|mind)
(no one|nobody) (cares about me|cares if i|loves me|needs me|wants me)
they will (be fine|get over it|move on|cry)
cry for
"""),
    "glimpse": _lines("""
(look|looking|stare|staring|looked) [down] (at|from|over) [my] (bridge|pills|edge|tracks|rope|railing)
(stand|standing|stood) (on|at|near) (edge|bridge|platform|roof)
(on|at) bridge on my way
catch [the] bus
"""),
    "another": _lines("""
(killed|hanged|shot|unalived) (himself|herself|themself|themselves)
(took|ended) (his|her|their) [own] life
(died|lost) (by|to) suicide
"""),
    "joining": _lines("""
want to (do the same|follow him|follow her|follow them|go too|go as well)
i (envy|envied) (him|her|them)
"""),
}
"""Cues that mean little alone; two of different kinds close to each other are a statement."""

ALONE: Final = frozenset({"kms", "suicidal", "ctb", "unalive"})
"""Whole texts of one word that say it all."""
