// Drift of all columns together, which measures of single columns cannot see: a domain classifier, and the error with which the principal
// components of the reference give the window back.
import { Random } from '../random.ts';
import { capRows, type DesignRows, pairColumns } from './design-rows.ts';
import { domainClassifier, type DomainClassifier } from './domain-classifier.ts';
import { pcaReconstruction, type PcaReconstruction } from './pca-reconstruction.ts';

export { type DesignColumn, type DesignRows, designRows } from './design-rows.ts';

/** Of each side: more take time and change no verdict. */
export const MOST_ROWS = 10_000;

export interface MultivariateDrift {
  readonly domain_classifier: DomainClassifier;
  readonly pca: PcaReconstruction;
}

export interface MultivariateOptions {
  /** Of the draw of rows and of the folds: with the same seed the same digits. */
  readonly seed: number;
}

/**
 * `reference` must be rows that no choice was made by. Takes some seconds for twice 10,000 rows of 30 columns: for a thread. Throws
 * RangeError where the sides do not have the same columns.
 */
export function multivariateDrift(
  reference: DesignRows,
  current: DesignRows,
  { seed }: MultivariateOptions,
): MultivariateDrift {
  const random = Random.of(seed);
  const [ofReference, ofCurrent] = [
    capRows(reference, MOST_ROWS, random.stream(0)),
    capRows(current, MOST_ROWS, random.stream(1)),
  ];
  const columns = pairColumns(ofReference, ofCurrent);
  const rows = { reference: ofReference.rows, current: ofCurrent.rows };
  return {
    domain_classifier: domainClassifier(columns, rows, random.stream(2)),
    pca: pcaReconstruction(columns, rows),
  };
}
