// params.yaml -> checked, frozen params: the only reader of that file. Every problem names its key path, line and column.
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { deepFreeze } from '../src/common/deep-freeze.ts';
import type { FeatureSpec } from '../src/features/feature-spec.ts';
import type { GatePolicy } from '../src/model/model-bundle.ts';
import type { SplitBy } from './data/row-keys.ts';
import { rangeSchema } from './candidate-draws.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import { METRIC_NAMES, SCORES, type ScoreName } from './evaluation/metrics.ts';
import {
  explanationSchema,
  readExplanation,
  reasonSchema,
  type ExplanationParams,
} from './explanation/read-options.ts';
import type { CardTexts } from '../src/model/report-details.ts';
import { thresholdSchema, type ThresholdRule } from './evaluation/threshold-rule.ts';
import { LocatedYaml, ParamsError, type KeyPath } from './located-yaml.ts';
import { ExpressionError } from './preprocessing/expression-error.ts';
import { deriveFeature, type DerivedFeature } from './preprocessing/derived.ts';
import type { Preprocessing } from './preprocessing/options.ts';
import { preprocessingSchema, readPreprocessing } from './preprocessing/read-options.ts';
import { Random } from '../src/statistics/random.ts';
import { STREAMS } from './search/streams.ts';
import { check, type Expectation } from './zod-expectation.ts';

const text = z.string().min(1);
/** A cell of the target column as it is written in the data; YAML may have read it as a number or a boolean. */
const cell = z.union([text, z.number(), z.boolean()]).transform(String);
/** Of one entry: more is a slip of the finger. */
const MOST_DRAWS = 10_000;
const delimiters = [',', ';', '\t', '|'] as const;

const featureBase = {
  name: text,
  nullable: z.boolean(),
  label: text.optional(),
  group: text.optional(),
  description: text.optional(),
  reason: reasonSchema.optional(),
};
const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...featureBase,
    kind: z.literal('numeric'),
    unit: text.optional(),
    range: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  }),
  z.strictObject({
    ...featureBase,
    kind: z.literal('categorical'),
    categories: z.array(text).min(2),
  }),
]);

const amount = z.number().min(0);
const thresholds = Object.fromEntries(METRIC_NAMES.map((name) => [name, amount.optional()]));
const gateSchema = z.strictObject({
  thresholds: z.strictObject(thresholds).optional(),
  tolerance: z.strictObject({ roc_auc: amount.optional(), log_loss: amount.optional() }).optional(),
  latency_budget_ms: z.number().gt(0).optional(),
});
/** Where the file says nothing. */
const GATE: GatePolicy = {
  thresholds: {},
  tolerance: { roc_auc: 0.01, log_loss: 0.02 },
  latency_budget_ms: 5,
};

const cardSchema = z.strictObject({
  intended_use: text.exactOptional(),
  out_of_scope: text.exactOptional(),
  data: text.exactOptional(),
  limits: text.exactOptional(),
  contact: text.exactOptional(),
});

const paramsSchema = z.strictObject({
  data: z.strictObject({
    path: text,
    delimiter: z.enum(delimiters).optional(),
    missing: z.array(text).optional(),
  }),
  target: z.strictObject({
    column: text,
    positive: cell,
    labels: z.strictObject({ positive: text, negative: text }),
  }),
  weights: z.strictObject({ column: text }).nullish(),
  protected: z.array(text).optional(),
  validation: z
    .strictObject({
      mostly: z.number().gt(0).max(1).optional(),
      unique: z.array(text).min(1).optional(),
    })
    .optional(),
  features: z.array(featureSchema).min(1),
  derived: z.record(text, text).optional(),
  preprocessing: preprocessingSchema.optional(),
  split: z.strictObject({
    test_share: z.number().gt(0).lt(1),
    group: text.optional(),
    time: text.optional(),
  }),
  candidates: z
    .array(
      z.strictObject({
        learner: text,
        grid: z.record(text, z.json()).optional(),
        draws: z.int().min(1).max(MOST_DRAWS).optional(),
        ranges: z.record(text, rangeSchema).optional(),
      }),
    )
    .min(1),
  selection: z.strictObject({
    folds: z.int().min(2).max(100),
    metric: z.enum(Object.keys(SCORES) as [ScoreName, ...ScoreName[]]),
    method: z.enum(['all', 'halving']).optional(),
    on_failure: z.enum(['stop', 'continue']).optional(),
    nested: z.int().min(2).max(20).optional(),
  }),
  threshold: z.number().gt(0).lt(1),
  calibration: z.enum(['auto', 'none']).optional(),
  explanation: explanationSchema.optional(),
  gate: gateSchema.optional(),
  card: cardSchema.optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});
