// The exported model of every learner in ONNX Runtime against the trainer, on every row of every data set.
import { learners, type LearnerName } from '../../../ml/learners/index.ts';
import { DATA_SETS } from '../../support/datasets.ts';
import type { Difference, PipelineReport } from '../../support/fit-job.ts';
import { plainJob } from './cross-validation.ts';
import type { MeasurePart } from './parts.ts';
import type { Row } from './row.ts';

export const measureParity: MeasurePart = async (workplace) => {
  const rows: Row[] = [];
  for (const learner of Object.keys(learners) as LearnerName[]) {
    const job = { learner, params: {}, parity: true } as const;
    const reports: PipelineReport[] = [];
    for (const set of DATA_SETS)
      reports.push(await workplace.ours(plainJob({ ...job, set, fold: null })));
    reports.push(
      await workplace.ours(plainJob({ ...job, set: 'german', categories: 'declared', fold: null })),
    );
    // The forest of a million rows belongs to nobody's benchmark: its file alone would be half a gigabyte.
    if (learner !== 'random_forest')
      for (const fold of [null, 0])
        reports.push(await workplace.ours(plainJob({ ...job, set: 'synth28', fold })));
    rows.push(...rowsOf(learner, reports));
  }
  return rows;
};

function rowsOf(learner: LearnerName, reports: readonly PipelineReport[]): readonly Row[] {
  const parities = reports.flatMap(({ parity }) => parity ?? []);
  const differences: readonly Difference[] = parities.flatMap(({ float32, float64 }) => [
    float32,
    float64,
  ]);
  const rows = parities.reduce((sum, parity) => sum + parity.rows, 0);
  const above = differences.reduce((sum, { rowsAbove }) => sum + rowsAbove, 0);
  const largest = Math.max(...differences.map((difference) => difference.largest));
  const common = { ours: '', peer: `ONNX Runtime on ${rows} rows`, unit: '' };
  return [
    { ...common, what: `${learner}: rows more than 1e-5 apart`, value: above, goal: 0, digits: 0 },
    { ...common, what: `${learner}: largest difference`, value: largest, goal: 1e-5, aim: 1e-6 },
  ];
}
