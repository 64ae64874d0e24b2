"""The colours of reports and plots, by name, for a light and for a dark page.

Blue against orange, then grey and purple: told apart by colour-blind readers, and by lightness in print.
"""

LIGHT = {
    "ink": "#1f2430",
    "muted": "#5b6472",
    "line": "#d6dae1",
    "paper": "#ffffff",
    "back": "#f3f4f7",
    "positive": "#1a7fa3",
    "negative": "#d2562a",
    "neutral": "#848c9b",
    "ambiguous": "#8a56b3",
    "series-1": "#2f6db6",
    "series-2": "#dd9422",
    "series-3": "#4f9d63",
    "series-4": "#a0489a",
    "series-5": "#6f7787",
}
DARK = {
    "ink": "#e8eaf0",
    "muted": "#a5adbb",
    "line": "#3a404d",
    "paper": "#1b1e26",
    "back": "#12141a",
    "positive": "#4db5da",
    "negative": "#f08a5f",
    "neutral": "#9aa3b3",
    "ambiguous": "#bd92e0",
    "series-1": "#6ea4ea",
    "series-2": "#f0b354",
    "series-3": "#7cc690",
    "series-4": "#d486cd",
    "series-5": "#a4acba",
}
