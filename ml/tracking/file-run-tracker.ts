// Runs as files: <dir>/<run id>/run.json, replaced as a whole on every change, and artifacts/ beside it.
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { refusalOf } from '../../src/common/disk-refusal.ts';
import { artifactPath, RunDraft } from './run-draft.ts';
import {
  Run,
  RunTracker,
  TrackingError,
  type MetricPoint,
  type ParamValue,
  type RunDataset,
  type RunRecord,
  type RunStart,
  type RunStatus,
} from './run-tracker.ts';

const RUN_ID = /^[0-9a-f]{32}$/;

/** run.json */
interface RunFile {
  readonly run_id: string;
  readonly parent_run_id: string | null;
  readonly name: string;
  readonly status: RunStatus;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, readonly MetricPoint[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly dataset: RunDataset | null;
  readonly artifacts: readonly string[];
}

export class FileRunTracker extends RunTracker {
  constructor(private readonly dir: string) {
    super();
  }

  startRun(start: RunStart): Promise<Run> {
    return FileRun.start(this.dir, start, null);
  }

  async getRun(runId: string): Promise<RunRecord> {
    if (!RUN_ID.test(runId)) throw new TrackingError('run id: expected 32 hex digits');
    const text = await readFile(join(this.dir, runId, 'run.json'), 'utf8').catch(
      (cause: unknown) => {
        throw new TrackingError('there is no such run', { cause });
      },
    );
    return toRecord(JSON.parse(text) as RunFile);
  }

  /** Every run, oldest first; a candidate comes after the run it belongs to. */
  async listRuns(): Promise<readonly RunRecord[]> {
    const names = await readdir(this.dir).catch((error: unknown): string[] => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const runs = await Promise.all(
      names.filter((name) => RUN_ID.test(name)).map((id) => this.getRun(id)),
    );
    return runs.sort(
      (a, b) =>
        Number(a.parentRunId !== null) - Number(b.parentRunId !== null) ||
        a.startTime.localeCompare(b.startTime),
    );
  }

  /** The file of an artifact of a run. */
  artifactFile(runId: string, path: string): string {
    return join(this.dir, runId, 'artifacts', path);
  }
}

class FileRun extends Run {
  readonly id: string;
  private readonly folder: string;

  private constructor(
    private readonly dir: string,
    private readonly draft: RunDraft,
  ) {
    super();
    this.id = draft.runId;
    this.folder = join(dir, this.id);
  }

  static async start(dir: string, start: RunStart, parentRunId: string | null): Promise<FileRun> {
    const run = new FileRun(dir, new RunDraft(start, parentRunId));
    await run.writing(() => mkdir(run.folder, { recursive: true }));
    await run.save();
    return run;
  }

  async logParams(params: Readonly<Record<string, ParamValue>>): Promise<void> {
    this.draft.addParams(params);
    await this.save();
  }

  async logMetrics(metrics: Readonly<Record<string, number>>, step = 0): Promise<void> {
    this.draft.addMetrics(metrics, step);
    await this.save();
  }

  async logArtifact(file: string, folder = ''): Promise<void> {
    this.draft.requireOpen();
    const path = artifactPath(folder, basename(file));
    const target = join(this.folder, 'artifacts', path);
    await this.writing(async () => {
      await mkdir(dirname(target), { recursive: true });
      await copyFile(file, target);
    }, target);
    this.draft.addArtifact(path);
    await this.save();
  }

  startChild(start: RunStart): Promise<Run> {
    this.draft.requireOpen();
    return FileRun.start(this.dir, start, this.id);
  }

  async finish(status: Exclude<RunStatus, 'RUNNING'>): Promise<void> {
    this.draft.close(status);
    await this.save();
  }

  /** A reader sees the state before or after a change, never half of it. */
  private async save(): Promise<void> {
    const file = join(this.folder, 'run.json');
    const text = `${JSON.stringify(toFile(this.draft.toRecord()), null, 2)}\n`;
    await this.writing(async () => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    }, `${file}.new`);
  }

  /** Where the disk refuses, says so and removes what is half-written. */
  private async writing(work: () => Promise<unknown>, half?: string): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (half !== undefined) await rm(half, { force: true }).catch(() => {});
      const why = refusalOf(cause);
      if (why === null) throw cause;
      throw new TrackingError(`cannot record the run in ${this.dir}: ${why}`, { cause });
    }
  }
}

const toFile = (run: RunRecord): RunFile => ({
  run_id: run.runId,
  parent_run_id: run.parentRunId,
  name: run.name,
  status: run.status,
  start_time: run.startTime,
  end_time: run.endTime,
  params: run.params,
  metrics: run.metrics,
  tags: run.tags,
  dataset: run.dataset,
  artifacts: run.artifacts,
});

const toRecord = (file: RunFile): RunRecord => ({
  runId: file.run_id,
  parentRunId: file.parent_run_id,
  name: file.name,
  status: file.status,
  startTime: file.start_time,
  endTime: file.end_time,
  params: file.params,
  metrics: file.metrics,
  tags: file.tags,
  dataset: file.dataset,
  artifacts: file.artifacts,
});
