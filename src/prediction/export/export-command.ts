// npm run log -- export: the options of the route, checked by the same rules, and what is said while it runs.
import { extname } from 'node:path';
import { Command } from 'commander';
import { interruptSignal } from '../../common/command.ts';
import { AppError } from '../../common/errors.ts';
import { validationPipe } from '../../common/validation.ts';
import { loadConfig } from '../../config/load-config.ts';
import { toFilter } from '../predictions-query.dto.ts';
import { printExport, writeExport } from './export-file.ts';
import { DEFAULT_FORMAT, EXPORT_FORMATS, type ExportFormat } from './export-formats.ts';
import { withLog } from './open-log.ts';
import { PredictionExport } from './prediction-export.ts';
import { PredictionsExportQuery } from './predictions-export-query.dto.ts';

const PROGRESS_MS = 2000;

export const exportCommand = (): Command =>
  new Command('export')
    .description('writes the predictions that match, oldest first; a server may be running')
    .option('--format <format>', 'jsonl, csv or parquet (default: the ending of --out, or jsonl)')
    .option('--from <instant>', 'from this date or ISO 8601 instant on')
    .option('--to <instant>', 'before it')
    .option('--version <version>', 'of this model version')
    .option('--label <label>', 'with this label')
    .option('--user <id>', 'asked for by the user with this id')
    .option('--out <file>', 'the file to write, once it is whole (default: standard output)')
    .action(runExport);

interface ExportOptions {
  readonly out?: string;
  readonly format?: string;
}

async function runExport({ out, ...options }: ExportOptions): Promise<void> {
  const query = await toQuery({ ...options, format: options.format ?? formatOf(out) });
  const format = query.format ?? DEFAULT_FORMAT;
  const signal = interruptSignal();
  const say = (text: string): boolean => process.stderr.write(`${text}\n`);
  let count = 0;
  const timer = setInterval(() => say(`${inWords(count)} so far`), PROGRESS_MS);
  try {
    await withLog((await loadConfig()).database, async (rows) => {
      const stream = await new PredictionExport(rows).open(toFilter(query), format, (read) => {
        count += read;
      });
      await (out === undefined ? printExport(stream, signal) : writeExport(stream, out, signal));
    });
    say(`${inWords(count)} exported${out === undefined ? '' : ` to ${out}`}`);
  } finally {
    clearInterval(timer);
  }
}

const inWords = (rows: number): string => `${rows.toLocaleString('en')} predictions`;

const formatOf = (out = ''): ExportFormat | undefined =>
  EXPORT_FORMATS.find((format) => extname(out).toLowerCase() === `.${format}`);

/** Throws an error that names each option that does not fit, and what is expected of it. */
async function toQuery(options: object): Promise<PredictionsExportQuery> {
  const pipe = validationPipe();
  try {
    return (await pipe.transform(options, {
      type: 'query',
      metatype: PredictionsExportQuery,
    })) as PredictionsExportQuery;
  } catch (error) {
    if (!(error instanceof AppError) || error.errors === undefined) throw error;
    const lines = error.errors.map(({ field, expected }) => `--${field} ${expected}`);
    throw new Error([...new Set(lines)].join('; '), { cause: error });
  }
}
