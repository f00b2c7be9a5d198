// The reference figures for wdbc (scikit-learn 1.9.1) and the folds that they were measured on.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Fit {
  /** fold0 ... fold4: trained on the other four; all: on every row. */
  readonly fit_on: string;
  readonly objective: number;
  readonly intercept: number;
  readonly coef: readonly number[];
  readonly auc?: number;
  readonly logloss?: number;
  readonly first5_p?: readonly number[];
}

interface Result {
  readonly mean_auc: number;
  readonly mean_logloss: number;
  readonly mean_brier: number;
}

interface GoldenWdbc {
  readonly folds: { readonly sha256: string };
  readonly lr: readonly Fit[];
  readonly results: Readonly<Record<string, Result>>;
}

export const loadGolden = (): GoldenWdbc =>
  JSON.parse(readFileSync(join(__dirname, 'golden/wdbc-training.json'), 'utf8')) as GoldenWdbc;

const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

/**
 * The fold of each row: the rows of a class in the order of the SHA-256 of the row number's decimal text are dealt to five folds in turn.
 */
export function goldenFolds(y: Uint8Array): Uint8Array {
  const fold = new Uint8Array(y.length);
  for (const label of [0, 1]) {
    [...y.keys()]
      .filter((row) => y[row] === label)
      .map((row) => ({ row, hash: sha256(String(row)) }))
      .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
      .forEach(({ row }, position) => {
        fold[row] = position % 5;
      });
  }
  return fold;
}

export const digestOf = (fold: Uint8Array): string => sha256(fold);
