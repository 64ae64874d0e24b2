"""A long look at the data: one HTML page with plots, and the same numbers as JSON beside it.

Both hold counts, and words that at least five comments share; never a comment's text.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from export.data import Dataset
from export.eda.cleaning import Language
from export.eda.label_sections import company, labels
from export.eda.length_section import sizes
from export.eda.material import Material, gather, token_counter
from export.eda.noise_sections import hard_cases, repetition
from export.eda.source_sections import cleaning, drifting, overview
from export.eda.word_sections import emoji_section, language_section, masks, vocabulary
from export.progress import track
from export.unlabelled import read_all
from export.webpage import page
from model.language import LanguageFilter

REPORT, NUMBERS = "eda.html", "eda.json"
SECTIONS = (
    overview,
    labels,
    company,
    sizes,
    repetition,
    hard_cases,
    vocabulary,
    emoji_section,
    masks,
    language_section,
    cleaning,
    drifting,
)


def write(
    data: Dataset,
    out: Path,
    *,
    tokenizer: Path,
    comments: Sequence[Path] = (),
    language: Language | None = None,
) -> Path:
    """Write `out/eda.html` and `out/eda.json`; gives the page's path.

    Args:
        data: the labelled comments.
        out: is created where it is missing.
        tokenizer: a `tokenizer.json`, for counting tokens.
        comments: CSV files of unlabelled comments (column `body`) to look at beside.
        language: what tells a prepared text's language; the shipped filter without it.

    Raises:
        DataError: a file of `comments` cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    unlabelled = read_all(comments)
    material = gather(
        data, unlabelled, language=language or LanguageFilter(), tokens=token_counter(tokenizer)
    )
    html, numbers = report(material)
    (out / NUMBERS).write_text(numbers, encoding="utf-8")
    path = out / REPORT
    path.write_text(html, encoding="utf-8")
    return path


def report(material: Material) -> tuple[str, str]:
    """The page, and its numbers as JSON."""
    sections = [build(material) for build in track(SECTIONS, "looking at the data")]
    lead = "GoEmotions as it was read, cleaned and prepared for training, and what stands beside it."
    numbers = {section.key: section.numbers for section in sections}
    return page("The data", lead, sections), json.dumps(numbers, indent=1, ensure_ascii=False) + "\n"
