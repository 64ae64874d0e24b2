"""What training and serving share: text preparation, labels, the manifest and the classifiers.

Imports numpy, onnxruntime, tokenizers and pydantic; never torch, transformers, `export` or `bot`.
"""

import os

# ONNX Runtime's official builds report to their maker, and write a device id to ~/.cache, unless this is set
# before they are imported. Nothing of the people whose words are judged here leaves this machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
