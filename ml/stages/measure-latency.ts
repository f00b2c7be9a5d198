// How long the exported model takes for one row. Measured where a version is registered: a time is not reproducible, so no file of an earlier stage has one.
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { HoldoutFile } from '../../src/model/model-bundle.ts';
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';

/** Predictions that are timed, after as many untimed ones have warmed the session up. */
const TIMED_ROWS = 200;

/** Mean milliseconds of scoring one held-out row through ONNX Runtime. */
export async function measureLatency(
  onnx: Uint8Array,
  features: readonly FeatureSpec[],
  holdout: Pick<HoldoutFile, 'columns' | 'rows'>,
): Promise<number> {
  const rows = encodeRows(features, holdout);
  const scorer = await OnnxScorer.load(onnx, features.length);
  const scoreRows = async (): Promise<void> => {
    for (let i = 0; i < TIMED_ROWS; i++)
      await scorer.score(rows[i % rows.length] ?? new Float32Array(features.length), 1);
  };
  try {
    await scoreRows();
    const began = performance.now();
    await scoreRows();
    return (performance.now() - began) / TIMED_ROWS;
  } finally {
    await scorer.release();
  }
}

function encodeRows(
  features: readonly FeatureSpec[],
  { columns, rows }: Pick<HoldoutFile, 'columns' | 'rows'>,
): readonly Float32Array[] {
  const encoder = compileEncoder(features);
  return rows.slice(0, TIMED_ROWS).map((cells) => {
    const row = new Float32Array(encoder.width);
    encoder.encodeInto(Object.fromEntries(columns.map((name, i) => [name, cells[i]])), row, 0);
    return row;
  });
}
