// What a server that is in use has to show: two versions, predictions of the bundled data with labels for most, then rows from another scanner.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { cleanEnvironment } from '../support/started-server.ts';
import { DIST } from '../support/console-seed.ts';
import type { Console } from '../support/console.ts';

type Row = Readonly<Record<string, number>>;

interface Biopsy {
  readonly row: Row;
  readonly isMalignant: boolean;
}

const SECONDS_APART = 0.06;
const SHIFTED = 420;
/** The other scanner measures larger and smoother. */
const SHIFTS: Readonly<Record<string, number>> = {
  'mean radius': 1.25,
  'mean texture': 1.3,
  'mean smoothness': 0.8,
  'worst area': 1.3,
  'worst concave points': 1.35,
};

/** Registers a second version, which becomes the challenger: a forest. */
export async function trainChallenger(varDir: string): Promise<void> {
  const params = parse(readFileSync('params.yaml', 'utf8')) as object;
  const file = join(varDir, 'challenger.yaml');
  const data = { path: resolve('data/wdbc.csv') };
  const candidates = [{ learner: 'random_forest', grid: { n_estimators: [100] } }];
  writeFileSync(file, stringify({ ...params, data, candidates }));
  await promisify(execFile)('node', [join(DIST, 'ml/train.js'), '--params', file], {
    env: cleanEnvironment({ VAR_DIR: varDir }),
  });
}

/** Takes a minute: what happens over time is to be seen. */
export async function sendTraffic(console: Console): Promise<void> {
  const biopsies = inTurn(readBiopsies());
  for (const [index, biopsy] of biopsies.entries()) await predict(console, biopsy, index % 5 < 4);
  for (const { row, isMalignant } of biopsies.slice(0, SHIFTED))
    await predict(console, { row: shifted(row), isMalignant }, false);
}

async function predict(
  console: Console,
  { row, isMalignant }: Biopsy,
  isLabelled: boolean,
): Promise<void> {
  const { body } = await console.api<{ id: string }>('POST /predict', { features: row });
  const label = isMalignant ? 'malignant' : 'benign';
  if (isLabelled) {
    const items = [{ prediction_id: body.id, label }];
    const { status } = await console.api('POST /feedback', { items });
    if (status !== 200) throw new Error(`POST /feedback answered ${status}`);
  }
  await new Promise((resolve) => setTimeout(resolve, SECONDS_APART * 1000));
}

export function readBiopsies(): readonly Biopsy[] {
  const [header = '', ...lines] = readFileSync('data/wdbc.csv', 'utf8').trim().split(/\r?\n/);
  const names = header.split(',').slice(0, -1);
  return lines.map((line) => {
    const cells = line.split(',').map(Number);
    const row = Object.fromEntries(names.map((name, at) => [name, cells[at] ?? Number.NaN]));
    return { row, isMalignant: cells.at(-1) === 1 };
  });
}

/** Without the diagnosis, as somebody has them who asks for it. */
export function csvOf(biopsies: readonly Biopsy[]): string {
  const rows = biopsies.map(({ row }) => Object.values(row).join(','));
  return [Object.keys(biopsies[0]?.row ?? {}).join(','), ...rows, ''].join('\n');
}

/** The file begins with many of one kind: every 191st row, of a number of rows that 191 does not divide, meets each once. */
const inTurn = (biopsies: readonly Biopsy[]): readonly Biopsy[] =>
  biopsies.map((_, index) => biopsies[(index * 191) % biopsies.length] as Biopsy);

const shifted = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value * (SHIFTS[name] ?? 1)]),
  );
