// The fake of RunTracker for tests: keeps runs in memory and forgets them with the process.
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { artifactPath, RunDraft } from './run-draft.ts';
import {
  Run,
  RunTracker,
  TrackingError,
  type ParamValue,
  type RunRecord,
  type RunStart,
  type RunStatus,
} from './run-tracker.ts';

export class InMemoryRunTracker extends RunTracker {
  private readonly runs = new Map<string, RunDraft>();

  startRun(start: RunStart): Promise<Run> {
    return this.add(start, null);
  }

  getRun(runId: string): Promise<RunRecord> {
    return promised(() => {
      const run = this.runs.get(runId);
      if (run === undefined) throw new TrackingError('there is no such run');
      return run.toRecord();
    });
  }

  add(start: RunStart, parentRunId: string | null): Promise<Run> {
    return promised(() => {
      const draft = new RunDraft(start, parentRunId);
      this.runs.set(draft.runId, draft);
      return new InMemoryRun(this, draft);
    });
  }
}

class InMemoryRun extends Run {
  readonly id: string;

  constructor(
    private readonly tracker: InMemoryRunTracker,
    private readonly draft: RunDraft,
  ) {
    super();
    this.id = draft.runId;
  }

  logParams(params: Readonly<Record<string, ParamValue>>): Promise<void> {
    return promised(() => {
      this.draft.addParams(params);
    });
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step = 0): Promise<void> {
    return promised(() => {
      this.draft.addMetrics(metrics, step);
    });
  }

  async logArtifact(file: string, folder = ''): Promise<void> {
    const path = artifactPath(folder, basename(file));
    await access(file);
    this.draft.addArtifact(path);
  }

  async startChild(start: RunStart): Promise<Run> {
    this.draft.requireOpen();
    return this.tracker.add(start, this.id);
  }

  finish(status: Exclude<RunStatus, 'RUNNING'>): Promise<void> {
    return promised(() => {
      this.draft.close(status);
    });
  }
}

/** What `action` returns or throws, as a promise: callers of a port see no difference between this adapter and one that waits. */
const promised = <T>(action: () => T): Promise<T> => Promise.resolve().then(action);
