"""Logs and registers a scikit-learn model as ONNX with a column signature, as Python users do, and prints what it answers.

Usage: log_sklearn_onnx.py NAME CSV, with MLFLOW_TRACKING_URI set; the last column of the CSV is the target, 0 or 1. Prints one line of
JSON: the version, and rows with scikit-learn's probabilities.
"""

import json
import sys

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROWS = 20


def main(name: str, csv: str) -> None:
    data = pd.read_csv(csv)
    names = list(data.columns[:-1])
    # Rows reach an ONNX graph as float32: fitted and compared on the same numbers.
    x = data[names].to_numpy(dtype=np.float32)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(x, data.iloc[:, -1])
    onnx_model = to_onnx(
        model,
        initial_types=[("features", FloatTensorType([None, len(names)]))],
        # Two plain tensors, label [N] and probabilities [N, 2], instead of a list of dictionaries.
        options={"zipmap": False},
        target_opset=17,
    )
    signature = ModelSignature(inputs=Schema([ColSpec("double", name) for name in names]))
    with mlflow.start_run():
        info = mlflow.onnx.log_model(
            onnx_model, name="model", signature=signature, registered_model_name=name
        )
    probabilities = model.predict_proba(x[:ROWS])[:, 1]
    rows = [
        {"features": dict(zip(names, map(float, row))), "probability": float(probability)}
        for row, probability in zip(x[:ROWS], probabilities)
    ]
    print(json.dumps({"version": str(info.registered_model_version), "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
