"""Scores a partitioned Parquet data set on a Spark cluster with a registered version, and compares with the probabilities that came
with the rows.

Usage: score_with_spark.py MODEL_URI ROWS_FILE, with MLFLOW_TRACKING_URI set; the file is of the form of golden.json. Prints one line of
JSON; exit code 1 where anything differs by more than 1e-6. The cluster is Spark's own local-cluster: a master and two workers, each a
process of its own.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from read_model import TOLERANCE, encode

CLUSTER = "local-cluster[2,1,1024]"
COPIES = 50
PARTITIONS = 4


def write_dataset(folder: Path, features: list[dict], rows: list[dict]) -> None:
    """The rows many times over, as Parquet files partitioned by day; `expected` travels along."""
    frame = pd.DataFrame(
        [encode(features, row["features"]) + [row["probability"]] for row in rows],
        columns=[feature["name"] for feature in features] + ["expected"],
        dtype="float64",
    )
    frame = pd.concat([frame] * COPIES, ignore_index=True)
    frame["day"] = [f"2026-01-0{1 + i % PARTITIONS}" for i in range(len(frame))]
    frame.to_parquet(folder, partition_cols=["day"])


def start_cluster() -> SparkSession:
    # The workers are processes of the same environment; nothing leaves the machine.
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    return (
        SparkSession.builder.master(CLUSTER)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )


def main(model_uri: str, rows_file: str) -> int:
    bundle = Path(mlflow.artifacts.download_artifacts(model_uri))
    features = json.loads((bundle / "features.json").read_text())["features"]
    rows = json.loads(Path(rows_file).read_text())["rows"]
    spark = start_cluster()
    work = Path(pyspark.__file__).parent / "work" / spark.sparkContext.applicationId
    try:
        with tempfile.TemporaryDirectory() as folder:
            write_dataset(Path(folder) / "rows", features, rows)
            score = mlflow.pyfunc.spark_udf(
                spark, model_uri, env_manager="local", result_type="label bigint, probability double"
            )
            columns = F.struct(*[F.col(f"`{feature['name']}`") for feature in features])
            dataset = spark.read.parquet(f"{folder}/rows")
            dataset.withColumn("score", score(columns)).write.parquet(f"{folder}/scored")
            scored = pd.read_parquet(f"{folder}/scored")
    finally:
        spark.stop()
        # The cluster's logs, which it leaves inside its own installation.
        shutil.rmtree(work, ignore_errors=True)
    probability = np.array([score["probability"] for score in scored["score"]])
    difference = float(np.abs(probability - scored["expected"].to_numpy()).max())
    partitions = int(scored["day"].nunique())
    print(json.dumps({"rows": len(scored), "partitions": partitions, "max_difference": difference}))
    # NaN is not within the tolerance.
    return 0 if difference <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
