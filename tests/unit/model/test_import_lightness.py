import subprocess
import sys

import pytest


@pytest.mark.slow
def test_serving_never_imports_what_training_needs() -> None:
    code = (
        "import sys, model.registry, model.manifest, model.classifier\n"
        "print(sorted({'torch', 'transformers', 'export', 'bot', 'onnx', 'sklearn'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
