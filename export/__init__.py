"""From labelled comments to a released model: data, training, ONNX, evaluation, card.

torch, transformers and scikit-learn live only here; the bot never imports this package.
Run `python -m export --help`.
"""

import model  # noqa: F401  # before ONNX Runtime is imported: it keeps that from reporting to its maker
