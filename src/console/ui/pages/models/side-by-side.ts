// Figures of several models side by side: which is best, and what differs.
export type Figures = Readonly<Record<string, number>>;
export type Params = Readonly<Record<string, string | number | boolean>>;

export interface MetricRow {
  readonly name: string;
  /** One for each model; null where it was not measured. */
  readonly values: readonly (number | null)[];
  /** Which of them are best; none where all are alike, one alone was measured, or nobody says which way is better. */
  readonly best: readonly number[];
}

export interface ParamRow {
  readonly name: string;
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

const MORE_IS_BETTER =
  /^(accuracy|balanced_accuracy|precision|recall|f1|roc_auc|average_precision)/;
const LESS_IS_BETTER = /(log_loss|brier|_latency_ms|calibration_error)/;

/** 1: more is better; -1: less is; 0: not known. A standard deviation is neither. */
export function directionOf(metric: string): 1 | -1 | 0 {
  if (metric.endsWith('_sd')) return 0;
  if (LESS_IS_BETTER.test(metric)) return -1;
  return MORE_IS_BETTER.test(metric) ? 1 : 0;
}

/** Without what was measured fold by fold: of that a run tells the last fold, and the mean beside it. */
export const withoutFolds = (metrics: Figures): Figures =>
  Object.fromEntries(Object.entries(metrics).filter(([name]) => !(`${name}_mean` in metrics)));

/** In the order in which the models name them. */
const namesOf = (records: readonly Readonly<Record<string, unknown>>[]): readonly string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
];

export const metricRows = (models: readonly Figures[]): readonly MetricRow[] =>
  namesOf(models).map((name) => {
    const values = models.map((metrics) => metrics[name] ?? null);
    return { name, values, best: bestOf(name, values) };
  });

function bestOf(name: string, values: readonly (number | null)[]): readonly number[] {
  const direction = directionOf(name);
  const known = values.filter((value) => value !== null);
  const [first] = known;
  if (direction === 0 || known.length < 2 || known.every((value) => value === first)) return [];
  const best = direction * Math.max(...known.map((value) => direction * value));
  return values.flatMap((value, i) => (value === best ? [i] : []));
}

/** What differs comes first. */
export function paramRows(models: readonly Params[]): readonly ParamRow[] {
  const rows = namesOf(models).map((name) => {
    const values = models.map((params) => (params[name] === undefined ? null : `${params[name]}`));
    return { name, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}
