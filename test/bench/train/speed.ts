// Boosting on a million rows of 28 columns, binning and training, beside LightGBM in the same run; its memory; the bytes of the model.
import type { PipelineReport } from '../../support/fit-job.ts';
import { plainJob } from './cross-validation.ts';
import type { MeasurePart } from './parts.ts';
import { least, score, seconds, type Row } from './row.ts';
import type { PeerReport, Workplace } from './workplace.ts';

const RUNS = 3;

interface Measured {
  readonly ours: PipelineReport[];
  readonly peer: PeerReport[];
}

export const measureSpeed: MeasurePart = async (workplace) => {
  const one: Measured = { ours: [], peer: [] };
  const two: Measured = { ours: [], peer: [] };
  for (let run = 0; run < RUNS; run++)
    for (const [threads, { ours, peer }] of [
      [1, one],
      [2, two],
    ] as const) {
      ours.push(await fit(workplace, threads));
      peer.push(
        await workplace.peer({
          library: 'lightgbm',
          learner: 'boosting',
          set: 'synth28',
          threads,
          fold: 0,
        }),
      );
    }
  const four = await fit(workplace, 4);
  return [
    ...times(one, two),
    quality(one),
    sameBytes([...one.ours, ...two.ours, four]),
    memory(one, two),
  ];
};

const fit = (workplace: Workplace, threads: number): Promise<PipelineReport> =>
  workplace.ours(plainJob({ learner: 'gradient_boosting', params: {}, set: 'synth28', threads }));

const cpu = (run: { readonly cpuSeconds: number }): number => run.cpuSeconds;
const wall = (run: { readonly wallSeconds: number }): number => run.wallSeconds;

function times(one: Measured, two: Measured): readonly Row[] {
  const [oneCpu, oneWall, twoWall] = [
    least(one.ours, cpu),
    least(one.ours, wall),
    least(two.ours, wall),
  ];
  const [peerOne, peerTwo] = [least(one.peer, cpu), least(two.peer, wall)];
  const both = (run: PipelineReport | PeerReport): string =>
    `${seconds(run.wallSeconds)} wall, ${seconds(run.cpuSeconds)} processor`;
  return [
    {
      what: 'boosting on synth28, one thread, processor time',
      ours: seconds(oneCpu.cpuSeconds),
      peer: `LightGBM ${seconds(peerOne.cpuSeconds)}, ${seconds(peerOne.binCpuSeconds ?? NaN)} of it binning`,
      value: oneCpu.cpuSeconds / peerOne.cpuSeconds,
      unit: 'x',
      goal: 1.25,
      aim: 1,
    },
    {
      what: 'boosting on synth28, two threads, wall time',
      ours: both(twoWall),
      peer: `LightGBM ${both(peerTwo)}`,
      value: twoWall.wallSeconds / peerTwo.wallSeconds,
      unit: 'x',
      goal: 1.4,
      aim: 1.15,
    },
    {
      what: 'boosting on synth28, two threads over one, wall time',
      ours: `${seconds(oneWall.wallSeconds)} / ${seconds(twoWall.wallSeconds)}`,
      peer: `LightGBM ${(least(one.peer, wall).wallSeconds / peerTwo.wallSeconds).toFixed(2)} x`,
      value: oneWall.wallSeconds / twoWall.wallSeconds,
      unit: 'x',
      goal: 1.65,
      atLeast: true,
    },
  ];
}

function quality(one: Measured): Row {
  const auc = one.ours[0]?.auc ?? NaN;
  return {
    what: 'boosting on synth28, AUC of the test part',
    ours: score(auc),
    peer: `LightGBM ${score(one.peer[0]?.auc ?? NaN)}`,
    value: auc,
    unit: '',
    goal: 0.84,
    atLeast: true,
    digits: 5,
  };
}

function sameBytes(fits: readonly PipelineReport[]): Row {
  const digests = new Set(fits.map(({ sha256 }) => sha256));
  return {
    what: `boosting on synth28, different models of ${fits.length} fits on 1, 2 and 4 threads`,
    ours: `sha256 ${[...digests].map((digest) => digest.slice(0, 8)).join(', ')}`,
    peer: '',
    value: digests.size,
    unit: '',
    goal: 1,
    digits: 0,
  };
}

function memory(one: Measured, two: Measured): Row {
  const peak = (runs: readonly { readonly peakMegabytes: number }[]): number =>
    Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
  const value = peak([...one.ours, ...two.ours]);
  return {
    what: 'boosting on synth28, resident at most, data and Node included',
    ours: `${value.toFixed(0)} MB`,
    peer: `LightGBM ${peak([...one.peer, ...two.peer]).toFixed(0)} MB`,
    value,
    unit: 'MB',
    goal: 500,
    aim: 350,
    digits: 0,
  };
}
