// Stage prepare: decides which rows are held out, and writes split.json.
import { splitByFold, type RowSplit } from '../evaluation/folds.ts';
import { SPLIT, type SplitArtifact } from './artifacts.ts';
import { loadDataset, type StageContext } from './context.ts';
import { holdOutRows } from './hold-out-rows.ts';
import { expectSame } from './workspace.ts';

/** Throws DataError, or SplitError where a class is too small to be split. */
export async function prepare(context: StageContext): Promise<void> {
  const { params, reporter, workspace } = context;
  reporter.stage('prepare');
  const dataset = await loadDataset(context);
  const { digest, rows } = dataset;
  const { train, test } = holdOutRows(params, dataset);
  const split: SplitArtifact = {
    data_digest: digest,
    seed: params.seed,
    test_share: params.split.testShare,
    by: params.split.by,
    rows,
    test: [...test],
  };
  await workspace.writeJson(SPLIT.file, split);
  reporter.note(`${train.length} rows to train on, ${test.length} held out`);
}

/** The split that prepare wrote for these params and this data. Throws StageError where it was made from others. */
export async function readSplit(
  { workspace, params }: StageContext,
  digest: string,
): Promise<RowSplit> {
  const split = await workspace.read(SPLIT);
  expectSame('prepare', 'the split and the data', split.data_digest, digest);
  expectSame('prepare', 'the split and the seed', split.seed, params.seed);
  expectSame(
    'prepare',
    'the split and the held-out share',
    split.test_share,
    params.split.testShare,
  );
  expectSame(
    'prepare',
    'the split and what rows are split by',
    JSON.stringify(split.by),
    JSON.stringify(params.split.by),
  );
  const held = new Uint8Array(split.rows);
  for (const row of split.test) held[row] = 1;
  return splitByFold(held, 1);
}
