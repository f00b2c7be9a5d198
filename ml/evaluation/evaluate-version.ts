// A registered version measured on labelled rows that it may never have seen: does it still do what its report says?
import { readFile } from 'node:fs/promises';
import type { Config } from '../../src/config/load-config.ts';
import { openBundle } from '../../src/model/model-bundle.ts';
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';
import type { ModelVersion } from '../../src/model/registry/model-registry.ts';
import { openRegistry } from '../../src/model/registry/open-registry.ts';
import { loadTable } from '../data/load-table.ts';
import { confusionMatrix, evaluate, type ConfusionMatrix, type Metrics } from './metrics.ts';

export interface VersionToEvaluate {
  readonly config: Config;
  /** models:/name@alias, models:/name/3, runs:/<run id>/model. */
  readonly model: string;
  /** A CSV file with the model's features and its target. */
  readonly data: string;
  readonly delimiter: string;
  readonly missing: readonly string[];
  /** As the positive class is written in the target column; null: as in the data that the model was trained on. */
  readonly positive: string | null;
}

export interface VersionEvaluation {
  readonly version: Pick<ModelVersion, 'name' | 'version'>;
  readonly rows: number;
  readonly data_digest: string;
  readonly threshold: number;
  readonly metrics: Metrics;
  readonly confusion_matrix: ConfusionMatrix;
  /** The same metrics as its report has them, of the rows held out when it was trained. */
  readonly reported: Readonly<Record<string, number>>;
}

/** Throws DataError, MetricError for rows of one class, and what the registry and the bundle throw. */
export async function evaluateVersion(asked: VersionToEvaluate): Promise<VersionEvaluation> {
  const registry = openRegistry(asked.config.registry);
  const version = await registry.resolve(asked.model);
  const { onnxPath, features, report } = await openBundle(await registry.fetchBundle(version));
  const dataset = await loadTable({
    path: asked.data,
    delimiter: asked.delimiter,
    missing: asked.missing,
    target: {
      column: features.target,
      positive: asked.positive ?? features.positive_value ?? features.positive_label,
    },
    features: features.features,
  });
  const scorer = await OnnxScorer.load(await readFile(onnxPath), features.features.length);
  try {
    const { probability } = await scorer.score(dataset.x, dataset.rows);
    const scores = Float64Array.from(probability);
    const threshold = Math.fround(report.threshold);
    return {
      version: { name: version.name, version: version.version },
      rows: dataset.rows,
      data_digest: dataset.digest,
      threshold: report.threshold,
      metrics: evaluate(dataset.y, scores, threshold),
      confusion_matrix: confusionMatrix(dataset.y, scores, threshold),
      reported: report.metrics,
    };
  } finally {
    await scorer.release();
  }
}

export function describeEvaluation(found: VersionEvaluation): string {
  const { version, rows, threshold, metrics, reported } = found;
  const { tn, fp, fn, tp } = found.confusion_matrix;
  return [
    `${version.name}, version ${version.version}, on ${rows} rows`,
    `    ${''.padEnd(20)}${'here'.padStart(8)}${'reported'.padStart(11)}`,
    ...Object.entries(metrics).map(
      ([name, value]) =>
        `    ${name.padEnd(20)}${value.toFixed(4).padStart(8)}${(reported[name]?.toFixed(4) ?? '').padStart(11)}`,
    ),
    `    threshold ${threshold}: tn ${tn}, fp ${fp}, fn ${fn}, tp ${tp}`,
    '',
  ].join('\n');
}
