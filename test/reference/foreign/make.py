"""Makes the models of this folder with scikit-learn and skl2onnx (versions: test/stack/python/requirements.txt), and expected.json: rows with
scikit-learn's own probabilities of the positive class. Run it in this folder."""

import json
import pathlib

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
import pandas as pd

rng = np.random.default_rng(7)
x = rng.normal(size=(200, 3)).astype(np.float32)
y = (x[:, 0] - x[:, 1] + 0.5 * rng.normal(size=200) > 0).astype(int)
text = np.where(y == 1, "malignant", "benign")
columns = ["a", "b", "c"]
frame = pd.DataFrame(x, columns=columns)
rows = [[0, 0, 0], [1.5, -0.5, 0.25], [-2, 1, 3], [0.1, 0.2, -0.3]]
seen = np.array(rows, dtype=np.float32)
expected = {"rows": rows, "probability": {}}


def write(name, model, fitted, types, data=seen, zipmap=False):
    options = {id(model): {"zipmap": zipmap}} if hasattr(fitted, "predict_proba") else None
    onnx = to_onnx(fitted, initial_types=types, options=options)
    pathlib.Path(f"{name}.onnx").write_bytes(onnx.SerializeToString())
    answer = fitted.predict_proba(data)[:, 1] if options else fitted.predict(data)
    expected["probability"][name] = [float(p) for p in answer]


tensor = [("X", FloatTensorType([None, 3]))]
logistic = LogisticRegression()
write("text-labels", logistic, logistic.fit(x, text), tensor)
bayes = GaussianNB()
write("text-constants", bayes, bayes.fit(x, text), tensor)
double = LogisticRegression()
write("double", double, double.fit(x.astype(float), y), [("input", DoubleTensorType([None, 3]))])
forest = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=0)
pipeline = make_pipeline(
    ColumnTransformer([("a", MinMaxScaler(), ["a"]), ("rest", StandardScaler(), ["b", "c"])]), forest
)
per_column = [(name, FloatTensorType([None, 1])) for name in columns]
write(
    "per-column", forest, pipeline.fit(frame, y), per_column, pd.DataFrame(seen, columns=columns)
)
write("regression", None, LinearRegression().fit(x, y), tensor)
zipmap = LogisticRegression()
write("zipmap", zipmap, zipmap.fit(x, y), tensor, zipmap=True)
three = LogisticRegression()
write("three-classes", three, three.fit(x, y + (x[:, 2] > 1)), tensor)
pathlib.Path("expected.json").write_text(json.dumps(expected, indent=2) + "\n")
