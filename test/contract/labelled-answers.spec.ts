// Labels read on both engines: all of a window, newest first, each once, whatever shares an instant with them.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { parseConfig } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { Feedback } from '../../src/feedback/feedback.entity.ts';
import { FeedbackChange } from '../../src/feedback/feedback-change.entity.ts';
import { LabelledAnswers, PAGE_ROWS } from '../../src/feedback/labelled-answers.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';
import { logRow } from './prediction-writer.contract.ts';

const NOW = 1_764_000_000_000;
const WINDOW = { modelName: 'foretell', version: '1', from: NOW, to: NOW + 100 };

let folder: string;
let database: DataSource;
let answers: LabelledAnswers;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'labels-'));
  const config = parseConfig({ VAR_DIR: folder, ...(await databaseSettings(folder)) });
  const entities = [LoggedPrediction, Feedback, FeedbackChange];
  database = await openDatabase({ ...dataSourceOptions(config.database), entities });
  answers = new LabelledAnswers(database.getRepository(Feedback));
  // Two full pages of one instant, and one more row; one answer on either side of the window, and one of another version.
  await label(Array.from({ length: 2 * PAGE_ROWS + 1 }, () => NOW + 50));
  await label([NOW, NOW + 100, NOW - 1, NOW + 101]);
  await label([NOW + 50], '2');
});
afterAll(async () => {
  await database.destroy();
  rmSync(folder, { recursive: true });
});

async function label(instants: readonly number[], modelVersion = '1'): Promise<void> {
  for (let at = 0; at < instants.length; at += 100) {
    const rows = instants
      .slice(at, at + 100)
      .map((createdAt) => logRow({ id: randomUUID(), createdAt, modelVersion }));
    await database.getRepository(LoggedPrediction).insert(rows);
    await database.getRepository(Feedback).insert(rows.map(labelOf));
  }
}

const labelOf = (row: LoggedPrediction): Feedback => ({
  predictionId: row.id,
  revision: 1,
  label: 'bad',
  actual: 1,
  observedAt: null,
  groups: null,
  receivedAt: NOW + 1000,
  userId: 'user',
  credential: 'token:session',
  predictedAt: row.createdAt,
  modelName: row.modelName,
  modelVersion: row.modelVersion,
  probability: row.probability,
  threshold: row.threshold,
  predicted: 0,
});

async function read(most: number): Promise<{ id: string; at: number }[]> {
  const found: { id: string; at: number }[] = [];
  for await (const page of answers.pages(WINDOW, most))
    for (const { predictionId: id, predictedAt: at } of page) found.push({ id, at });
  return found;
}

describe(`labelled answers on ${ENGINE}`, () => {
  it('are those of the version and the window, both ends included, newest first and each once', async () => {
    const found = await read(100_000);
    expect(found).toHaveLength(2 * PAGE_ROWS + 3);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).toSorted((a, b) => b - a));
    expect([found[0]?.at, found.at(-1)?.at]).toEqual([NOW + 100, NOW]);
    expect(await answers.count(WINDOW)).toBe(found.length);
  });

  it.each([1, PAGE_ROWS, PAGE_ROWS + 1])(
    'are the newest %s where so many are asked for',
    async (most) => {
      expect(await read(most)).toEqual((await read(100_000)).slice(0, most));
    },
  );

  it('tell the newest label of a version, whenever that was, or that it has none', async () => {
    expect((await answers.newest('foretell', '1'))?.predictedAt).toBe(NOW + 101);
    expect((await answers.newest('foretell', '2'))?.threshold).toBe(0.5);
    expect(await answers.newest('foretell', '3')).toBeNull();
  });
});
