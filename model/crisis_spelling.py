"""Words as people type them, for the crisis gate."""

from collections.abc import Mapping
from typing import Final

SPELLED_OUT: Final[Mapping[str, str]] = {
    "2": "to",
    "shud": "should",
    "im": "i am",
    "iam": "i am",
    "ive": "i have",
    "id": "i would",
    "ill": "i will",
    "ima": "i am going to",
    "imma": "i am going to",
    "iwant": "i want",
    "wana": "want to",
    "wanna": "want to",
    "wnna": "want to",
    "wannna": "want to",
    "gonna": "going to",
    "gona": "going to",
    "gunna": "going to",
    "finna": "going to",
    "gotta": "have to",
    "tryna": "trying to",
    "bout": "about",
    "abt": "about",
    "dont": "do not",
    "dnt": "do not",
    "cant": "can not",
    "cnt": "can not",
    "cannot": "can not",
    "wont": "will not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "isnt": "is not",
    "aint": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "werent": "were not",
    "doesnt": "does not",
    "didnt": "did not",
    "havent": "have not",
    "hasnt": "has not",
    "theres": "there is",
    "whats": "what is",
    "thats": "that is",
    "its": "it is",
    "lifes": "life is",
    "shes": "she is",
    "hes": "he is",
    "theyd": "they would",
    "theyll": "they will",
    "itd": "it would",
    "itll": "it will",
    "youd": "you would",
    "youll": "you will",
    "everyones": "everyone is",
    "anymore": "any more",
    "selfharm": "self harm",
    "selfharmed": "self harmed",
    "selfharming": "self harming",
    "noone": "no one",
    "becuz": "because",
    "cuz": "because",
    "bc": "because",
    "u": "you",
    "ur": "your",
    "tho": "though",
    "altho": "although",
    # Slips in words too short to be mended by rule.
    "wnat": "want",
    "watn": "want",
    "wnt": "want",
    "want2": "want to",
    "klil": "kill",
    "ikll": "kill",
    "kll": "kill",
    "dei": "die",
    "alvie": "alive",
    "alie": "alive",
    "aliv": "alive",
    "liv": "live",
    "lve": "live",
    "lief": "life",
    "lfie": "life",
    "lif": "life",
    "ded": "dead",
    "daed": "dead",
    "woud": "would",
    "wuld": "would",
    "beter": "better",
    "ther": "there",
    "thier": "their",
    "wsih": "wish",
    "tierd": "tired",
    "tird": "tired",
    "reson": "reason",
    "feal": "feel",
    "fel": "feel",
    "evry": "every",
    "slef": "self",
    # Words that are meant to pass moderation.
    "wanto": "want to",
    "wantto": "want to",
    "suiside": "suicide",
    "suicid": "suicide",
    "suecide": "suicide",
    "suicidle": "suicidal",
    "suicidel": "suicidal",
    "suisidal": "suicidal",
    "sewerslide": "suicide",
    "sewerside": "suicide",
    "sewercide": "suicide",
    "sueside": "suicide",
    "sooicide": "suicide",
    "sewerslidal": "suicidal",
    "sui": "suicidal",
    "unlive": "unalive",
    "unaliven": "unalive",
    "unalives": "unalive",
}

FILLERS: Final = """
a actually again also always atp badly basically constantly definitely desperately even ever fr
fuckin fucking fully genuinely honestly istg jus just kinda legit like literally lowkey maybe ngl
now often ong probably quite really rn sadly seriously simply slowly so sometimes still tbh the
totally truly very
"""
"""Words that are left out of texts and statements alike."""

DISGUISED: Final = """
alive cut cuts cutting dead die dying end ending harm hate hurt kill killed killing life live my
myself self suicidal suicide tired to unalive wanna want without
"""
"""What digits and signs are read as letters for: a disguise that spells none of these stays what it is."""

KEYWORDS: Final = """
anymore burden everyone funeral goodbye killing laughing myself overdose planning reason suicidal
suicide thinking unalive without worthless
"""
"""What is worth mending: in a statement of crisis these carry the weight."""

ALIKE: Final = """
burdens buren burnden burned everyones funerals goodbyes killings kilning kissing kneeling overdosed
overdoses placing planing planting playing reasons suicides thanking thinning
"""
"""Words of their own that look like a slip of a keyword."""
