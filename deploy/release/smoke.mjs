// Whether a deployed server does its work: ready, signs in, answers a prediction by the model it says it serves, and has logged it.
// node deploy/release/smoke.mjs https://foretell.example, with SMOKE_USERNAME and SMOKE_PASSWORD of a user who may predict and read.
// Nothing but Node is needed. Exit code 1, and a line that says what failed, where something does.
import { setTimeout as pause } from 'node:timers/promises';

/** A server that was just rolled out may still load its model. */
const READY_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 2000;
const ANSWER_WITHIN_MS = 10_000;

const [address] = process.argv.slice(2);
const { SMOKE_USERNAME: username, SMOKE_PASSWORD: password } = process.env;
if (address === undefined || address === '--help' || !username || !password) {
  console.error(
    'usage: SMOKE_USERNAME=... SMOKE_PASSWORD=... node deploy/release/smoke.mjs <address>',
  );
  process.exit(address === '--help' ? 0 : 2);
}

async function ask(path, init = {}) {
  const response = await fetch(new URL(path, address), {
    ...init,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${text.slice(0, 500)}`);
  return { body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

async function untilReady() {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await ask('/health/ready');
    } catch (error) {
      if (Date.now() > until) throw new Error('it does not become ready', { cause: error });
      await pause(ASK_EVERY_MS);
    }
  }
}

/** What a form would begin with: medians, most frequent categories. */
const typical = (features) =>
  Object.fromEntries(
    features.map(({ name, median, mode, min, categories }) => [
      name,
      median ?? mode ?? categories?.[0] ?? min ?? 0,
    ]),
  );

async function smoke() {
  await untilReady();
  const { body: tokens } = await ask('/token', {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
  });
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const { body: model } = await ask('/model-info', { headers });
  const { body: prediction, headers: told } = await ask('/predict', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ features: typical(model.features) }),
  });
  if (!(prediction.probability >= 0 && prediction.probability <= 1))
    throw new Error('/predict answers no probability');
  const version = told.get('x-model-version');
  if (version !== prediction.model.version)
    throw new Error(`/predict names version ${prediction.model.version} and ${version}`);
  await ask(`/predictions/${prediction.id}`, { headers });
  await ask('/token/revoke', { method: 'POST', headers });
  console.log(`${address} answers by ${prediction.model.name}, version ${version}, and logs it.`);
}

smoke().catch((error) => {
  const { cause } = error;
  console.error(`smoke: ${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}`);
  process.exit(1);
});
