// What a thread needs to open a model of its own: a path and facts, nothing that cannot be copied to it.
import type { ServedBundle } from '../../model/model-bundle.ts';
import type { ClassLabels } from './scored-block.ts';

export interface ModelFiles {
  /** Of the bundle: what explains answers is read from it when somebody asks. */
  readonly dir: string;
  readonly onnxPath: string;
  /** What its bytes must have: the file was proved at the swap, and a batch may begin days later. */
  readonly onnxSha256: string;
  /** Features, in the order of the columns. */
  readonly features: readonly string[];
  /** A graph of the house; one from elsewhere is entered by the names of its features. */
  readonly isOurs: boolean;
  readonly labels: ClassLabels;
}

export const modelFilesOf = (bundle: ServedBundle): ModelFiles => ({
  dir: bundle.dir,
  onnxPath: bundle.onnxPath,
  onnxSha256: bundle.onnxSha256,
  features: bundle.features.features.map(({ name }) => name),
  // As open-model.ts decides it.
  isOurs: bundle.golden !== null,
  labels: {
    positive: bundle.features.positive_label,
    negative: bundle.features.negative_label,
  },
});
