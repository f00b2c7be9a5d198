// The lease over both engines: of several servers on a database one has it, and what becomes of it when that one goes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NoSiblings } from '../../src/common/siblings.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { Lease } from '../../src/database/lease.ts';
import { LeaseRow } from '../../src/database/lease.entity.ts';
import { MonitoringDuty } from '../../src/monitoring/monitoring-duty.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';

const SERVERS = 4;
const LENGTH_MS = 1500;

// Work that throws is told.
Logger.overrideLogger(false);

let folder: string;
/** A connection for each server. */
let sources: DataSource[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lease-'));
  const config = parseConfig({ VAR_DIR: folder, ...(await databaseSettings(folder)) });
  const options = { ...dataSourceOptions(config.database), entities: [LeaseRow] };
  sources = [await openDatabase(options)];
  while (sources.length < SERVERS) sources.push(await new DataSource(options).initialize());
});
afterEach(async () => {
  for (const source of sources) if (source.isInitialized) await source.destroy();
  rmSync(folder, { recursive: true });
});

const leasesOf = (server: number) => (sources[server] as DataSource).getRepository(LeaseRow);
const newLease = (server: number, name = 'work'): Lease =>
  new Lease(leasesOf(server), name, LENGTH_MS);
const truths = (answers: readonly boolean[]): number => answers.filter(Boolean).length;

describe(`a lease on ${ENGINE}`, () => {
  it('is had by one of many who ask at once, the first time and every time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const leases = sources.map((_, server) => newLease(server, `work ${round}`));
      const answers = await Promise.all(leases.map((lease) => lease.hold()));
      expect(truths(answers)).toBe(1);
      expect(leases.map(({ isHeld }) => isHeld)).toEqual(answers);
      const again = await Promise.all(leases.map((lease) => lease.hold()));
      expect(again).toEqual(answers);
    }
  });

  it('is kept by who renews it, beyond its length', async () => {
    const [holder, other] = [newLease(0), newLease(1)];
    expect(await holder.hold()).toBe(true);
    const until = performance.now() + 2 * LENGTH_MS;
    while (performance.now() < until) {
      await sleep(LENGTH_MS / 4);
      expect(await holder.hold()).toBe(true);
      expect(await other.hold()).toBe(false);
    }
  });

  it('goes to another when its holder says nothing for its length, and that one knows by its own clock', async () => {
    const [silent, heir] = [newLease(0), newLease(1)];
    await silent.hold();
    expect(await heir.hold()).toBe(false);
    await sleep(LENGTH_MS + 50);
    expect(silent.isHeld).toBe(false);
    expect(await heir.hold()).toBe(true);
    expect(await silent.hold()).toBe(false);
    // What it does not have it cannot give away.
    await silent.release();
    expect(await newLease(2).hold()).toBe(false);
  });

  it('goes to another at once when it is given back', async () => {
    const [holder, heir] = [newLease(0), newLease(1)];
    await holder.hold();
    await holder.release();
    expect(holder.isHeld).toBe(false);
    expect(await heir.hold()).toBe(true);
  });

  it('is one among others of other names', async () => {
    expect(await newLease(0, 'a').hold()).toBe(true);
    expect(await newLease(1, 'b').hold()).toBe(true);
  });
});

describe(`the monitoring duty on ${ENGINE}`, () => {
  it('is one server at a time, and another goes on when that one stops', async () => {
    const done: number[] = [];
    const duties = [0, 1].map((server) => new MonitoringDuty(new NoSiblings(), leasesOf(server)));
    duties.forEach((duty, server) => {
      duty.take('the work', () => Promise.resolve(done.push(server)), 20);
    });
    await waitUntil(() => done.length >= 5);
    const [first = 0] = done;
    expect(new Set(done)).toEqual(new Set([first]));
    await duties[first]?.onModuleDestroy();
    const before = done.length;
    await waitUntil(() => done.length > before + 2);
    expect(new Set(done.slice(before))).toEqual(new Set([1 - first]));
    await duties[1 - first]?.onModuleDestroy();
  });

  it('goes on after work that throws', async () => {
    const duty = new MonitoringDuty(new NoSiblings(), leasesOf(0));
    let attempts = 0;
    duty.take(
      'the work',
      () => {
        attempts += 1;
        return Promise.reject(new Error('as asked'));
      },
      10,
    );
    await waitUntil(() => attempts > 2);
    await duty.onModuleDestroy();
    const before = attempts;
    await sleep(50);
    expect(attempts).toBe(before);
  });

  it('does nothing while the database is away', async () => {
    const away = sources.pop();
    const rows = away?.getRepository(LeaseRow);
    await away?.destroy();
    if (rows === undefined) throw new Error('expected a connection');
    const duty = new MonitoringDuty(new NoSiblings(), rows);
    let attempts = 0;
    duty.take('the work', () => Promise.resolve((attempts += 1)), 10);
    await sleep(100);
    await duty.onModuleDestroy();
    expect(attempts).toBe(0);
  });
});

async function waitUntil(isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !isDone(); i += 1) await sleep(10);
  expect(isDone()).toBe(true);
}
