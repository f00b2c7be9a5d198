// A run while it is being recorded, with the rules that every adapter shares: forms of names, params written once, finite metrics.
import { randomBytes } from 'node:crypto';
import {
  TrackingError,
  type MetricPoint,
  type ParamValue,
  type RunRecord,
  type RunStart,
  type RunStatus,
} from './run-tracker.ts';

/** MLflow's rule for the keys of params, metrics and tags, and its length limits. */
const KEY = /^[A-Za-z0-9_\-. :/]{1,250}$/;
const PARAM_LENGTH = 6000;

export class RunDraft {
  readonly runId = randomBytes(16).toString('hex');
  private status: RunStatus = 'RUNNING';
  private endTime: string | null = null;
  private readonly startTime = new Date().toISOString();
  private readonly params = new Map<string, string>();
  private readonly metrics = new Map<string, MetricPoint[]>();
  private readonly artifacts = new Set<string>();
  private readonly tags: Readonly<Record<string, string>>;

  constructor(
    private readonly start: RunStart,
    private readonly parentRunId: string | null,
  ) {
    for (const key of Object.keys(start.tags ?? {})) requireKey('tag', key);
    this.tags = Object.freeze({ ...start.tags });
    this.addParams(start.params ?? {});
  }

  addParams(params: Readonly<Record<string, ParamValue>>): void {
    this.requireOpen();
    const added = Object.entries(params).map(([key, value]) => [key, String(value)] as const);
    for (const [key, value] of added) {
      requireKey('param', key);
      if (value.length > PARAM_LENGTH) {
        throw new TrackingError(`param ${key}: expected at most ${PARAM_LENGTH} characters`);
      }
      if ((this.params.get(key) ?? value) !== value) {
        throw new TrackingError(`param ${key}: already logged with another value`);
      }
    }
    for (const [key, value] of added) this.params.set(key, value);
  }

  addMetrics(metrics: Readonly<Record<string, number>>, step: number): void {
    this.requireOpen();
    for (const [key, value] of Object.entries(metrics)) {
      requireKey('metric', key);
      if (!Number.isFinite(value))
        throw new TrackingError(`metric ${key}: expected a finite number`);
    }
    const time = new Date().toISOString();
    for (const [key, value] of Object.entries(metrics)) {
      const points = this.metrics.get(key) ?? [];
      this.metrics.set(key, [...points, { value, step, time }]);
    }
  }

  addArtifact(path: string): void {
    this.requireOpen();
    this.artifacts.add(path);
  }

  close(status: Exclude<RunStatus, 'RUNNING'>): void {
    this.requireOpen();
    this.status = status;
    this.endTime = new Date().toISOString();
  }

  requireOpen(): void {
    if (this.status !== 'RUNNING') throw new TrackingError('the run is closed');
  }

  toRecord(): RunRecord {
    return {
      runId: this.runId,
      parentRunId: this.parentRunId,
      name: this.start.name,
      status: this.status,
      startTime: this.startTime,
      endTime: this.endTime,
      params: Object.fromEntries(this.params),
      metrics: Object.fromEntries(this.metrics),
      tags: this.tags,
      dataset: this.start.dataset ?? null,
      artifacts: [...this.artifacts].sort(),
    };
  }
}

/** The artifact path of a file in a folder. Throws for a folder that would lead outside the run's artifacts. */
export function artifactPath(folder: string, fileName: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new TrackingError(
      'artifact folder: expected a relative path without empty, . and .. parts',
    );
  }
  return [...parts, fileName].join('/');
}

function requireKey(kind: string, key: string): void {
  if (!KEY.test(key)) {
    throw new TrackingError(`${kind} key: expected 1 to 250 letters, digits, spaces and _ - . : /`);
  }
}
