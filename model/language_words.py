"""Words by which the language filter knows English among other languages, and Hindi in Latin letters."""

from typing import Final

# Common words that hardly any other language writes the same way: no "die", "is", "of", "so", "was", "me",
# "for", "in", "want", "over". Apostrophes are left out, as typed in haste.
_ENGLISH: Final = """
the and you your youre yours they their theyre this that thats these those there theres what whats which who
why how when where with without from about because but not dont doesnt didnt isnt wasnt arent cant couldnt
wont wouldnt shouldnt havent hasnt hadnt aint im ive ill id its hes shes lets my mine our ours she him his
having being are were does did doing done could would should might just really very much more ever never
always again still already also only some something someone any anything anyone every everything everyone
nobody nothing people know think feel feels feeling felt wants wanted need needs going gonna wanna gotta
getting got get make makes said says saying tell told seen looks looking look like likes liked love loves
hate hates good great better bad worse worst right wrong same true thing things way day days today tonight
tomorrow yesterday year years life home stay world little big new first next whole thanks thank please guys
dude shit fuck fucking damn yeah tired happy crazy scared alone driving trying try work working keep keeps
leave left now out into after before
ngl tbh idk rn smh imo imho lmao
"""

# Everyday words of Hindi and Urdu as people type them on a Latin keyboard.
_HINDI_IN_LATIN: Final = """
hai hain hoon hun tha thi thay ho hoga hogi hota hoti hote hua hui hue nahi nahin nai mat kya kyun kyu kyon
kaise kaisa kab kahan kaun kitna kitni mera meri mere mujhe mujhko hum humein tum tumhara tumhari tere tera
teri tujhe aap aapka aapko apna apni apne uska uski unka unko usko iska iski yeh woh main mein ka ki ke ko
se ne par pe aur bhi toh lekin magar phir ab abhi kal aaj jab tab agar raha rahi rahe gaya gayi gaye kar
karo karna karke karta karti karte diya liya aaya aayi jao jana bahut bohot kuch koi kisi sab log wala wali
wale liye saath baat pata chahiye samajh yaar bhai acha accha acche achha theek matlab ghar dil yaad paise
dost
"""

ENGLISH: Final = frozenset(_ENGLISH.split())
HINDI_IN_LATIN: Final = frozenset(_HINDI_IN_LATIN.split())
