// The rows that are held out by the params: the same ones wherever they are asked for.
import type { Dataset } from '../data/load-table.ts';
import type { RowSplit } from '../evaluation/folds.ts';
import { holdOut } from '../evaluation/splits.ts';
import type { Params } from '../params.ts';
import { STREAMS } from '../search/streams.ts';
import { Random } from '../../src/statistics/random.ts';

/** Throws SplitError. */
export const holdOutRows = ({ seed, split }: Params, dataset: Dataset): RowSplit =>
  holdOut(dataset, split.testShare, Random.of(seed, STREAMS.holdout));
