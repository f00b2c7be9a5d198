// A process that fits what it is asked for and prints one line of JSON for each fit: node fit-child.js '[JOB, ...]'.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { logLoss, rocAuc } from '../../ml/evaluation/metrics.ts';
import { learners } from '../../ml/learners/index.ts';
import type { Learner } from '../../ml/learners/learner.ts';
import { exportPipeline } from '../../ml/onnx/export-pipeline.ts';
import { fitPipeline } from '../../ml/pipeline.ts';
import { Random } from '../../src/statistics/random.ts';
import { fitOptimum } from './fit-optimum.ts';
import type { FitJob, PipelineJob, PipelineReport } from './fit-job.ts';
import { loadFitRows } from './fit-rows.ts';

const THRESHOLD = 0.5;

async function fitAndScore(job: PipelineJob): Promise<PipelineReport> {
  const { features, task, train, test } = loadFitRows(job);
  const learner: Learner<unknown> = learners[job.learner];
  const params = learner.params.parse(job.params);
  const clock = startClock();
  const pipeline = await fitPipeline(
    { learner, params, features, derived: [], task },
    { x: train.x, y: train.y, weights: null },
    { random: Random.of(job.seed), threads: job.threads },
  );
  const took = clock();
  const fitMegabytes = peakMegabytes();
  const model = exportPipeline(pipeline, features.length, THRESHOLD);
  const { x, y, exact } = test();
  const answers = new Float64Array(x.rows * pipeline.outputs);
  pipeline.predictInto(x, answers);
  if (job.exportTo !== null) {
    writeFileSync(`${job.exportTo}.onnx`, model);
    writeFileSync(`${job.exportTo}.f64`, answers);
  }
  const binary = task.kind === 'binary' && y instanceof Uint8Array;
  const compare = job.parity ? await import('./onnx-parity.ts') : null;
  return {
    ...took,
    fitMegabytes,
    auc: binary ? rocAuc(y, answers) : null,
    logLoss: binary ? logLoss(y, answers) : null,
    onnxBytes: model.length,
    sha256: createHash('sha256').update(model).digest('hex'),
    parity: (await compare?.compareWithOnnx({ model, features, task, x, exact, answers })) ?? null,
    peakMegabytes: peakMegabytes(),
  };
}

/** Counts from now; processor time of all threads of the process. */
function startClock(): () => { readonly cpuSeconds: number; readonly wallSeconds: number } {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wall) / 1e3 };
  };
}

const peakMegabytes = (): number => (process.resourceUsage().maxRSS * 1024) / 1e6;

for (const job of JSON.parse(process.argv[2] ?? '[]') as readonly FitJob[]) {
  const report = job.kind === 'optimum' ? await fitOptimum(job) : await fitAndScore(job);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
