// Fairness between groups of rows by a column that the model never saw: the rates of each group, and how far apart the groups are, with
// intervals. Names and definitions as in Fairlearn's metrics. Pure.
import { normalQuantile } from './normal.ts';

/** One answered row. */
export interface GroupedRow {
  /** null: not known; such a row is counted and not compared. */
  readonly group: string | null;
  /** 1 for the positive label, null where the true label is not known. */
  readonly y: 0 | 1 | null;
  /** Whether it was answered with the positive label. */
  readonly positive: boolean;
}

/** A share of rows with Wilson's interval. */
export interface Rate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Rows behind it. */
  readonly n: number;
}

export interface GroupRates {
  readonly group: string;
  readonly rows: number;
  /** Of those, rows whose true label is known. */
  readonly labelled: number;
  /** Share answered with the positive label, of all rows. Each rate is null where there are no rows behind it. */
  readonly selection_rate: Rate | null;
  /** Share of true positives among the rows whose label is positive. */
  readonly true_positive_rate: Rate | null;
  /** Share of false positives among the rows whose label is negative. */
  readonly false_positive_rate: Rate | null;
  /** Share answered as labelled. */
  readonly accuracy: Rate | null;
  /** Share of positive labels, for holding the others against. */
  readonly base_rate: Rate | null;
}

/** The two groups that are farthest apart: the rate of `highest` minus that of `lowest`. */
export interface GroupDifference {
  readonly value: number;
  /** Newcombe's interval, widened for the pairs that were compared; below 0 where it is not even sure which of the groups is higher. */
  readonly low: number;
  readonly high: number;
  readonly highest: string;
  readonly lowest: string;
}

export interface FairnessFigures {
  /** By name. */
  readonly groups: readonly GroupRates[];
  /** Rows whose group is not known. */
  readonly without_group: number;
  /** Of selection rates. Each difference is null where fewer than two groups have rows enough. */
  readonly demographic_parity_difference: GroupDifference | null;
  /** The lowest selection rate over the highest. Information only: no bound on it is a test of fairness. null where none is selected. */
  readonly demographic_parity_ratio: number | null;
  /** Of true positive rates. */
  readonly equal_opportunity_difference: GroupDifference | null;
  /** Of true or of false positive rates, whichever are farther apart. null where either cannot be compared. */
  readonly equalised_odds_difference: (GroupDifference & { readonly of: OddsRate }) | null;
  /** How the figures came about, in words. */
  readonly method: FairnessMethod;
}

export type OddsRate = 'true_positive_rate' | 'false_positive_rate';

export interface FairnessMethod {
  readonly rates: string;
  readonly differences: string;
  readonly confidence: number;
  /** Rows that must stand behind a rate before it is compared. */
  readonly least_rows: number;
}

/** Rates of fewer rows say next to nothing, and the farthest pair would mostly be one of them. */
export const LEAST_ROWS = 10;

const CONFIDENCE = 0.95;

interface Counts {
  rows: number;
  selected: number;
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

/** Costs one pass over the rows. */
export function groupRates(rows: Iterable<GroupedRow>): FairnessFigures {
  const counts = new Map<string, Counts>();
  let unknown = 0;
  for (const { group, y, positive } of rows) {
    if (group === null) {
      unknown += 1;
      continue;
    }
    const one = counts.get(group) ?? { rows: 0, selected: 0, tp: 0, fp: 0, fn: 0, tn: 0 };
    counts.set(group, one);
    one.rows += 1;
    one.selected += Number(positive);
    if (y === 1) one[positive ? 'tp' : 'fn'] += 1;
    else if (y === 0) one[positive ? 'fp' : 'tn'] += 1;
  }
  const groups = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, counted]) => ratesOf(group, counted));
  return { ...figuresOf(groups), without_group: unknown };
}

