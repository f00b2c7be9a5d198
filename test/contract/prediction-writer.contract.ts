// What every writer of the prediction log does, whatever it writes to.
import { randomUUID } from 'node:crypto';
import type { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import type { PredictionWriter } from '../../src/prediction/log/prediction-writer.ts';

export interface WriterUnderTest {
  readonly writer: PredictionWriter;
  /** All rows of the log, as its columns, by id. */
  readonly stored: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** What there is to close beside the writer. */
  readonly close?: () => Promise<void>;
}

export const logRow = (changes: Partial<LoggedPrediction> = {}): LoggedPrediction => ({
  id: randomUUID(),
  createdAt: 1_764_000_000_123,
  userId: 'user',
  credential: 'token:session',
  key: null,
  modelName: 'foretell',
  modelVersion: '1',
  inputs: '{"age":41.5,"colour":"r\\u00e9d \\"quoted\\", 漢"}',
  probability: 0.1234567890123,
  label: 'good',
  threshold: 0.5,
  warnings: '[]',
  durationMs: 0.25,
  cpuPercent: 12.5,
  memoryBytes: 5_000_000_000,
  explanation: null,
  ...changes,
});

export function describeWriter(name: string, open: () => Promise<WriterUnderTest>): void {
  describe(name, () => {
    let under: WriterUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(async () => {
      await under.writer.close();
      await under.close?.();
    });

    it('stores every column as it was given', async () => {
      const row = logRow({ key: 'caller 7', explanation: '{"contributions":{"age":-0.25}}' });
      await under.writer.write([row]);
      const found = (await under.stored()).find(({ id }) => id === row.id);
      expect({
        ...found,
        created_at: Number(found?.['created_at']),
        memory_bytes: Number(found?.['memory_bytes']),
      }).toEqual({
        id: row.id,
        created_at: row.createdAt,
        user_id: row.userId,
        credential: row.credential,
        key: 'caller 7',
        model_name: row.modelName,
        model_version: row.modelVersion,
        inputs: row.inputs,
        probability: row.probability,
        label: row.label,
        threshold: row.threshold,
        warnings: row.warnings,
        duration_ms: row.durationMs,
        cpu_percent: row.cpuPercent,
        memory_bytes: row.memoryBytes,
        explanation: row.explanation,
        block: expect.stringMatching(/^[\w-]{12}:\d+$/) as string,
      });
    });

    it.each([2, 16, 17, 23, 1000])('stores %s rows at once', async (count) => {
      const rows = Array.from({ length: count }, () => logRow());
      await under.writer.write(rows);
      const ids = new Set((await under.stored()).map(({ id }) => id));
      expect(rows.every(({ id }) => ids.has(id))).toBe(true);
    });

    it('stores none of the rows where one of them is refused, and goes on afterwards', async () => {
      const twice = logRow();
      const before = (await under.stored()).length;
      await expect(under.writer.write([logRow(), twice, twice])).rejects.toThrow();
      expect(await under.stored()).toHaveLength(before);
      await under.writer.write([twice]);
      expect(await under.stored()).toHaveLength(before + 1);
    });
  });
}
