// What every RunTracker promises, as a suite that runs over any adapter.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrackingError, type RunTracker } from '../../ml/tracking/run-tracker.ts';

/** Declares the suite inside the caller's describe; `open` is called in each test. */
export function runTrackerContract(open: () => RunTracker): void {
  const folder = mkdtempSync(join(tmpdir(), 'run-tracker-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps what a run was started with under an id of 32 hex digits', async () => {
    const tracker = open();
    const run = await tracker.startRun({
      name: 'first',
      params: { seed: 7 },
      tags: { 'mlflow.source.git.commit': 'abc' },
    });
    expect(run.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await tracker.getRun(run.id)).toMatchObject({
      runId: run.id,
      parentRunId: null,
      name: 'first',
      status: 'RUNNING',
      endTime: null,
      params: { seed: '7' },
      tags: { 'mlflow.source.git.commit': 'abc' },
      artifacts: [],
      dataset: null,
    });
  });

  it('keeps which data a run learned from', async () => {
    const tracker = open();
    const dataset = { name: 'wdbc', digest: 'ab'.repeat(32), source: 'data/wdbc.csv', rows: 569 };
    const run = await tracker.startRun({ name: 'data', dataset });
    expect((await tracker.getRun(run.id)).dataset).toEqual(dataset);
  });

  it('keeps more params and metrics than one call to a server can carry', async () => {
    const tracker = open();
    const params = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [`param_${i}`, `${i}`]),
    );
    const run = await tracker.startRun({ name: 'many', params });
    expect((await tracker.getRun(run.id)).params).toEqual(params);
  });

  it('keeps params as text and refuses another value for the same key', async () => {
    const tracker = open();
    const run = await tracker.startRun({ name: 'params' });
    await run.logParams({ n_estimators: 100, stratified: true, learner: 'random_forest' });
    await run.logParams({ n_estimators: 100 });
    await expect(run.logParams({ extra: 1, n_estimators: 200 })).rejects.toThrow(TrackingError);
    expect((await tracker.getRun(run.id)).params).toEqual({
      n_estimators: '100',
      stratified: 'true',
      learner: 'random_forest',
    });
  });

  it('keeps every point of a metric with its step', async () => {
    const tracker = open();
    const run = await tracker.startRun({ name: 'metrics' });
    await run.logMetrics({ 'val/auc': 0.9 }, 0);
    await run.logMetrics({ 'val/auc': 0.95, accuracy: 1 }, 1);
    const { metrics } = await tracker.getRun(run.id);
    expect(metrics['val/auc']?.map(({ value, step }) => [value, step])).toEqual([
      [0.9, 0],
      [0.95, 1],
    ]);
    expect(metrics['accuracy']?.map(({ value, step }) => [value, step])).toEqual([[1, 1]]);
  });

  it.each([
    ['a metric that is not finite', { accuracy: Number.NaN }],
    ['a metric key with a sign that MLflow refuses', { 'accuracy%': 1 }],
    ['a metric key of more than 250 characters', { ['a'.repeat(251)]: 1 }],
  ])('refuses %s and keeps none of the call', async (_case, metrics) => {
    const tracker = open();
    const run = await tracker.startRun({ name: 'refused' });
    await expect(run.logMetrics({ fine: 1, ...metrics })).rejects.toThrow(TrackingError);
    expect((await tracker.getRun(run.id)).metrics).toEqual({});
  });

  it('lists the artifacts it was given by their path', async () => {
    const tracker = open();
    const file = join(folder, 'report.json');
    writeFileSync(file, '{}');
    const run = await tracker.startRun({ name: 'artifacts' });
    await run.logArtifact(file, 'model');
    await run.logArtifact(file);
    expect((await tracker.getRun(run.id)).artifacts).toEqual(['model/report.json', 'report.json']);
  });

  it('refuses an artifact folder that leads outside the run', async () => {
    const run = await open().startRun({ name: 'outside' });
    await expect(run.logArtifact(join(folder, 'report.json'), '../..')).rejects.toThrow(
      TrackingError,
    );
  });

  it('gives a child run its own record, which names its parent', async () => {
    const tracker = open();
    const run = await tracker.startRun({ name: 'parent' });
    const child = await run.startChild({ name: 'candidate', params: { C: 0.1 } });
    await child.finish('FINISHED');
    expect(await tracker.getRun(child.id)).toMatchObject({
      parentRunId: run.id,
      params: { C: '0.1' },
      status: 'FINISHED',
    });
    expect((await tracker.getRun(run.id)).status).toBe('RUNNING');
  });

  it('takes nothing more after a run is finished', async () => {
    const tracker = open();
    const run = await tracker.startRun({ name: 'closed' });
    await run.finish('FAILED');
    await expect(run.logParams({ a: 1 })).rejects.toThrow(TrackingError);
    await expect(run.logMetrics({ a: 1 })).rejects.toThrow(TrackingError);
    await expect(run.finish('FINISHED')).rejects.toThrow(TrackingError);
    const record = await tracker.getRun(run.id);
    expect(record.status).toBe('FAILED');
    expect(record.endTime).not.toBeNull();
  });

  it('refuses a run id that it does not know', async () => {
    await expect(open().getRun('0'.repeat(32))).rejects.toThrow(TrackingError);
  });
}
