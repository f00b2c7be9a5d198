// What the history says of serving across stops, losses and outages of the database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { parseConfig } from '../../src/config/load-config.ts';
import { createApp } from '../../src/create-app.ts';
import type { ModelEvent } from '../../src/governance/model-event.entity.ts';
import { ModelHistory, type NewEvent } from '../../src/governance/model-history.ts';
import { ServingHeartbeat } from '../../src/governance/serving-heartbeat.entity.ts';
import { ServingRecorder } from '../../src/governance/serving-recorder.ts';
import { Challenger } from '../../src/model/challenger.ts';
import { ModelLoader } from '../../src/model/model-loader.ts';
import { publish } from '../support/prediction-server.ts';
import { databaseSettings } from '../support/test-database.ts';

let varDir: string;
let app: NestFastifyApplication;
beforeEach(async () => {
  varDir = mkdtempSync(join(tmpdir(), 'serving-history-'));
  await publish(varDir);
  app = await start();
});
afterEach(async () => {
  await app.close();
  rmSync(varDir, { recursive: true });
});

const start = async (): Promise<NestFastifyApplication> =>
  createApp(
    parseConfig({
      VAR_DIR: varDir,
      ADMIN_PASSWORD: 'nobody signs in here',
      BCRYPT_COST: '4',
      LOG_LEVEL: 'error',
      MODEL_POLL_SECONDS: '3600',
      ...(await databaseSettings(varDir)),
    }),
  );

/** Of serving, oldest first, once everything is written. */
async function servings(): Promise<readonly ModelEvent[]> {
  await app.get(ServingRecorder).written();
  const { items } = await app.get(ModelHistory).list('foretell', 100);
  return items.filter(({ kind }) => kind.startsWith('serving')).toReversed();
}
const told = async (): Promise<readonly string[]> =>
  (await servings()).map(({ kind, alias, version }) => `${kind} ${alias ?? ''} ${version ?? ''}`);

it('ends serving when a server stops, and begins again with the next, nothing else', async () => {
  await app.close();
  app = await start();
  expect(await told()).toEqual([
    'serving_started champion 1',
    'serving_ended champion 1',
    'serving_started champion 1',
  ]);
  const [first, ended, again] = await servings();
  expect(ended?.at).toBeGreaterThanOrEqual(first?.at ?? Infinity);
  expect(ended).toMatchObject({ stream: first?.stream, reason: 'The server was stopped.' });
  expect(again?.stream).not.toBe(first?.stream);
  expect(again).toMatchObject({ runId: 'tiny', dataDigest: '0'.repeat(64), params: '{"bias":0}' });
  const heartbeats = app.get(DataSource).getRepository(ServingHeartbeat);
  expect(await heartbeats.count()).toBe(1);
});

it('ends at its start what a lost server was serving, when that was last seen', async () => {
  const at = Date.now() - 3_600_000;
  const started: NewEvent = {
    at,
    kind: 'serving_started',
    model: 'foretell',
    alias: 'champion',
    version: '7',
    actor: 'server',
    stream: 'server:lost',
  };
  await app.get(ModelHistory).append(started);
  const heartbeats = app.get(DataSource).getRepository(ServingHeartbeat);
  await heartbeats.insert({ server: 'lost', seenAt: at + 1000 });
  await app.close();
  app = await start();
  const ended = (await servings()).find(
    ({ version, kind }) => version === '7' && kind === 'serving_ended',
  );
  expect(ended?.at).toBe(at + 1000);
});

it('keeps what happens while the database is away, and writes it in order afterwards', async () => {
  await servings();
  const database = app.get(DataSource);
  await database.query('ALTER TABLE model_events RENAME TO gone');
  await publish(varDir);
  await app.get(ModelLoader).check();
  await app.get(ServingRecorder).written();
  await database.query('ALTER TABLE gone RENAME TO model_events');
  await publish(varDir);
  await app.get(ModelLoader).check();
  expect(await told()).toEqual([
    'serving_started champion 1',
    'serving_ended champion 1',
    'serving_started champion 2',
    'serving_ended champion 2',
    'serving_started champion 3',
  ]);
});

it('tells of a challenger that serves beside the champion, and of its end', async () => {
  await publish(varDir, { bias: 1 }, 'challenger');
  await app.get(Challenger).set('shadow');
  expect(await told()).toContain('serving_started challenger 2');
  await app.get(Challenger).set('off');
  expect(await told()).toContain('serving_ended challenger 2');
});
