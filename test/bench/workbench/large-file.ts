// Five million rows through the stage prepare, as CSV and as Parquet: how much memory and time a file takes that is larger than either goal.
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import {
  fileWriter,
  ParquetWriter,
  schemaFromColumnData,
  type ColumnSource,
} from 'hyparquet-writer';
import type { Figure } from '../figures.ts';
import { pathOf } from '../../support/datasets.ts';
import { say, tell } from './say.ts';
import type { Workplace } from './workplace.ts';

const ROWS = 5_000_000;
const MOST_MEGABYTES = 500;

interface Cells {
  readonly header: string;
  readonly lines: readonly string[];
}

export async function measurePrepare(workplace: Workplace): Promise<readonly Figure[]> {
  const [header = '', ...lines] = readFileSync(pathOf('gmsc'), 'utf8').trim().split(/\r?\n/);
  const cells = { header, lines };
  const csv = workplace.path('large.csv');
  await writeCsv(csv, cells);
  const figure = await prepared(workplace, csv);
  const parquet = workplace.path('large.parquet');
  writeParquet(parquet, cells);
  await prepared(workplace, parquet);
  return [figure];
}

async function prepared(workplace: Workplace, path: string): Promise<Figure> {
  const { file, measured } = await workplace.draft(path, 'y');
  tell('init of 5 million rows', measured);
  const took = await workplace.command('prepare', '--params', file);
  tell('prepare of 5 million rows', took);
  say(`  ${(ROWS / took.seconds).toFixed(0)} rows/s of ${path.split('.').at(-1)}`);
  return {
    what: 'prepare of 5 million rows of CSV: peak resident',
    value: took.peakMegabytes,
    unit: 'MiB',
    goal: MOST_MEGABYTES,
    digits: 0,
  };
}

/** How many of the lines come next until there are ROWS. */
function* repeated(lines: readonly string[]): Generator<readonly string[]> {
  for (let left = ROWS; left > 0; left -= lines.length) yield lines.slice(0, left);
}

async function writeCsv(path: string, { header, lines }: Cells): Promise<void> {
  const out = createWriteStream(path);
  out.write(`${header}\n`);
  for (const part of repeated(lines))
    if (!out.write(`${part.join('\n')}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

function writeParquet(path: string, { header, lines }: Cells): void {
  const rows = lines.map((line) => line.split(','));
  const columnsOf = (count: number): ColumnSource[] =>
    header.split(',').map((name, column) => ({
      name,
      type: 'DOUBLE',
      nullable: true,
      data: rows.slice(0, count).map((row) => (row[column] === '' ? null : Number(row[column]))),
    }));
  const all = columnsOf(rows.length);
  const schema = schemaFromColumnData({ columnData: all });
  const writer = new ParquetWriter({ writer: fileWriter(path), schema });
  for (const { length } of repeated(lines))
    void writer.write({ columnData: length === rows.length ? all : columnsOf(length) });
  void writer.finish();
}
