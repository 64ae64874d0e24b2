"""The model card, written from the manifest alone: every number in it stands there too."""

from collections.abc import Mapping
from itertools import chain

from export.card_plots import PLOTS
from model.labels import GROUPS
from model.manifest import Manifest

_TEST = "test"
_FLOOR = 0.85
"""What a category of the behavioural suite should pass."""

_COLUMNS = {
    "positive_macro_f1": "positive / not_positive macro-F1",
    "positive_f1": "positive F1",
    "positive_ap": "positive AP",
    "groups_macro_f1": "4 groups macro-F1",
    "emotions_macro_f1": "28 emotions macro-F1",
    "positive_ece": "ECE, positive",
}

_USE = """\
## Intended use

Solace reads English comments in chats and forums and answers those that sound as if somebody is in a bad
way with a phrase of support. The model gives, for one comment, calibrated probabilities of four groups
(positive, negative, neutral, ambiguous) and of the 28 GoEmotions labels. Labels are independent of each
other: several may hold.

It is **not a medical device**: it neither diagnoses nor assesses risk, and it must not be used to find,
rank or profile people. Statements of crisis are handled by rules of their own, never by this model.

## Limits

- Trained on English Reddit comments of 2005-2019. Elsewhere (other platforms, years, varieties of English)
  its thresholds fit less well; other languages are out of scope.
- One comment is judged by its words alone: no thread, no author, no image. Irony, quoted lyrics and
  in-jokes fool it.
- The labels are what raters read into a comment, not what its author felt; raters agree only in part, and
  the data's subreddits lean towards young, male, North American authors. Expect those leanings here.
- Rare emotions (grief, pride, relief, nervousness, embarrassment) have few examples and low recall.
- Texts of more than {max_tokens} tokens are read in up to 8 windows; the half with the feeling in it decides.
"""

_EXAMINED = {
    "lead": (
        "Lead, and whether it is luck",
        "Paired bootstrap over the same comments, 2,000 draws: the difference, its 95% interval and p.",
        "evaluate --data GOEMOTIONS --model {version} --split test --previous FILE",
    ),
    "behaviour, calm": (
        "False alarms on calm texts",
        "Calm texts with words such as dying, killed, sick; peers get 20-47% wrong.",
        "behaviour --model {version} --locked",
    ),
    "behaviour": (
        "Behaviour: share of cases passed",
        "Cases of the project's own (`model/probes/`), written before training; the locked half ran once.",
        "behaviour --model {version} --locked",
    ),
    "sources": (
        "Outside GoEmotions",
        "Labelled texts of the project's own, in the style of five sources.",
        "behaviour --model {version} --locked",
    ),
    "robustness": (
        "Swapped characters: points of the four groups' macro-F1 lost on dev",
        "Each attack at the strength of `export/noise.py`.",
        "robustness --data GOEMOTIONS --model {version}",
    ),
    "identity gaps": (
        "Who somebody is: change of `negative` against the same sentence about others",
        "Largest gaps first; names, genders, nationalities, religions, orientations and communities.",
        "analyse --data GOEMOTIONS --model {version}",
    ),
}
"""Tables that `export examine` records: title, what they are, and the command that prints them again."""

_CREDIT = """\
## Credit

- Data: GoEmotions, Demszky et al., ACL 2020 (arXiv 2005.00547), Google Research, CC BY 4.0.
- Base encoder: {base_encoder}{base_licence}.
"""

_TEACHER = """\
- Teachers: a fine-tuned all-mpnet-base-v2 (Apache-2.0), of which only labels came, and the previous release.
"""


def card(manifest: Manifest) -> str:
    """The Markdown text of MODEL_CARD.md."""
    parts = [
        f"# {manifest.version}\n",
        _USE.format(max_tokens=manifest.max_tokens),
        _numbers(manifest),
        _plots(manifest),
        *(_examined(manifest, *section) for section in _EXAMINED.items()),
        _decisions(manifest),
        _making(manifest),
        _CREDIT.format(
            base_encoder=manifest.base_encoder,
            base_licence=" (Apache-2.0)" if "MiniLM" in manifest.base_encoder else "",
        )
        + (_TEACHER if "teachers" in manifest.training else ""),
    ]
    return "\n".join(filter(None, parts))


def _numbers(manifest: Manifest) -> str:
    lines = [
        "## Numbers",
        "",
        "As shipped (int8), thresholds chosen on dev; a baseline has a threshold of its own for each column,",
        "the model has the released ones. Printed by",
        "",
    ]
    lines += [f"    python -m export evaluate --data GOEMOTIONS --model {manifest.version} --split test", ""]
    rows = {name: numbers for name, numbers in manifest.metrics.items() if name.startswith((_TEST, "dev"))}
    lines += _table("GoEmotions", rows)
    quantisation = manifest.metrics.get("quantisation", {})
    if quantisation:
        lines += [
            "",
            "int8 against fp32 on dev, and ONNX against torch, printed by `python -m export onnx`:",
            "",
        ]
        lines += [f"- {name.replace('_', ' ')}: {value:g}" for name, value in quantisation.items()]
    return "\n".join(lines) + "\n"


