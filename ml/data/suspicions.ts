// What is allowed and still worth a look in a data set that is valid: rows that repeat, features that tell the target alone, a rare class.
import { rocAuc } from '../evaluation/metrics.ts';
import type { Dataset } from './load-table.ts';

/** Rows that columns are ranked on: more change an AUC near 1 by nothing that matters. */
const RANKED_ROWS = 20_000;
/** A feature that ranks the target this well alone is hardly known before the outcome. */
const LEAK_AUC = 0.995;
/** Of each class; fewer rows are ranked well by chance. */
const FEWEST_RANKED = 10;
/** Fewer rows of a class than this leave folds with a handful. */
const FEW_ROWS = 50;

/** One sentence each; none where there is nothing to look at. */
export function suspicionsOf(dataset: Dataset): readonly string[] {
  return [...repeated(dataset), ...leaks(dataset), ...rare(dataset)];
}

function repeated(dataset: Dataset): readonly string[] {
  const count = countRepeated(dataset);
  if (count === 0) return [];
  const rows = count === 1 ? '1 row repeats' : `${count} rows repeat`;
  return [
    `${rows} an earlier one in every feature and the target: if they are the same case, it is counted twice, and may stand on both sides of a split`,
  ];
}

/** Rows that equal an earlier one in every cell and the label, by a 53-bit hash. O(rows log rows), 8 bytes a row. */
export function countRepeated({ x, y, rows, features }: Dataset): number {
  const words = new Uint32Array(x.buffer, x.byteOffset, x.length);
  const hashes = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let high = 0x9e3779b1 + (y[row] as number);
    let low = 0x85ebca6b;
    for (let at = row * features.length; at < (row + 1) * features.length; at++) {
      const word = words[at] as number;
      high = Math.imul(high ^ word, 0x01000193) ^ (high >>> 15);
      low = Math.imul(low ^ (word + 0x7f4a7c15), 0xc2b2ae35) ^ (low >>> 13);
    }
    hashes[row] = (high >>> 0) * 2 ** 21 + (low >>> 11);
  }
  hashes.sort();
  let count = 0;
  for (let i = 1; i < rows; i++) if (hashes[i] === hashes[i - 1]) count++;
  return count;
}

function leaks({ x, y, rows, features }: Dataset): readonly string[] {
  const step = Math.max(1, Math.floor(rows / RANKED_ROWS));
  return features.flatMap(({ name, kind }, column) => {
    if (kind !== 'numeric') return [];
    const values: number[] = [];
    const labels: number[] = [];
    for (let row = 0; row < rows; row += step) {
      const value = x[row * features.length + column] as number;
      if (Number.isNaN(value)) continue;
      values.push(value);
      labels.push(y[row] as number);
    }
    const positives = labels.reduce((sum, label) => sum + label, 0);
    if (Math.min(positives, labels.length - positives) < FEWEST_RANKED) return [];
    const auc = rocAuc(Uint8Array.from(labels), Float64Array.from(values));
    const alone = Math.max(auc, 1 - auc);
    return alone < LEAK_AUC
      ? []
      : [
          `${name}: tells the target almost alone (ROC AUC ${alone.toFixed(3)}): is it known before the outcome?`,
        ];
  });
}

function rare({ y, rows }: Dataset): readonly string[] {
  const positives = y.reduce((sum, label) => sum + label, 0);
  const fewest = Math.min(positives, rows - positives);
  return fewest >= FEW_ROWS
    ? []
    : [
        `the rarer class has ${fewest === 1 ? '1 row' : `${fewest} rows`}: figures of such a set move with every row`,
      ];
}