/** A threshold that a rule chooses is a mapping; a schema of its own says which keys it may have. */
const ruledSchema = paramsSchema.extend({ threshold: thresholdSchema });
type ParamsFile = z.output<typeof paramsSchema> | z.output<typeof ruledSchema>;

/** Checked params: only readParams makes them. */
export interface Params {
  /** The file they were read from, as it was named. */
  readonly file: string;
  readonly data: {
    readonly path: string;
    readonly delimiter: string;
    /** Texts that stand for a missing value, beside an empty field. */
    readonly missing: readonly string[];
  };
  readonly target: {
    readonly column: string;
    readonly positive: string;
    readonly labels: { readonly positive: string; readonly negative: string };
  };
  /** The column of sample weights: how much a row counts in every fit; metrics count every row once. null: all count alike. */
  readonly weights: { readonly column: string } | null;
  /** Columns that no model sees and every model is measured by: groups of people, say. */
  readonly protected: readonly string[];
  readonly features: readonly FeatureSpec[];
  readonly derived: readonly DerivedFeature[];
  /** Options between raw columns and learner, by column. */
  readonly preprocessing: Preprocessing;
  readonly validation: {
    /** The share of rows that must be good in each column; others are left out of everything. */
    readonly mostly: number;
    /** Columns that together name a row. */
    readonly unique: readonly string[];
  };
  readonly split: {
    /** The held-out share. */
    readonly testShare: number;
    /** What keeps rows on one side of a split, here and in the folds; null: rows are taken by class. */
    readonly by: SplitBy | null;
  };
  /** Every combination of every grid, in the order of the file. */
  readonly candidates: readonly Candidate[];
  readonly selection: {
    readonly folds: number;
    readonly metric: ScoreName;
    /** Every candidate on all rows, or successive halving. */
    readonly method: 'all' | 'halving';
    /** What a candidate does that cannot be fitted. */
    readonly onFailure: 'stop' | 'continue';
    /** Outer folds of the estimate of what choosing among the candidates reaches; null: it is not made. */
    readonly nested: number | null;
  };
  readonly threshold: ThresholdRule;
  /** auto: a curve over the scores is kept where it lowers the log loss of the folds. */
  readonly calibration: 'auto' | 'none';
  /** What answers are explained by, and in which words. */
  readonly explanation: ExplanationParams;
  /** What `npm run promote` asks of the model before it becomes champion. */
  readonly gate: GatePolicy;
  /** What the model card says that no measurement tells. */
  readonly card: CardTexts;
  readonly seed: number;
}

/** Reads and checks a params file. `data.path` is relative to the file's folder. Throws ParamsError with every problem. */
export function readParams(file: string): Params {
  const yaml = LocatedYaml.parse(file, readText(file));
  const value = yaml.toValue();
  const shape = isRuled(value) ? check(ruledSchema, value) : check(paramsSchema, value);
  if (!shape.ok) return yaml.fail(shape.problems);
  const derived = derivedOf(shape.value);
  const { candidates, problems } = candidatesOf(
    shape.value.candidates,
    Random.of(shape.value.seed, STREAMS.draws),
  );
  const { preprocessing, problems: unfit } = preprocessingOf(shape.value);
  const found = [...featureProblems(shape.value), ...derived.problems, ...unfit, ...problems];
  if (found.length > 0) return yaml.fail(found);
  return deepFreeze(toParams(file, shape.value, derived.derived, preprocessing, candidates));
}

/** Whether the threshold is left to a rule. */
const isRuled = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'threshold' in value &&
  typeof value.threshold === 'object' &&
  value.threshold !== null;

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing ? 'there is no such file' : 'the file cannot be read';
    throw new ParamsError(file, [{ path: '', line: 1, column: 1, message }], { cause });
  }
}