def _table(title: str, rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    lines = [f"| {title} | {' | '.join(_COLUMNS.values())} |", "|---" * (len(_COLUMNS) + 1) + "|"]
    for name, numbers in rows.items():
        cells = [f"{numbers[column]:.4f}" if column in numbers else "" for column in _COLUMNS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _decisions(manifest: Manifest) -> str:
    lines = [
        "## Thresholds and calibration",
        "",
        "| group | threshold | temperature | offset | F1 on test | ECE on test |",
    ]
    lines.append("|---|---|---|---|---|---|")
    test = manifest.metrics.get(_TEST, {})
    for group in GROUPS:
        measured = [_optional(test.get(f"{group}_{name}")) for name in ("group_f1", "ece")]
        threshold, temperature = manifest.group_thresholds[group], manifest.temperatures.groups[group]
        offset = manifest.temperatures.offsets.get(group, 0.0)
        numbers = [f"{threshold:.3f}", f"{temperature:.3f}", f"{offset:.3f}", *measured]
        lines.append(f"| {group} | {' | '.join(numbers)} |")
    lines += ["", f"All emotions share the temperature {manifest.temperatures.emotions:.3f}.", ""]
    lines += [
        "| a reply when | sensitivity | threshold | precision on test | recall on test |",
        "|---|---|---|---|---|",
    ]
    for when, thresholds in manifest.reply_thresholds.items():
        for sensitivity, threshold in thresholds.items():
            measured = [
                _optional(test.get(f"{when}_{sensitivity}_{name}")) for name in ("precision", "recall")
            ]
            lines.append(f"| {when} | {sensitivity} | {threshold:.3f} | {' | '.join(measured)} |")
    return "\n".join(lines) + "\n"


def _plots(manifest: Manifest) -> str:
    drawn = [name for name in PLOTS if name in manifest.files]
    return "".join(f"![{PLOTS[name]}]({name})\n\n{PLOTS[name]}.\n\n" for name in drawn)


def _examined(manifest: Manifest, key: str, words: tuple[str, str, str]) -> str:
    """The recorded tables whose names begin with `key`, beside each other; empty where there are none."""
    own = (name for name in manifest.metrics if next(filter(name.startswith, _EXAMINED), None) == key)
    tables = {name: manifest.metrics[name] for name in own}
    if not tables:
        return ""
    title, about, command = words
    lines = [f"## {title}", "", about, "Printed by", ""]
    lines += [f"    python -m export {command.format(version=manifest.version)}", ""]
    lines += [f"| | {' | '.join(tables)} |", "|---" * (len(tables) + 1) + "|"]
    for row in dict.fromkeys(name for table in tables.values() for name in table):
        lines.append(f"| {row} | {' | '.join(_optional(table.get(row)) for table in tables.values())} |")
    rows = dict.fromkeys(chain(*tables.values()))
    weak = [name for name in rows if key == "behaviour" and _weak(name, tables)]
    if weak:
        lines += ["", f"Known weaknesses, below {_FLOOR} in one of the halves: {', '.join(weak)}."]
    return "\n".join(lines) + "\n"


def _weak(category: str, tables: Mapping[str, Mapping[str, float]]) -> bool:
    return any(table.get(category, 1.0) < _FLOOR for table in tables.values())


def _optional(number: float | None) -> str:
    return "" if number is None else f"{number:.4f}"


def _making(manifest: Manifest) -> str:
    counts = ", ".join(f"{name} {count:,}" for name, count in manifest.data.counts.items())
    removed = sum(manifest.data.removed.values())
    lines = ["## How it was made", "", *(f"    {command}" for command in _commands(manifest)), ""]
    lines += [f"- Data: {counts} comments; {removed} repetitions of dev and test taken out of train."]
    lines += [f"- SHA-256 of the three files: `{manifest.data.sha256}`."]
    lines += [f"- Text preparation: version {manifest.preprocessing} of `model/preprocess.py`."]
    lines += [
        "- Training: " + ", ".join(f"{name} {value}" for name, value in manifest.training.items()) + "."
    ]
    if "start" in manifest.training:
        start = manifest.training["start"]
        lines += [f"- The student went on from {start}, which no command does: `fit` in `export/train.py`."]
    lines += ["- Tools: " + ", ".join(f"{name} {version}" for name, version in manifest.tools.items()) + "."]
    return "\n".join(lines) + "\n"


def _commands(manifest: Manifest) -> list[str]:
    """What makes such a model: by distillation, by going on from another one, or plainly."""
    onnx = f"python -m export onnx --data GOEMOTIONS --version {manifest.version}"
    if "teachers" in manifest.training:
        share = manifest.training.get("soup")
        return [
            "python -m export distil --data GOEMOTIONS --teacher FOLDER --also FOLDER --comments FILE",
            *([f"python -m export soup FOLDER FOLDER --share {share}"] if share is not None else []),
            onnx,
        ]
    if "continued_from" in manifest.training:
        return ["python -m export train --data GOEMOTIONS --extra feedback.jsonl"]
    return [f"python -m export all --data GOEMOTIONS --version {manifest.version}"]
