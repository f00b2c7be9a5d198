"""Checks exported models and scores every row of their data with them, as Python users with float64 frames do, without anything of ours.

Usage: check_learners.py MANIFEST, a JSON list of {"model": PATH, "answers": PATH of the trainer's float64 answers, "csv": PATH,
"columns": [names, in order], "output": name}. Prints {"models": {PATH: {"rows", "rowsAbove", "largest", "ir", "opsets"}}}.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd

TOLERATED = 1e-5
frames: dict[str, pd.DataFrame] = {}


def check(entry: dict) -> dict:
    model = onnx.load(entry["model"])
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(entry["model"], providers=["CPUExecutionProvider"])
    frame = frames.setdefault(entry["csv"], pd.read_csv(entry["csv"]))
    rows = frame[entry["columns"]].to_numpy(dtype=np.float64).astype(np.float32)
    theirs = session.run([entry["output"]], {"features": rows})[0]
    ours = np.fromfile(entry["answers"]).reshape(theirs.shape)
    difference = (np.abs(theirs - ours) / np.maximum(1, np.abs(ours))).max(axis=1)
    return {
        "rows": len(rows),
        "rowsAbove": int(np.count_nonzero(~(difference <= TOLERATED))),
        "largest": float(difference.max()),
        "ir": model.ir_version,
        "opsets": {opset.domain: opset.version for opset in model.opset_import},
    }


print(json.dumps({"models": {entry["model"]: check(entry) for entry in json.loads(Path(sys.argv[1]).read_text())}}))