const ratesOf = (group: string, { rows, selected, tp, fp, fn, tn }: Counts): GroupRates => {
  const labelled = tp + fp + fn + tn;
  return {
    group,
    rows,
    labelled,
    selection_rate: wilson(selected, rows),
    true_positive_rate: wilson(tp, tp + fn),
    false_positive_rate: wilson(fp, fp + tn),
    accuracy: wilson(tp + tn, labelled),
    base_rate: wilson(tp + fn, labelled),
  };
};

function figuresOf(groups: readonly GroupRates[]): Omit<FairnessFigures, 'without_group'> {
  const selection = comparable(groups, 'selection_rate');
  const truePositive = comparable(groups, 'true_positive_rate');
  const falsePositive = comparable(groups, 'false_positive_rate');
  const highest = Math.max(...selection.map(({ rate }) => rate.value));
  const lowest = Math.min(...selection.map(({ rate }) => rate.value));
  return {
    groups,
    demographic_parity_difference: farthest(selection, 1),
    demographic_parity_ratio: selection.length > 1 && highest > 0 ? lowest / highest : null,
    equal_opportunity_difference: farthest(truePositive, 1),
    equalised_odds_difference: oddsDifference(
      farthest(truePositive, 2),
      farthest(falsePositive, 2),
    ),
    method: {
      rates: 'Wilson score interval',
      differences:
        'Newcombe hybrid score interval of the pair farthest apart, Bonferroni over the pairs compared',
      confidence: CONFIDENCE,
      least_rows: LEAST_ROWS,
    },
  };
}

interface Comparable {
  readonly group: string;
  readonly rate: Rate;
}

const comparable = (
  groups: readonly GroupRates[],
  of: 'selection_rate' | OddsRate,
): readonly Comparable[] =>
  groups.flatMap(({ group, [of]: rate }) =>
    rate !== null && rate.n >= LEAST_ROWS ? [{ group, rate }] : [],
  );

/** `rates`: how many kinds of rates the difference was picked from. */
function farthest(groups: readonly Comparable[], rates: number): GroupDifference | null {
  const byRate = groups.toSorted((a, b) => a.rate.value - b.rate.value);
  const [lowest, highest] = [byRate[0], byRate.at(-1)];
  if (lowest === undefined || highest === undefined || byRate.length < 2) return null;
  // The pair was picked for being farthest apart: its interval has to hold for every pair at once.
  const pairs = (byRate.length * (byRate.length - 1)) / 2;
  const confidence = 1 - (1 - CONFIDENCE) / (pairs * rates);
  return {
    ...newcombe(highest.rate, lowest.rate, confidence),
    highest: highest.group,
    lowest: lowest.group,
  };
}

function oddsDifference(
  truePositive: GroupDifference | null,
  falsePositive: GroupDifference | null,
): FairnessFigures['equalised_odds_difference'] {
  if (truePositive === null || falsePositive === null) return null;
  return falsePositive.value > truePositive.value
    ? { ...falsePositive, of: 'false_positive_rate' }
    : { ...truePositive, of: 'true_positive_rate' };
}

/** Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference": `hits` of `n`; null for no rows. */
export function wilson(hits: number, n: number, confidence = CONFIDENCE): Rate | null {
  if (n === 0) return null;
  const z = normalQuantile((1 + confidence) / 2);
  const value = hits / n;
  const centre = (value + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach =
    (z * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return {
    value,
    // Exactly at the ends, where rounding would leave 1e-17.
    low: hits === 0 ? 0 : centre - reach,
    high: hits === n ? 1 : centre + reach,
    n,
  };
}

/** Newcombe 1998, "Interval Estimation for the Difference Between Independent Proportions", method 10: of `a` minus `b`. */
function newcombe(
  a: Rate,
  b: Rate,
  confidence: number,
): Pick<GroupDifference, 'value' | 'low' | 'high'> {
  const [p, q] = [a, b].map(
    ({ value, n }) => wilson(Math.round(value * n), n, confidence) as Rate,
  ) as [Rate, Rate];
  const value = p.value - q.value;
  return {
    value,
    low: value - Math.hypot(p.value - p.low, q.high - q.value),
    high: value + Math.hypot(p.high - p.value, q.value - q.low),
  };
}
