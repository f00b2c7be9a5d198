"""Asks a running server for predictions with the clients of other protocols: Triton's of the Open Inference Protocol and MLflow's deployment client.

Usage: use_clients.py URL MODEL, the token in MLFLOW_TRACKING_TOKEN. Prints one line of JSON.
"""
import json
import os
import sys
from urllib.parse import urlsplit

import mlflow.deployments
import numpy as np
import pandas as pd
import tritonclient.http as triton
from mlflow.deployments import PredictionsResponse
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from requests import HTTPError
from tritonclient.utils import InferenceServerException

URL, MODEL = sys.argv[1:]
ADDRESS = urlsplit(URL)
HEADERS = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"}
MATRIX = np.array([[13, 18, 0], [26.5, np.nan, 1]], dtype=np.float32)
FRAME = pd.DataFrame(
    {"mean radius": [13.0, 26.5], "mean texture": [18.0, None], "side": ["left", "right"]}
)


def tensor(name, datatype, values, **options):
    given = triton.InferInput(name, list(values.shape), datatype)
    given.set_data_from_numpy(values, **options)
    return given


def columns(**options):
    return [
        tensor("mean radius", "FP64", FRAME["mean radius"].to_numpy(), **options),
        tensor("side", "BYTES", FRAME["side"].to_numpy(dtype=object), **options),
    ]


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return {"status": error.status(), "message": error.message()}
    except HTTPError as error:
        return {"message": str(error)}
    return None


def ask_triton():
    client = triton.InferenceServerClient(ADDRESS.netloc)

    def infer(inputs, model=MODEL, **options):
        # The client writes into the headers that it is given.
        return client.infer(model, inputs, headers=dict(HEADERS), **options)

    def probabilities(result):
        return result.as_numpy("probability").tolist()

    in_bytes = infer([tensor("features", "FP32", MATRIX)], request_id="42")
    asked = [triton.InferRequestedOutput("probability", binary_data=False)]
    as_json = infer(columns(binary_data=False), outputs=asked)
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "model_ready": client.is_model_ready(MODEL),
        "version_ready": client.is_model_ready(MODEL, "1"),
        "other_ready": client.is_model_ready("nope"),
        "server": client.get_server_metadata(),
        "metadata": client.get_model_metadata(MODEL),
        "matrix": probabilities(in_bytes),
        "labels": in_bytes.as_numpy("label").tolist(),
        "ids": [each.decode() for each in in_bytes.as_numpy("prediction_id")],
        "request_id": in_bytes.get_response()["id"],
        "columns_in_bytes": probabilities(infer(columns())),
        "columns_as_json": probabilities(as_json),
        "outputs_as_json": [each["name"] for each in as_json.get_response()["outputs"]],
        "by_version": probabilities(infer(columns(), model_version="1")),
        "unknown": refusal(lambda: infer(columns(), model="nope")),
        "unfit": refusal(lambda: infer([tensor("features", "FP32", MATRIX[:, :2])])),
    }


def ask_mlflow():
    client = mlflow.deployments.get_deploy_client(URL)

    def predict(inputs, endpoint=MODEL):
        return PredictionsResponse(client.predict(endpoint=endpoint, inputs=inputs))

    def rows(response):
        return response.get_predictions().to_dict(orient="records")

    split = json.loads(FRAME.to_json(orient="split"))
    records = json.loads(FRAME.to_json(orient="records"))
    scoring = ScoringServerClient(ADDRESS.hostname, ADDRESS.port)
    scoring.ping()
    return {
        "version": scoring.get_version(),
        "dataframe_split": rows(predict({"dataframe_split": split})),
        "dataframe_records": rows(predict({"dataframe_records": records})),
        "inputs": rows(predict({"inputs": {name: [row[name] for row in records] for name in FRAME}})),
        "unknown": refusal(lambda: predict({"inputs": records}, endpoint="nope")),
        "unfit": refusal(lambda: predict({"inputs": [{**records[0], "mean radius": "secret"}]})),
    }


print(json.dumps({"triton": ask_triton(), "mlflow": ask_mlflow()}))
