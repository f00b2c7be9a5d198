"""Answers requests to /invocations with MLflow's own scoring server code for the model in a folder.

Usage: invoke_bundle.py FOLDER REQUESTS, a JSON file of [{"type": content type, "body": text}]. Prints one line of JSON: the parsed answers.
"""
import json
import sys

import mlflow.pyfunc
from mlflow.pyfunc.scoring_server import invocations

folder, requests = sys.argv[1:]
model = mlflow.pyfunc.load_model(folder)
schema = model.metadata.get_input_schema()
with open(requests) as file:
    given = json.load(file)
answers = [invocations(each["body"], each["type"], model, schema) for each in given]
print(json.dumps({"answers": [{"status": a.status, "body": json.loads(a.response)} for a in answers]}))
