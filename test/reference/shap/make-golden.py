"""Makes ../golden/explanations.json: small models of data/wdbc.csv, fitted with scikit-learn and LightGBM, and what the shap package says of
some of its rows. Run it in this folder with the versions of requirements.txt (Python 3.11): python make-golden.py"""

import json
import pathlib
import platform
import warnings

import lightgbm
import numpy as np
import pandas as pd
import shap
import sklearn
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
ROWS = 16
BACKGROUND = 50
COLUMNS = 10

table = pd.read_csv(HERE / "../../../data/wdbc.csv")
y = table.pop("y").to_numpy()
# float32 values, as models are served with; the first columns are the means of the ten measurements.
x = table.to_numpy(dtype=np.float32)[:, :COLUMNS].astype(np.float64)
rng = np.random.default_rng(7)
order = rng.permutation(len(x))
rows, others = order[:ROWS], order[ROWS : ROWS + BACKGROUND]


def numbers(values):
    """NaN as null."""
    return [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=np.float64).ravel()]


class Trees:
    """Nodes in preorder, as SplitTrees has them; thresholds are float32 so that x <= threshold says the same of every float32 x."""

    def __init__(self):
        self.roots, self.columns, self.thresholds, self.missing_left = [], [], [], []
        self.links, self.values, self.cover = [], [], []

    def leaf(self, value, cover):
        self._node(-1, 0.0, 0, cover)
        self.links[-1] = len(self.values)
        self.values.append(float(value))

    def split(self, column, threshold, missing_left, cover):
        self._node(column, below(threshold), missing_left, cover)
        return len(self.columns) - 1

    def _node(self, column, threshold, missing_left, cover):
        self.columns.append(int(column))
        self.thresholds.append(threshold)
        self.missing_left.append(int(missing_left))
        self.links.append(-1)
        self.cover.append(float(cover))

    def json(self):
        return {
            "roots": self.roots,
            "columns": self.columns,
            "thresholds": self.thresholds,
            "missing_left": self.missing_left,
            "links": self.links,
            "values": self.values,
            "cover": self.cover,
        }


def below(threshold):
    """The greatest float32 that is not above the threshold."""
    single = np.float32(threshold)
    return float(single if single <= threshold else np.nextafter(single, np.float32(-np.inf)))


def sklearn_trees(trees, value_of):
    out = Trees()
    for tree in trees:
        out.roots.append(len(out.columns))

        def grow(node, tree=tree):
            cover = tree.weighted_n_node_samples[node]
            if tree.children_left[node] == -1:
                out.leaf(value_of(tree.value[node]), cover)
                return
            at = out.split(tree.feature[node], tree.threshold[node], 0, cover)
            grow(tree.children_left[node])
            out.links[at] = len(out.columns)
            grow(tree.children_right[node])

        grow(0)
    return out


def lightgbm_trees(booster):
    out = Trees()
    for info in booster.dump_model()["tree_info"]:
        out.roots.append(len(out.columns))

        def grow(node):
            if "leaf_value" in node:
                out.leaf(node["leaf_value"], node["leaf_count"])
                return
            assert node["decision_type"] == "<=" and node["missing_type"] in ("NaN", "None")
            # Without missing values in training NaN counts as 0; no row here has one then.
            at = out.split(
                node["split_feature"], node["threshold"], node["default_left"], node["internal_count"]
            )
            grow(node["left_child"])
            out.links[at] = len(out.columns)
            grow(node["right_child"])

        grow(info["tree_structure"])
    return out


def positive(values):
    """Of the second class, where shap answers for both."""
    values = np.asarray(values)
    return values[..., 1] if values.ndim == 3 else values


def expected(explainer, data):
    values = positive(explainer.shap_values(data))
    base = np.ravel(explainer.expected_value)[-1]
    return {"base": float(base), "values": numbers(values)}


def explain_trees(model, data, trees, scale, offset, margin):
    interventional = shap.TreeExplainer(
        model,
        shap.maskers.Independent(data[others], max_samples=BACKGROUND),
        feature_perturbation="interventional",
    )
    path_dependent = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    return {
        "trees": trees.json(),
        "scale": scale,
        "offset": float(offset),
        "rows": numbers(data[rows]),
        "background": numbers(data[others]),
        "margin": numbers(margin),
        "tree_path_dependent": expected(path_dependent, data[rows]),
        "tree_interventional": expected(interventional, data[rows]),
    }


def logistic():
    design = StandardScaler().fit_transform(x)
    model = LogisticRegression().fit(design, y)
    masker = shap.maskers.Independent(design, max_samples=len(design))
    return {
        "coefficients": numbers(model.coef_),
        "intercept": float(model.intercept_[0]),
        "means": numbers(design.mean(axis=0)),
        "rows": numbers(design[rows]),
        "margin": numbers(model.decision_function(design[rows])),
        "linear": expected(shap.LinearExplainer(model, masker), design[rows]),
    }


def forest():
    model = RandomForestClassifier(n_estimators=6, max_depth=7, random_state=1).fit(x, y)
    trees = sklearn_trees([tree.tree_ for tree in model.estimators_], lambda v: v[0][1] / v[0].sum())
    return explain_trees(model, x, trees, 1 / 6, 0, model.predict_proba(x[rows])[:, 1])


def boosting():
    model = GradientBoostingClassifier(n_estimators=12, max_depth=4, random_state=1).fit(x, y)
    rate = model.learning_rate
    trees = sklearn_trees([tree.tree_ for tree in model.estimators_[:, 0]], lambda v: v[0][0])
    prior = np.mean(y)
    offset = np.log(prior / (1 - prior))
    return explain_trees(model, x, trees, rate, offset, model.decision_function(x[rows]))


def lightgbm_model(data):
    model = lightgbm.LGBMClassifier(
        n_estimators=12, num_leaves=15, min_child_samples=5, random_state=1, n_jobs=1, verbose=-1
    ).fit(data, y)
    margin = model.predict(data[rows], raw_score=True)
    return explain_trees(model, data, lightgbm_trees(model.booster_), 1, 0, margin)


def with_gaps():
    data = x.copy()
    data[rng.random(data.shape) < 0.2] = np.nan
    # Missing where it tells something, so that splits send NaN either way.
    data[(y == 1) & (rng.random(len(y)) < 0.5), 0] = np.nan
    return data


warnings.filterwarnings("ignore")
golden = {
    "made_with": {
        "python": platform.python_version(),
        "shap": shap.__version__,
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "lightgbm": lightgbm.__version__,
    },
    "columns": COLUMNS,
    "linear": {"logistic regression": logistic()},
    "trees": {
        "random forest": forest(),
        "gradient boosting": boosting(),
        "LightGBM": lightgbm_model(x),
        "LightGBM with missing values": lightgbm_model(with_gaps()),
    },
}
(HERE / "../golden/explanations.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
