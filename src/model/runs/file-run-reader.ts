// Runs of the embedded tracker: one run.json a folder, read whole; a training leaves a dozen of them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import { RunReader, type RunPage, type RunSummary } from './run-reader.ts';

const RUN_ID = /^[0-9a-f]{32}$/;
const text = z.record(z.string(), z.string());

/** run.json, as far as it is shown. */
const runFile = z.object({
  run_id: z.string(),
  parent_run_id: z.string().nullable(),
  name: z.string(),
  status: z.string(),
  start_time: z.string(),
  end_time: z.string().nullable(),
  params: text,
  metrics: z.record(z.string(), z.array(z.object({ value: z.number() })).min(1)),
  tags: text,
});

export class FileRunReader extends RunReader {
  constructor(private readonly dir: string) {
    super();
  }

  async list(limit: number, cursor?: string): Promise<RunPage> {
    const ids = (await this.entries()).filter((name) => RUN_ID.test(name));
    const runs = (await Promise.all(ids.map((id) => this.get(id)))).sort(newestFirst);
    const start = cursor === undefined ? 0 : runs.findIndex(({ run_id }) => run_id === cursor) + 1;
    if (cursor !== undefined && start === 0) {
      throw new AppError('INVALID_INPUT', 'The cursor is not one of ours.', {
        errors: [
          { field: 'cursor', code: 'cursor', expected: 'the next_cursor of the page before' },
        ],
      });
    }
    const items = runs.slice(start, start + limit);
    return {
      items,
      nextCursor: start + limit < runs.length ? (items.at(-1)?.run_id ?? null) : null,
    };
  }

  async get(runId: string): Promise<RunSummary> {
    const file = RUN_ID.test(runId) ? await this.read(runId) : null;
    if (file === null) throw new AppError('NOT_FOUND', 'There is no run with this id.');
    const run = runFile.safeParse(parseJson(file));
    if (!run.success)
      throw new AppError('REGISTRY_UNAVAILABLE', `run.json of run ${runId} is damaged.`);
    const { metrics, ...rest } = run.data;
    const last = Object.entries(metrics).map(
      ([key, points]) => [key, points.at(-1)?.value ?? Number.NaN] as const,
    );
    return { ...rest, metrics: Object.fromEntries(last) };
  }

  /** No folder yet means that nothing was trained here. */
  private entries(): Promise<string[]> {
    return readdir(this.dir).catch((error: unknown) => absentAs([], error));
  }

  private read(runId: string): Promise<string | null> {
    return readFile(join(this.dir, runId, 'run.json'), 'utf8').catch((error: unknown) =>
      absentAs(null, error),
    );
  }
}

function absentAs<T>(value: T, error: unknown): T {
  if ((error as { code?: string }).code === 'ENOENT') return value;
  throw new AppError('REGISTRY_UNAVAILABLE', 'The runs cannot be read.', { cause: error });
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}

const newestFirst = (a: RunSummary, b: RunSummary): number =>
  b.start_time.localeCompare(a.start_time) || a.run_id.localeCompare(b.run_id);
