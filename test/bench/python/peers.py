"""Fits one peer once and prints what it took and reached as one line of JSON.

Usage: peers.py JOB, a JSON object: library (lightgbm, xgboost, catboost, scikit-learn), learner (boosting, forest, logistic), set, threads,
fold (null: fitted on every row, synth28 scored on its test part), native (categories declared as such), pipeline (the logistic regression
imputes and standardises on the clock) and data: the folder with the CSV
files, or for synth28 with its arrays. Data are in memory before the clock starts; CPU seconds are the whole process's.
"""

import hashlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

CATEGORICAL = {"german": "a1 a3 a4 a6 a7 a9 a10 a12 a14 a15 a17 a19 a20".split()}
ROUNDS, RATE, LEAVES, MIN_LEAF, BINS, TREES = 100, 0.1, 31, 20, 255, 100


def folds_of(y):
    fold = np.empty(len(y), dtype=np.uint8)
    for label in (0, 1):
        rows = sorted(np.flatnonzero(y == label).tolist(), key=lambda row: hashlib.sha256(str(row).encode()).hexdigest())
        for position, row in enumerate(rows):
            fold[row] = position % 5
    return fold


def load(job):
    """(x, y) to fit on and (x, y) to score."""
    folder = Path(job["data"])
    if job["set"] == "synth28":
        kind = np.float64 if job["learner"] == "logistic" else np.float32
        parts = []
        for part in ("train", "test"):
            x = np.fromfile(folder / f"{part}.f32", dtype="<f4").reshape(-1, 28)
            if kind is np.float64:
                x = np.round(x.astype(np.float64) * 10000) / 10000
            parts += [x, np.fromfile(folder / f"{part}.u8", dtype=np.uint8)]
        return parts
    frame = pd.read_csv(folder / f"{job['set']}.csv")
    x, y = frame.iloc[:, :-1], frame["y"].to_numpy(dtype=np.uint8)
    if not job["native"]:
        x = x.to_numpy(dtype=np.float64)
    if job["fold"] is None:
        return [x, y, x, y]
    held = folds_of(y) == job["fold"]
    return [x[~held], y[~held], x[held], y[held]]


def lightgbm(job, x, y):
    import lightgbm as lgb

    params = dict(
        objective="binary", num_leaves=LEAVES, learning_rate=RATE, min_data_in_leaf=MIN_LEAF, max_bin=BINS, num_threads=job["threads"], verbosity=-1
    )

    def fit():
        train = lgb.Dataset(x, y, params=params, categorical_feature=CATEGORICAL[job["set"]] if job["native"] else "auto")
        train.construct()
        binned = time.process_time(), time.perf_counter()
        return lgb.train(params, train, ROUNDS), binned

    return fit, lambda model, rows: model.predict(rows, num_threads=job["threads"])


def xgboost(job, x, y):
    import xgboost as xgb

    model = xgb.XGBClassifier(
        n_estimators=ROUNDS, learning_rate=RATE, max_leaves=LEAVES, max_depth=0, grow_policy="lossguide", tree_method="hist", max_bin=256, n_jobs=job["threads"]
    )
    return lambda: (model.fit(x, y), None), lambda model, rows: model.predict_proba(rows)[:, 1]


def catboost(job, x, y):
    from catboost import CatBoostClassifier, Pool

    names = CATEGORICAL[job["set"]] if job["native"] else None
    model = CatBoostClassifier(
        iterations=ROUNDS, learning_rate=RATE, depth=6, border_count=254, thread_count=job["threads"], random_seed=0, verbose=False, allow_writing_files=False
    )
    return lambda: (model.fit(Pool(x, y, cat_features=names)), None), lambda model, rows: model.predict_proba(rows)[:, 1]


def scikit_learn(job, x, y):
    answers = lambda model, rows: model.predict_proba(rows)[:, 1]
    if job["learner"] == "boosting":
        from sklearn.ensemble import HistGradientBoostingClassifier

        model = HistGradientBoostingClassifier(
            max_iter=ROUNDS, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=MIN_LEAF, max_bins=BINS, early_stopping=False
        )
    elif job["learner"] == "forest":
        from sklearn.ensemble import RandomForestClassifier

        model = RandomForestClassifier(n_estimators=TREES, min_samples_leaf=job["min_samples_leaf"], n_jobs=job["threads"], random_state=0)
    else:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=1.0, max_iter=1000)
        if job["pipeline"]:
            from sklearn.impute import SimpleImputer
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler

            model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), model)
    return lambda: (model.fit(x, y), None), answers


def preprocessed(job, parts):
    """The forest takes medians for missing values, the logistic regression standardised columns too; not on the clock."""
    if job["learner"] == "boosting" or job["pipeline"]:
        return parts
    x, y, test, test_y = parts
    median = np.nanmedian(x, axis=0)
    fill = lambda rows: np.where(np.isnan(rows), median.astype(rows.dtype), rows)
    x, test = fill(x), fill(test)
    if job["learner"] == "logistic":
        mean, std = x.mean(axis=0), x.std(axis=0)
        x, test = (x - mean) / std, (test - mean) / std
    return np.ascontiguousarray(x), y, np.ascontiguousarray(test), test_y


def main(job):
    from sklearn.metrics import log_loss, roc_auc_score

    x, y, test, test_y = preprocessed(job, load(job))
    fit, predict = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost, "scikit-learn": scikit_learn}[job["library"]](job, x, y)
    cpu, wall = time.process_time(), time.perf_counter()
    model, binned = fit()
    done_cpu, done_wall = time.process_time(), time.perf_counter()
    p = np.clip(predict(model, test), 1e-15, 1 - 1e-15)
    print(
        json.dumps(
            {
                "cpuSeconds": done_cpu - cpu,
                "wallSeconds": done_wall - wall,
                "binCpuSeconds": None if binned is None else binned[0] - cpu,
                "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
                "auc": roc_auc_score(test_y, p),
                "logLoss": log_loss(test_y, p),
            }
        )
    )


main(json.loads(sys.argv[1]))
