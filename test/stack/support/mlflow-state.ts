// Puts a real MLflow server into the state that a test needs, past our own client.

/** One call of MLflow's REST API; throws with the answer where it is refused. */
export async function callMlflow(
  url: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

export async function deleteAllModels(url: string): Promise<void> {
  const found = await callMlflow(url, 'GET', 'registered-models/search?max_results=1000');
  const { registered_models: models = [] } = found as { registered_models?: { name: string }[] };
  for (const { name } of models)
    await callMlflow(url, 'DELETE', 'registered-models/delete', { name });
}

/** The id of a new run in the default experiment. */
export const createRun = async (url: string): Promise<string> => (await newRun(url)).run_id;

/** Versions of a model whose files were never uploaded, as registered by a client that died. */
export async function createEmptyVersions(url: string, name: string, count: number): Promise<void> {
  const { run_id: runId, artifact_uri: uri } = await newRun(url);
  await callMlflow(url, 'POST', 'registered-models/create', { name });
  const body = { name, source: `${uri}/model`, run_id: runId };
  for (let i = 0; i < count; i += 1) await callMlflow(url, 'POST', 'model-versions/create', body);
}

interface RunInfo {
  readonly run_id: string;
  readonly artifact_uri: string;
}

async function newRun(url: string): Promise<RunInfo> {
  const body = { experiment_id: '0', start_time: Date.now() };
  const answer = (await callMlflow(url, 'POST', 'runs/create', body)) as { run: { info: RunInfo } };
  return answer.run.info;
}
