"""Reads a registered version as Python users do, and compares its probabilities with the golden rows of its bundle, or with rows of the
same form in another file: what a server answered, say.

Usage: read_model.py MODEL_URI [ROWS_FILE], with MLFLOW_TRACKING_URI set. Prints one line of JSON; exit code 1 where anything differs by
more than 1e-6.
"""

import json
import sys
from pathlib import Path

import mlflow
import numpy as np
import onnx
import onnxruntime
import pandas as pd

TOLERANCE = 1e-6


def encode(features: list[dict], row: dict) -> list[float]:
    """One row as the signature wants it: numbers, categories as their position, missing as NaN."""
    cells = []
    for feature in features:
        value = row.get(feature["name"])
        if value is None:
            cells.append(np.nan)
        elif feature["kind"] == "categorical":
            cells.append(float(feature["categories"].index(value)))
        else:
            cells.append(float(value))
    return cells


def through_onnx(model_uri: str, frame: pd.DataFrame) -> np.ndarray:
    model = mlflow.onnx.load_model(model_uri)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (probability,) = session.run(
        ["probability"], {"features": frame.to_numpy(dtype=np.float32)}
    )
    return probability.reshape(-1)


def through_pyfunc(model_uri: str, frame: pd.DataFrame) -> np.ndarray:
    return mlflow.pyfunc.load_model(model_uri).predict(frame)["probability"].to_numpy()


def main(model_uri: str, rows_file: str | None = None) -> int:
    bundle = Path(mlflow.artifacts.download_artifacts(model_uri))
    features = json.loads((bundle / "features.json").read_text())["features"]
    rows = json.loads(Path(rows_file or bundle / "golden.json").read_text())["rows"]
    frame = pd.DataFrame(
        [encode(features, row["features"]) for row in rows],
        columns=[feature["name"] for feature in features],
        dtype="float64",
    )
    expected = np.array([row["probability"] for row in rows])
    differences = {
        "onnx": float(np.abs(through_onnx(model_uri, frame) - expected).max()),
        "pyfunc": float(np.abs(through_pyfunc(model_uri, frame) - expected).max()),
    }
    rows_with_missing = int(frame.isna().any(axis=1).sum())
    report = {"rows": len(rows), "rows_with_missing": rows_with_missing, "max_difference": differences}
    print(json.dumps(report))
    # NaN is not within the tolerance.
    return 0 if all(difference <= TOLERANCE for difference in differences.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
