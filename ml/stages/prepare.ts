// Stage prepare: decides which rows are held out, and writes split.json.
import { stratifiedHoldout, type RowSplit } from '../evaluation/folds.ts';
import { STREAMS } from '../search/fit-candidate.ts';
import { Random } from '../../src/statistics/random.ts';
import { SPLIT, type SplitArtifact } from './artifacts.ts';
import { loadDataset, type StageContext } from './context.ts';
import { expectSame } from './workspace.ts';

/** Throws DataError, or SplitError where a class is too small to be split. */
export async function prepare(context: StageContext): Promise<void> {
  const { params, reporter, workspace } = context;
  reporter.stage('prepare');
  const { y, digest, rows } = await loadDataset(context);
  const random = Random.of(params.seed, STREAMS.holdout);
  const { train, test } = stratifiedHoldout(y, params.split.testShare, random);
  const split: SplitArtifact = {
    data_digest: digest,
    seed: params.seed,
    test_share: params.split.testShare,
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
  const held = new Set(split.test);
  return {
    train: Int32Array.from({ length: split.rows }, (_, row) => row).filter((row) => !held.has(row)),
    test: Int32Array.from(split.test),
  };
}
