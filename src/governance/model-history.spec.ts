// The history and those who write it, on a real database, with a clock that the test moves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import { InMemoryModelRegistry } from '../model/registry/in-memory-model-registry.ts';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { ModelEvent } from './model-event.entity.ts';
import { ModelHistory, movesOf, type NewEvent } from './model-history.ts';
import { OutsideMoves } from './outside-moves.ts';
import { ServerPresence, streamOf } from './server-presence.ts';
import { ServingHeartbeat } from './serving-heartbeat.entity.ts';

let dir: string;
let database: DataSource;
let history: ModelHistory;
let clock = 0;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'history-'));
  const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'history.db') });
  database = await openDatabase({
    ...options,
    entities: [ModelEvent, ServingHeartbeat, AuditEvent],
  });
  const audit = new AuditLog(database.getRepository(AuditEvent));
  history = new ModelHistory(database.getRepository(ModelEvent), audit);
  clock = 1_000_000;
});
afterEach(async () => {
  await database.destroy();
  rmSync(dir, { recursive: true });
});

const move = (version: string, at = clock): NewEvent & { readonly stream: string } => ({
  at,
  kind: 'alias_moved',
  model: 'own',
  alias: 'champion',
  version,
  actor: 'ada',
  cause: 'promotion',
  stream: movesOf('own', 'champion'),
});
const all = async (): Promise<readonly ModelEvent[]> => (await history.list('own', 100)).items;

describe('ModelHistory', () => {
  it('gives the next event of a stream to one of those who claim it', async () => {
    const claims = ['1', '2', '3'].map((version) => history.claim(move(version), 1));
    const outcomes = await Promise.allSettled(claims);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'CONFLICT' });
    expect(await all()).toHaveLength(1);
  });

  it('numbers what is appended to a stream, also by many at once', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, i) => history.append(move(`${i + 1}`))));
    const moves = await history.moves('own', 'champion');
    expect(moves.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await history.lastMove('own', 'champion'))?.sequence).toBe(6);
  });

  it('pages newest first while events arrive', async () => {
    for (let i = 1; i <= 7; i += 1) await history.append(move(`${i}`));
    const seen: (string | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await history.list('own', 3, cursor);
      seen.push(...page.items.map(({ version }) => version));
      cursor = page.nextCursor ?? undefined;
      await history.append(move('99'));
    } while (cursor !== undefined);
    expect(seen).toEqual(['7', '6', '5', '4', '3', '2', '1']);
  });

  it('keeps models apart', async () => {
    await history.append({ ...move('1'), model: 'other' });
    expect(await all()).toEqual([]);
  });
});

describe('ServerPresence', () => {
  let presence: ServerPresence;
  const started = (server: string, alias: string): NewEvent => ({
    at: clock,
    kind: 'serving_started',
    model: 'own',
    alias,
    version: '1',
    actor: 'server',
    onnxSha256: 'ab',
    stream: streamOf(server),
  });
  const ends = async (): Promise<readonly ModelEvent[]> =>
    (await all()).filter(({ kind }) => kind === 'serving_ended');
  beforeEach(() => {
    presence = new ServerPresence(database.getRepository(ServingHeartbeat), history, () => clock);
  });

  it('ends what a lost server was serving, at the time it was last seen, once', async () => {
    await presence.seen('lost');
    await history.append(started('lost', 'champion'));
    await history.append(started('lost', 'challenger'));
    clock += 5000;
    await presence.seen('lost');
    const lastSeen = clock;
    clock += 20_001;
    await Promise.all([presence.closeLost('a'), presence.closeLost('b')]);
    await presence.closeLost('a');
    const ended = (await ends()).map(({ alias, at, version, onnxSha256 }) => [
      alias,
      at,
      version,
      onnxSha256,
    ]);
    expect(ended.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ['challenger', lastSeen, '1', 'ab'],
      ['champion', lastSeen, '1', 'ab'],
    ]);
  });

  it('leaves alone what has ended, servers that were seen lately, and itself', async () => {
    await presence.seen('self');
    await history.append(started('self', 'champion'));
    await presence.seen('ended');
    await history.append(started('ended', 'champion'));
    await history.append({ ...started('ended', 'champion'), kind: 'serving_ended' });
    clock += 19_000;
    await presence.seen('alive');
    await history.append(started('alive', 'champion'));
    clock += 5000;
    await presence.closeLost('self');
    expect((await ends()).map(({ stream }) => stream)).toEqual([streamOf('ended')]);
  });

  it('forgets a server that left', async () => {
    await presence.seen('left');
    await presence.leave('left');
    expect(await database.getRepository(ServingHeartbeat).count()).toBe(0);
  });
});

describe('OutsideMoves', () => {
  let registry: InMemoryModelRegistry;
  let moves: OutsideMoves;
  beforeEach(async () => {
    registry = new InMemoryModelRegistry();
    const bundleDir = join(dir, 'bundle');
    await writeTinyBundle(bundleDir);
    for (let i = 0; i < 2; i += 1) await registry.register({ name: 'own', bundleDir, runId: null });
    await registry.setAlias('own', 'champion', '1');
    moves = new OutsideMoves(registry, history, () => clock);
  });

  it('writes down a move that the history lacks, once, though two servers see it', async () => {
    const other = new OutsideMoves(registry, history, () => clock);
    await Promise.all([moves.notice('own'), other.notice('own')]);
    await other.lookAgain();
    expect(await all()).toMatchObject([
      { version: '1', fromVersion: null, actor: 'registry', cause: 'outside', sequence: 1 },
    ]);
  });

  it('writes nothing where the history has the move, or the model has no champion', async () => {
    await history.append(move('1'));
    await moves.notice('own');
    await registry.deleteAlias('own', 'champion');
    await moves.notice('own');
    expect(await all()).toHaveLength(1);
  });

  it('gives a move of our own the time to reach the registry, and looks again', async () => {
    await history.append(move('1', clock - 60_000));
    await history.append(move('2'));
    await moves.notice('own');
    expect(await all()).toHaveLength(2);
    clock += 2000;
    await registry.setAlias('own', 'champion', '2');
    await moves.lookAgain();
    expect(await all()).toHaveLength(2);
    await registry.setAlias('own', 'champion', '1');
    await moves.lookAgain();
    expect(await all()).toHaveLength(2);
    await moves.notice('own');
    expect((await all())[0]).toMatchObject({ version: '1', fromVersion: '2', cause: 'outside' });
  });
});
