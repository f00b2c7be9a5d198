// The hash chain of the prediction log over both engines: what its writers leave verifies, and whatever is changed afterwards is named.
import { randomUUID } from 'node:crypto';
import { digestOfCells } from '../../src/prediction/log/block-of-rows.ts';
import { blockCells, INSERT_BLOCK } from '../../src/prediction/log/block-columns.ts';
import { Erasure } from '../../src/prediction/log/erasure.ts';
import { hashOf, sha256 } from '../../src/prediction/log/log-chain.ts';
import { changeLog } from '../../src/prediction/log/log-transaction.ts';
import { cellsOf, type Cell } from '../../src/prediction/log/row-columns.ts';
import type { Finding } from '../../src/prediction/log/verify/finding.ts';
import type { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { ChainedLog } from '../support/chained-log.ts';
import { ENGINE } from '../support/test-database.ts';
import { logRow } from './prediction-writer.contract.ts';

const NOW = 1_764_000_000_000;
const KEY = 'subject 7';

let log: ChainedLog;
beforeEach(async () => {
  log = await ChainedLog.open();
});
afterEach(() => log.close());

/** So many transactions of so many rows each; the first row of each has the key. */
const write = (blocks: number, rows: number, by = log.writer): Promise<LoggedPrediction[][]> =>
  log.write({ blocks, rows, from: NOW, key: KEY, by });

const brief = ({ kind, id, sequence }: Finding) => ({ kind, id, sequence });

describe(`the log's chain on ${ENGINE}`, () => {
  it('verifies what its writer stored, of one writer and of several at once', async () => {
    await write(5, 20);
    expect(await log.verify()).toMatchObject({ findings: [], rows: 100, blocks: 5, streams: 1 });
    const other = log.openWriter();
    await Promise.all([write(4, 3), write(4, 3, other)]);
    await other.close();
    expect(await log.verify()).toMatchObject({ findings: [], rows: 124, blocks: 13, streams: 2 });
  });

  it('verifies texts of every kind', async () => {
    const key = '\u{1F600} \ufffd , - 3: 漢 "';
    await log.writer.write([logRow({ key, explanation: '{"a":-0.25}' }), logRow({ inputs: '{}' })]);
    expect((await log.verify()).findings).toEqual([]);
  });

  it('goes on in another stream after a transaction that failed', async () => {
    await write(2, 2);
    const twice = logRow();
    await expect(log.writer.write([twice, twice])).rejects.toThrow();
    await write(2, 2);
    expect(await log.verify()).toMatchObject({ findings: [], rows: 8, streams: 2 });
  });

  it.each([
    ['created_at', NOW + 1001.0],
    ['user_id', 'another'],
    ['credential', 'another'],
    ['key', 'another'],
    ['model_name', 'another'],
    ['model_version', '2'],
    ['inputs', '{"age":42}'],
    ['probability', 0.5],
    ['label', 'bad'],
    ['threshold', 0.25],
    ['warnings', '[1]'],
    ['duration_ms', 1],
    ['cpu_percent', 1],
    ['memory_bytes', 1],
    ['explanation', '{}'],
  ])('names a prediction whose %s was edited, and its block', async (column, value) => {
    const [, second = []] = await write(3, 5);
    const id = second[3]?.id ?? '';
    await log.tamper(`UPDATE predictions SET "${column}" = ? WHERE id = ?`, [value, id]);
    const { findings } = await log.verify();
    expect(findings.map(brief)).toEqual([{ kind: 'edited', id, sequence: 2 }]);
  });

  it('names predictions that were deleted, put into a block, moved to another, or into none', async () => {
    const [first = [], second = [], third = []] = await write(4, 5);
    const gone = first[2]?.id ?? '';
    await log.tamper('DELETE FROM predictions WHERE id = ?', [gone]);
    const [block] = await log.database.query<{ block: string }[]>(
      `SELECT block FROM predictions WHERE id = '${second[0]?.id ?? ''}'`,
    );
    const copy = async (id: string, into: string | null, at: number): Promise<unknown> =>
      log.tamper(
        `INSERT INTO predictions SELECT ${ENGINE === 'postgres' ? 'CAST(? AS text)' : '?'}, CAST(? AS bigint), user_id, credential, key, model_name, model_version,
         inputs, probability, label, threshold, warnings, duration_ms, cpu_percent, memory_bytes, explanation, CAST(? AS text)
         FROM predictions WHERE id = ?`,
        [id, at, into, third[0]?.id ?? ''],
      );
    const put = randomUUID();
    await copy(put, block?.block ?? '', NOW + 1000);
    const outside = randomUUID();
    await copy(outside, block?.block ?? '', NOW + 50_000);
    const nowhere = randomUUID();
    await copy(nowhere, 'elsewhere:7', NOW + 1000);
    const never = randomUUID();
    await copy(never, null, NOW + 1000);
    const moved = third[1]?.id ?? '';
    await log.tamper('UPDATE predictions SET block = ?, created_at = ? WHERE id = ?', [
      block?.block ?? '',
      NOW + 1001,
      moved,
    ]);
    const { findings } = await log.verify();
    const expected = [
      { kind: 'deleted', id: `whose id ends in ${gone.slice(-8)}`, sequence: 1 },
      { kind: 'inserted', id: put, sequence: 2 },
      { kind: 'inserted', id: moved, sequence: 2 },
      { kind: 'deleted', id: `whose id ends in ${moved.slice(-8)}`, sequence: 3 },
      { kind: 'inserted', id: outside, sequence: 2 },
      { kind: 'inserted', id: nowhere, sequence: null },
      { kind: 'inserted', id: never, sequence: null },
    ];
    expect(findings.map(brief)).toHaveLength(expected.length);
    expect(findings.map(brief)).toEqual(expect.arrayContaining(expected));
  });

  it('names a block that was edited, deleted, or exchanged with another', async () => {
    await write(6, 2);
    await log.tamper('UPDATE log_blocks SET last_at = last_at + 1 WHERE sequence = 2');
    expect((await log.verify()).findings.map(brief)).toEqual([
      { kind: 'edited', id: null, sequence: 2 },
    ]);
    await log.tamper('UPDATE log_blocks SET last_at = last_at - 1 WHERE sequence = 2');
    expect((await log.verify()).findings).toEqual([]);

    await log.tamper('UPDATE log_blocks SET sequence = -1 WHERE sequence = 3');
    await log.tamper('UPDATE log_blocks SET sequence = 3 WHERE sequence = 4');
    await log.tamper('UPDATE log_blocks SET sequence = 4 WHERE sequence = -1');
    const kinds = (await log.verify()).findings.filter(({ id }) => id === null).map(brief);
    expect(kinds).toEqual(
      expect.arrayContaining([
        { kind: 'edited', id: null, sequence: 3 },
        { kind: 'edited', id: null, sequence: 4 },
        { kind: 'reordered', id: null, sequence: 3 },
      ]),
    );
  });

  it('names the rows of a block that was deleted, and the gap', async () => {
    const [, second = []] = await write(4, 2);
    await log.tamper('DELETE FROM log_blocks WHERE sequence = 2');
    const ids = second.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
    expect((await log.verify()).findings.map(brief)).toEqual([
      { kind: 'deleted', id: null, sequence: 3 },
      ...ids.map((id) => ({ kind: 'inserted', id, sequence: null })),
    ]);
  });

  it('does not take the beginning of a stream away unseen', async () => {
    await write(4, 2);
    await log.tamper('DELETE FROM predictions WHERE created_at < ?', [NOW + 2000]);
    await log.tamper('DELETE FROM log_blocks WHERE sequence <= 2');
    expect((await log.verify()).findings.map(brief)).toEqual([
      { kind: 'deleted', id: null, sequence: 3 },
    ]);
  });

  it('finds by heads that were kept elsewhere a chain that was cut, and one that was written anew', async () => {
    await write(4, 2);
    const { heads } = await log.verify();
    await write(1, 1);
    expect((await log.verify(heads)).findings).toEqual([]);
    const all = await log.blocks();

    await log.tamper('DELETE FROM predictions');
    await log.tamper('DELETE FROM log_blocks');
    expect((await log.verify()).findings).toEqual([]);
    expect((await log.verify(heads)).findings.map(brief)).toEqual([
      { kind: 'deleted', id: null, sequence: 4 },
    ]);

    let previous = '';
    for (const block of all) {
      const content = { ...block, rows: 0, digest: sha256(''), detail: '', previous };
      const anew = { ...content, hash: hashOf(content) };
      previous = anew.hash;
      await changeLog(log.database, (statements) => statements.run(INSERT_BLOCK, blockCells(anew)));
    }
    expect((await log.verify()).findings).toEqual([]);
    expect((await log.verify(heads)).findings.map(brief)).toEqual([
      { kind: 'rewritten', id: null, sequence: 4 },
    ]);
  });

  it('says how many predictions are older than the chain, and by the heads that more came', async () => {
    await log.database.query(
      `INSERT INTO predictions (id, created_at, user_id, credential, model_name, model_version, inputs, probability, label, threshold, warnings, duration_ms, cpu_percent, memory_bytes)
       VALUES ('old', ${NOW - 1}, 'u', 'c', 'm', '1', '{}', 0.5, 'l', 0.5, '[]', 1, 1, 1)`,
    );
    await write(1, 2);
    const { findings, unchained, heads } = await log.verify();
    expect([findings, unchained]).toEqual([[], 1]);
    await log.tamper('UPDATE predictions SET block = NULL, created_at = 5 WHERE key IS NOT NULL');
    expect((await log.verify(heads)).findings.map(brief)).toEqual(
      expect.arrayContaining([{ kind: 'inserted', id: 'of 1', sequence: null }]),
    );
  });
});

describe(`an erasure on ${ENGINE}`, () => {
  const erase = (key: string) => new Erasure(log.database).erase(key, 'admin');

  it('takes every row of the subject, with what refers to it, and leaves a log that verifies', async () => {
    const [[first] = []] = await write(5, 4);
    await log.database.query(
      `INSERT INTO challenger_predictions (prediction_id, created_at, mode, model_name, champion_version, champion_probability, champion_label, champion_duration_ms, version, duration_ms)
       VALUES ('${first?.id ?? ''}', 1, 'shadow', 'm', '1', 0.5, 'l', 1, '2', 1)`,
    );
    expect(await erase('subject 8')).toEqual({ predictions: 0, comparisons: 0, labels: 0 });
    expect(await erase(KEY)).toEqual({ predictions: 5, comparisons: 1, labels: 0 });
    expect(await log.verify()).toMatchObject({ findings: [], rows: 15, erased: 5, streams: 2 });
    const left = JSON.stringify(
      await Promise.all(
        ['predictions', 'challenger_predictions', 'log_blocks', 'removed_predictions'].map(
          (table) => log.database.query<object[]>(`SELECT * FROM ${table}`),
        ),
      ),
    );
    expect(left).not.toContain(KEY);
    expect(await erase(KEY)).toEqual({ predictions: 0, comparisons: 0, labels: 0 });
    expect((await log.verify()).findings).toEqual([]);
  });

  it('hides no edit of a row that stays', async () => {
    const [first = []] = await write(3, 4);
    await erase(KEY);
    const other = first[1]?.id ?? '';
    await log.tamper('UPDATE predictions SET probability = 0.5 WHERE id = ?', [other]);
    expect((await log.verify()).findings.map(brief)).toEqual([
      { kind: 'edited', id: other, sequence: 1 },
    ]);
  });

  it('vouches for what it took, and for nothing that somebody adds to it, whatever its digest', async () => {
    const [first = []] = await write(3, 4);
    await erase(KEY);
    const other = first[1]?.id ?? '';
    const [row = {}] = await log.database.query<Record<string, Cell>[]>(
      `SELECT * FROM predictions WHERE id = '${other}'`,
    );
    const { digest } = digestOfCells(cellsOf(row));
    await log.tamper('DELETE FROM predictions WHERE id = ?', [other]);
    await log.tamper(
      `INSERT INTO removed_predictions SELECT '${other}', block, '${digest}', reason, removed_at, removal
       FROM removed_predictions WHERE id = ?`,
      [first[0]?.id ?? ''],
    );
    const { findings } = await log.verify();
    expect(findings.map(brief)).toEqual([{ kind: 'edited', id: null, sequence: 1 }]);
    expect(findings[0]?.what).toContain('erased');
  });

  it('cannot be taken back: without its block, or what that vouches for, its rows are missing', async () => {
    await write(3, 4);
    await erase(KEY);
    await log.tamper(`DELETE FROM log_blocks WHERE kind = 'removal'`);
    await log.tamper('DELETE FROM removed_predictions');
    expect((await log.verify()).findings.map(({ kind }) => kind)).toEqual([
      'deleted',
      'deleted',
      'deleted',
    ]);
  });

  it('takes also rows from before the chain', async () => {
    await log.database.query(
      `INSERT INTO predictions (id, created_at, user_id, credential, key, model_name, model_version, inputs, probability, label, threshold, warnings, duration_ms, cpu_percent, memory_bytes)
       VALUES ('old', ${NOW - 1}, 'u', 'c', '${KEY}', 'm', '1', '{}', 0.5, 'l', 0.5, '[]', 1, 1, 1)`,
    );
    expect(await erase(KEY)).toMatchObject({ predictions: 1 });
    expect(await log.verify()).toMatchObject({ findings: [], unchained: 0 });
  });
});