/** What no schema of one key can see: names against each other, ends of a range against each other. */
function featureProblems({
  features,
  target,
  weights,
  split,
  derived = {},
  protected: hidden = [],
}: ParamsFile): readonly Expectation[] {
  const problems: Expectation[] = [];
  const report = (path: KeyPath, message: string): void => void problems.push({ path, message });
  features.forEach((feature, i) => {
    const first = features.findIndex(({ name }) => name === feature.name);
    if (first < i) report(['features', i, 'name'], `already the name of features[${first}]`);
    if (feature.name === target.column)
      report(['features', i, 'name'], 'the target cannot be a feature');
    if (feature.name === weights?.column)
      report(['features', i, 'name'], 'the column of weights cannot be a feature');
    if (feature.kind === 'categorical') {
      if (new Set(feature.categories).size < feature.categories.length) {
        report(['features', i, 'categories'], 'a category appears twice');
      }
      return;
    }
    const { min = -Infinity, max = Infinity } = feature.range ?? {};
    if (min > max) report(['features', i, 'range'], 'expected min to be at most max');
  });
  for (const name of Object.keys(derived)) {
    if (features.some((feature) => feature.name === name)) {
      report(['derived', name], 'already the name of a feature');
    }
  }
  hidden.forEach((column, i) => {
    if (hidden.indexOf(column) < i) report(['protected', i], 'this column is named twice');
    if (features.some(({ name }) => name === column))
      report(['protected', i], 'a feature is seen by the model, so it cannot be protected');
    if (column === target.column) report(['protected', i], 'the target cannot be protected');
  });
  if (weights?.column === target.column)
    report(['weights', 'column'], 'the target cannot be the column of weights');
  if (split.group !== undefined && split.time !== undefined)
    report(['split', 'time'], 'expected either group or time, got both');
  for (const key of ['group', 'time'] as const)
    if (split[key] === target.column) report(['split', key], 'rows cannot be split by the target');
  if (target.labels.positive === target.labels.negative) {
    report(['target', 'labels'], 'expected two different labels');
  }
  return problems;
}

interface Derived {
  readonly derived: readonly DerivedFeature[];
  readonly problems: readonly Expectation[];
}

function derivedOf({ features, derived = {} }: ParamsFile): Derived {
  const problems: Expectation[] = [];
  const read = Object.entries(derived).flatMap(([name, source]) => {
    try {
      return [deriveFeature(name, source, features as readonly FeatureSpec[])];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.push({ path: ['derived', name], message: error.message });
      return [];
    }
  });
  return { derived: read, problems };
}

const preprocessingOf = ({ features, derived = {}, preprocessing = {} }: ParamsFile) =>
  readPreprocessing(preprocessing, features as readonly FeatureSpec[], Object.keys(derived));

function toParams(
  file: string,
  shape: ParamsFile,
  derived: readonly DerivedFeature[],
  preprocessing: Preprocessing,
  candidates: readonly Candidate[],
): Params {
  const { data, target, features, split, selection, threshold, seed } = shape;
  const { calibration = 'auto', validation = {} } = shape;
  const path = isAbsolute(data.path) ? data.path : join(dirname(file), data.path);
  return {
    file,
    data: { path, delimiter: data.delimiter ?? ',', missing: data.missing ?? [] },
    target,
    weights: shape.weights ?? null,
    protected: shape.protected ?? [],
    features: features.map(withoutReason),
    derived,
    preprocessing,
    validation: { mostly: validation.mostly ?? 1, unique: validation.unique ?? [] },
    split: { testShare: split.test_share, by: splitBy(split) },
    candidates,
    selection: {
      folds: selection.folds,
      metric: selection.metric,
      method: selection.method ?? 'all',
      onFailure: selection.on_failure ?? 'stop',
      nested: selection.nested ?? null,
    },
    threshold: typeof threshold === 'number' ? { rule: 'fixed', value: threshold } : threshold,
    calibration,
    explanation: readExplanation(shape.explanation, features, target.labels),
    gate: gateOf(shape.gate),
    card: shape.card ?? {},
    seed,
  };
}

/** Of reasons the model's contract knows nothing: they are words for its answers. */
function withoutReason(feature: ParamsFile['features'][number]): FeatureSpec {
  const spec = { ...feature };
  delete spec.reason;
  return spec as FeatureSpec;
}

function splitBy({ group, time }: ParamsFile['split']): SplitBy | null {
  if (group !== undefined) return { kind: 'group', column: group };
  return time === undefined ? null : { kind: 'time', column: time };
}

function gateOf({
  thresholds = {},
  tolerance = {},
  ...rest
}: NonNullable<ParamsFile['gate']> = {}): GatePolicy {
  const { roc_auc = GATE.tolerance.roc_auc, log_loss = GATE.tolerance.log_loss } = tolerance;
  return {
    thresholds: thresholds as GatePolicy['thresholds'],
    tolerance: { roc_auc, log_loss },
    latency_budget_ms: rest.latency_budget_ms ?? GATE.latency_budget_ms,
  };
}
