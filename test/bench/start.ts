// npm run bench -- start: first start to first prediction, warm start to ready, resident memory after 10,000 predictions.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type StartedServer } from '../support/started-server.ts';

const PASSWORD = 'bench-test-password';
const PREDICTIONS = 10_000;
const CONNECTIONS = 16;

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number;
}

async function json<T>(response: Response): Promise<T> {
  if (!response.ok)
    throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function signIn({ url }: StartedServer): Promise<Record<string, string>> {
  const body = new URLSearchParams({ username: 'admin', password: PASSWORD });
  const { access_token } = await json<{ access_token: string }>(
    await fetch(`${url}/token`, { method: 'POST', body }),
  );
  return { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
}

interface ModelInfo {
  readonly features: readonly { readonly name: string; readonly median: number }[];
}

/** A request body of training medians, as the OpenAPI example has it. */
async function exampleBody(
  { url }: StartedServer,
  headers: Record<string, string>,
): Promise<string> {
  const info = await json<ModelInfo>(await fetch(`${url}/model-info`, { headers }));
  return JSON.stringify({
    features: Object.fromEntries(info.features.map(({ name, median }) => [name, median])),
  });
}

async function residentMegabytes({ url }: StartedServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
}

async function measure(): Promise<readonly Figure[]> {
  const varDir = mkdtempSync(join(tmpdir(), 'foretell-bench-'));
  const env = { VAR_DIR: varDir, ADMIN_PASSWORD: PASSWORD };
  const began = performance.now();
  let server = await startServer({ env });
  let headers = await signIn(server);
  const body = await exampleBody(server, headers);
  await json(await fetch(`${server.url}/predict`, { method: 'POST', headers, body }));
  const firstPredictionMs = performance.now() - began;
  await server.stop();

  server = await startServer({ env });
  const warmMs = server.readyMs;
  headers = await signIn(server);
  let sent = 0;
  const connection = async (): Promise<void> => {
    while (sent++ < PREDICTIONS)
      await json(await fetch(`${server.url}/predict`, { method: 'POST', headers, body }));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const megabytes = await residentMegabytes(server);
  await server.stop();
  rmSync(varDir, { recursive: true, force: true });
  return [
    {
      what: 'first start (training included) to first prediction',
      value: firstPredictionMs / 1000,
      unit: 's',
      goal: 30,
    },
    { what: 'warm start, npm start to ready', value: warmMs / 1000, unit: 's', goal: 2 },
    {
      what: `resident memory after ${PREDICTIONS} predictions`,
      value: megabytes,
      unit: 'MiB',
      goal: 220,
    },
  ];
}

const figures = await measure();
for (const { what, value, unit, goal } of figures) {
  process.stdout.write(
    `${what.padEnd(52)} ${value.toFixed(2).padStart(8)} ${unit} (goal <= ${goal})\n`,
  );
}
process.exitCode = figures.every(({ value, goal }) => value <= goal) ? 0 : 1;
