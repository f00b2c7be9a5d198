// npm run bench -- start: first start to first prediction, warm start to ready, resident memory after 10,000 predictions.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/started-server.ts';
import { exampleBody, json, PASSWORD, residentMegabytes, signIn } from './client.ts';
import { report, type Figure } from './figures.ts';

const PREDICTIONS = 10_000;
const CONNECTIONS = 16;

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

report(await measure());
