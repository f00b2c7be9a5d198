// Retention and the hash chain over both engines: what goes goes as whole blocks, the rest verifies, and nothing grows for ever.
import { Counter, Gauge } from 'prom-client';
import { NoSiblings } from '../../src/common/siblings.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { PredictionLogInstruments } from '../../src/metrics/instruments.ts';
import { ChallengerPrediction } from '../../src/prediction/challenger-prediction.entity.ts';
import { Erasure } from '../../src/prediction/log/erasure.ts';
import { logSizeOf } from '../../src/prediction/log/log-size.ts';
import { Retention } from '../../src/prediction/log/retention.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { ChainedLog } from '../support/chained-log.ts';
import { ENGINE } from '../support/test-database.ts';

const NOW = 1_764_000_000_000;
const DAY_MS = 86_400_000;

let log: ChainedLog;
beforeEach(async () => {
  log = await ChainedLog.open();
});
afterEach(() => log.close());

function retention(settings: Record<string, string>): Retention {
  const metric = (name: string) => ({ name, help: 'test', registers: [] });
  const instruments = new PredictionLogInstruments(
    new Counter(metric('writes')),
    new Counter(metric('failures')),
    new Counter(metric('drops')),
    new Gauge(metric('last')),
    new Gauge(metric('pending')),
    new Gauge(metric('size')),
  );
  const { database } = log;
  return new Retention(
    parseConfig(settings),
    database.getRepository(LoggedPrediction),
    database.getRepository(ChallengerPrediction),
    instruments,
    new NoSiblings(),
  );
}

/** Of 1 day, at an instant. */
const expire = (at: number): Promise<number> => retention({ RETENTION_DAYS: '1' }).run(at);

describe(`retention and the chain on ${ENGINE}`, () => {
  it('takes blocks whose last row is too old, keeps the one that is half old, and leaves a log that verifies', async () => {
    await log.write({ blocks: 10, rows: 50, from: NOW });
    // The sixth block has rows before and after this instant.
    const deleted = await expire(NOW + DAY_MS + 5020);
    expect(deleted).toBe(250);
    expect(await log.verify()).toMatchObject({
      findings: [],
      rows: 250,
      goneBefore: NOW + 4050,
    });
    const left = await log.blocks();
    // The last block without rows is the anchor of the others.
    expect(left.filter(({ kind }) => kind === 'rows').map(({ sequence }) => sequence)).toEqual([
      5, 6, 7, 8, 9, 10,
    ]);
  });

  it('hides nothing that was deleted beside it', async () => {
    const [, , , , , , , , [last] = []] = await log.write({ blocks: 9, rows: 5, from: NOW });
    await expire(NOW + DAY_MS + 4000);
    await log.tamper('DELETE FROM predictions WHERE id = ?', [last?.id ?? '']);
    await log.tamper('DELETE FROM log_blocks WHERE sequence <= 6 AND kind = ?', ['rows']);
    const findings = (await log.verify()).findings.map(({ kind, sequence }) => [kind, sequence]);
    expect(findings).toContainEqual(['deleted', 7]);
    expect(findings).toContainEqual(['deleted', 9]);
  });

  it('verifies by the heads of before', async () => {
    await log.write({ blocks: 4, rows: 5, from: NOW });
    const { heads } = await log.verify();
    await log.write({ blocks: 1, rows: 5, from: NOW + DAY_MS });
    await expire(NOW + DAY_MS + 10_000);
    expect(await log.verify(heads)).toMatchObject({ findings: [], rows: 5 });
  });

  it('lets streams go that have ended, its own of before too', async () => {
    for (let day = 0; day < 6; day++) {
      const by = log.openWriter();
      await log.write({ blocks: 3, rows: 5, from: NOW + day * DAY_MS, key: 'a', by });
      await by.close();
      await expire(NOW + day * DAY_MS + 10_000);
      expect((await log.verify()).findings).toEqual([]);
    }
    const blocks = await log.blocks();
    expect(new Set(blocks.map(({ stream }) => stream)).size).toBeLessThanOrEqual(4);
    expect(blocks.filter(({ kind }) => kind === 'removal')).toHaveLength(1);
  });

  it('lets a writer go on after its blocks are all gone', async () => {
    await log.write({ blocks: 3, rows: 5, from: NOW });
    await expire(NOW + DAY_MS + 10_000);
    expect(await log.count('predictions')).toBe(0);
    await log.write({ blocks: 1, rows: 5, from: NOW + 3_600_000 });
    expect(await log.verify()).toMatchObject({ findings: [], rows: 5 });
    // Silent for longer, it begins another stream, and nobody needs the end of this one.
    await expire(NOW + 4 * DAY_MS);
    await log.write({ blocks: 2, rows: 5, from: NOW + 4 * DAY_MS });
    expect(await log.verify()).toMatchObject({ findings: [], rows: 10, streams: 2 });
  });

  it('forgets what was erased when its block has gone', async () => {
    await log.write({ blocks: 3, rows: 5, from: NOW, key: 'subject 7' });
    await log.write({ blocks: 3, rows: 5, from: NOW + DAY_MS });
    await new Erasure(log.database).erase('subject 7', 'admin');
    expect(await log.count('removed_predictions')).toBe(3);
    await expire(NOW + DAY_MS + 10_000);
    expect(await log.verify()).toMatchObject({ findings: [], rows: 15 });
    const inTwoDays = Date.now() + 2 * DAY_MS;
    await log.write({ blocks: 1, rows: 5, from: inTwoDays });
    await expire(inTwoDays + 10_000);
    expect(await log.count('removed_predictions')).toBe(0);
    expect(await log.verify()).toMatchObject({ findings: [], rows: 5, erased: 0 });
  });

  it('keeps within RETENTION_MB by whole blocks', async () => {
    await log.write({ blocks: 150, rows: 30, from: NOW });
    const before = (await logSizeOf(log.database)).bytes;
    expect(before).toBeGreaterThan(1.2 * 1_048_576);
    await retention({ RETENTION_DAYS: '0', RETENTION_MB: '1' }).run(NOW);
    expect((await logSizeOf(log.database)).bytes).toBeLessThanOrEqual(1_048_576);
    const { findings, rows } = await log.verify();
    expect(findings).toEqual([]);
    expect(rows % 30).toBe(0);
  });
});
