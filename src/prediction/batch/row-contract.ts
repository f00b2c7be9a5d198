// What reading rows takes of a model, and how they are read.
import type { RowEncoder } from '../../features/encode-row.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import type { Position } from './row-block.ts';

export interface RowContract {
  /** In the order of the cells. */
  readonly features: readonly ServedFeature[];
  readonly encoder: RowEncoder;
}

export interface ReadOptions {
  /** Where an earlier reading of the same upload came to: the `end` of one of its blocks, or START. */
  readonly from: Position;
  /** Each row's features as JSON too. */
  readonly keepInputs: boolean;
}
