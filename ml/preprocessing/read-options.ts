// `preprocessing` of params.yaml as written, and what is wrong with it: names that are no columns, options of the other kind of column,
// values out of their domain.
import { z } from 'zod';
import type { FeatureSpec, NumericFeature } from '../../src/features/feature-spec.ts';
import { check, type Expectation } from '../zod-expectation.ts';
import { missingColumn, type Preprocessing } from './options.ts';

const numericOptions = z.strictObject({
  impute: z.union([z.literal('median'), z.number()]).optional(),
  missing_indicator: z.boolean().optional(),
  transform: z.enum(['none', 'signed_log', 'rank_normal']).optional(),
  scale: z.enum(['standard', 'none']).optional(),
});
const categoricalOptions = z.strictObject({
  encode: z.enum(['one_hot', 'target']).optional(),
  smoothing: z.number().min(0).optional(),
});
const OPTIONS = { numeric: numericOptions, categorical: categoricalOptions } as const;

/** The options of one feature are checked by its kind, which only the declared features tell. */
export const preprocessingSchema = z.strictObject({
  numeric: numericOptions.optional(),
  categorical: categoricalOptions.optional(),
  features: z.record(z.string(), z.unknown()).optional(),
});

type PreprocessingFile = z.output<typeof preprocessingSchema>;
type Kind = FeatureSpec['kind'];

/** The checked form; empty problems say that it is one. Paths start at the `preprocessing` key. */
export function readPreprocessing(
  file: PreprocessingFile,
  features: readonly FeatureSpec[],
  derived: readonly string[],
): { readonly preprocessing: Preprocessing; readonly problems: readonly Expectation[] } {
  const preprocessing = file as Preprocessing;
  const problems = featureProblems(file.features ?? {}, features, derived);
  if (problems.length === 0) {
    problems.push(...smoothingProblems(preprocessing, features));
    problems.push(...imputeProblems(preprocessing, features));
    problems.push(...indicatorProblems(preprocessing, features, derived));
  }
  return {
    preprocessing,
    problems: problems.map(({ path, message }) => ({ path: ['preprocessing', ...path], message })),
  };
}

/** Each feature by itself. */
function featureProblems(
  own: Readonly<Record<string, unknown>>,
  features: readonly FeatureSpec[],
  derived: readonly string[],
): Expectation[] {
  return Object.entries(own).flatMap(([name, value]) => {
    const declared = features.find((feature) => feature.name === name);
    const kind = declared?.kind ?? (derived.includes(name) ? 'numeric' : null);
    const path = ['features', name];
    if (kind === null)
      return [{ path, message: 'expected the name of a feature or of a derived one' }];
    const checked = check(OPTIONS[kind], value);
    if (checked.ok) return [];
    return checked.problems.map((problem) => ({
      path: [...path, ...problem.path],
      message: otherKind(kind, problem) ?? problem.message,
    }));
  });
}

function otherKind(kind: Kind, { path }: Expectation): string | null {
  const other: Kind = kind === 'numeric' ? 'categorical' : 'numeric';
  const [key] = path;
  if (typeof key !== 'string' || key in OPTIONS[kind].shape || !(key in OPTIONS[other].shape))
    return null;
  const allowed = Object.keys(OPTIONS[kind].shape).join(', ');
  return `an option of ${other} features, this one is ${kind}; allowed here: ${allowed}`;
}

/** A smoothing that nothing would be smoothed by is a mistake. */
function smoothingProblems(
  { categorical = {}, features: own = {} }: Preprocessing,
  features: readonly FeatureSpec[],
): readonly Expectation[] {
  const message = 'goes with encode: target only';
  const problems: Expectation[] = [];
  const targets = features.some(
    ({ kind, name }) => kind === 'categorical' && ofFeature(own, name)?.encode === 'target',
  );
  if (categorical.smoothing !== undefined && categorical.encode !== 'target' && !targets)
    problems.push({ path: ['categorical', 'smoothing'], message });
  for (const [name, { smoothing, encode = categorical.encode }] of Object.entries(own))
    if (smoothing !== undefined && encode !== 'target')
      problems.push({ path: ['features', name, 'smoothing'], message });
  return problems;
}

/** A constant must be a value that its feature can have. */
function imputeProblems(
  { numeric = {}, features: own = {} }: Preprocessing,
  features: readonly FeatureSpec[],
): readonly Expectation[] {
  const problems: Expectation[] = [];
  const report = (path: Expectation['path'], impute: unknown, message: string | null): void => {
    if (typeof impute === 'number' && message !== null) problems.push({ path, message });
  };
  report(['numeric', 'impute'], numeric.impute, outsideFloat32(numeric.impute));
  for (const [name, { impute }] of Object.entries(own))
    report(['features', name, 'impute'], impute, outsideFloat32(impute));
  if (problems.length > 0) return problems;
  for (const feature of features) {
    if (feature.kind !== 'numeric') continue;
    const impute = ofFeature(own, feature.name)?.impute;
    const path =
      impute === undefined ? ['numeric', 'impute'] : ['features', feature.name, 'impute'];
    const value = impute ?? numeric.impute;
    report(path, value, outsideRange(feature, value));
  }
  return problems;
}

const outsideFloat32 = (value: unknown): string | null =>
  typeof value === 'number' && !Number.isFinite(Math.fround(value))
    ? 'expected a number within the range of float32'
    : null;

function outsideRange({ name, range }: NumericFeature, value: unknown): string | null {
  const { min = -Infinity, max = Infinity } = range ?? {};
  if (typeof value !== 'number' || (value >= min && value <= max)) return null;
  const ends = [
    ...(min > -Infinity ? [`at least ${min}`] : []),
    ...(max < Infinity ? [`at most ${max}`] : []),
  ];
  return `expected median or a number within the range of ${name}, ${ends.join(' and ')}; got a number outside it`;
}

/** Columns go by their names: two of one name could not be told apart. */
function indicatorProblems(
  { numeric = {}, features: own = {} }: Preprocessing,
  features: readonly FeatureSpec[],
  derived: readonly string[],
): readonly Expectation[] {
  const numbers = features.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const names = new Set([...features.map(({ name }) => name), ...derived]);
  return [...numbers, ...derived].flatMap((name) => {
    const chosen = ofFeature(own, name)?.missing_indicator;
    if (!(chosen ?? numeric.missing_indicator ?? false) || !names.has(missingColumn(name)))
      return [];
    const path = chosen === undefined ? ['numeric'] : ['features', name];
    const message = `adds a column named ${missingColumn(name)}, which is already the name of a feature`;
    return [{ path: [...path, 'missing_indicator'], message }];
  });
}

const ofFeature = <T>(own: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(own, name) ? own[name] : undefined;
