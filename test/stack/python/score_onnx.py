"""Scores every row of a CSV with a bundle's model.onnx, as Python users would, without anything of ours.

Usage: score_onnx.py BUNDLE_DIR CSV. Checks the model with onnx.checker and prints {"probabilities": [...], "labels": [...]}.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd


def main(bundle: Path, csv: Path) -> None:
    names = [feature["name"] for feature in json.loads((bundle / "features.json").read_text())["features"]]
    onnx.checker.check_model(onnx.load(bundle / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(bundle / "model.onnx", providers=["CPUExecutionProvider"])
    rows = pd.read_csv(csv)[names].to_numpy(dtype=np.float32)
    label, probability = session.run(["label", "probability"], {"features": rows})
    print(json.dumps({"probabilities": probability.reshape(-1).tolist(), "labels": label.tolist()}))


main(Path(sys.argv[1]), Path(sys.argv[2]))
