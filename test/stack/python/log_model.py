"""Logs and registers an ONNX model as Python users do: probability = sigmoid(a - b), with a column signature.

Usage: log_model.py NAME, with MLFLOW_TRACKING_URI set. Prints one line of JSON: the run and the version.
"""

import json
import sys

import mlflow
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from onnx import TensorProto, helper, numpy_helper


def sigmoid_of_difference():
    weights = numpy_helper.from_array(np.array([[1], [-1]], dtype=np.float32), "weights")
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["features", "weights"], ["logit"]),
            helper.make_node("Sigmoid", ["logit"], ["probability"]),
        ],
        "sigmoid_of_difference",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [None, 1])],
        [weights],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def main(name: str) -> None:
    signature = ModelSignature(
        inputs=Schema([ColSpec("double", "a"), ColSpec("double", "b")]),
        outputs=Schema([ColSpec("float", "probability")]),
    )
    with mlflow.start_run() as run:
        info = mlflow.onnx.log_model(
            sigmoid_of_difference(), name="model", signature=signature, registered_model_name=name
        )
    print(json.dumps({"run_id": run.info.run_id, "version": str(info.registered_model_version)}))


if __name__ == "__main__":
    main(sys.argv[1])
