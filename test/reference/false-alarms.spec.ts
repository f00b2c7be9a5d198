// How often the default verdict on drift is wrong: 200 windows of 1,000 rows from the population of the reference, and 40 in which the most
// important feature has moved by half a deviation. Features, score and label are the columns, as GET /monitoring/drift has them.
import { categorySample } from '../../src/statistics/drift/categories.ts';
import { datasetDrift } from '../../src/statistics/drift/dataset-drift.ts';
import type { DriftColumn } from '../../src/statistics/drift/drift-of.ts';
import { numericSample } from '../../src/statistics/drift/numeric-sample.ts';
import { Random } from '../../src/statistics/random.ts';
import { SYNTH28_COLUMNS, synth28, synth28Features } from '../support/synth28.ts';
import { loadWdbc } from '../support/wdbc.ts';

// Named here: looking a global up costs a hundred times the arithmetic inside Jest's sandbox.
const { isFinite } = Number;
const { exp } = Math;

const WINDOWS = 200;
const SHIFTED = 40;
const ROWS = 1000;
const SHIFT = 0.5;
/** A reference may be unlucky: of several, each judges its share of the windows. */
const REFERENCES = 10;

/** [columns][rows] */
type Columns = readonly Float64Array[];

interface Population {
  readonly names: readonly string[];
  readonly categorical: ReadonlySet<number>;
  readonly draw: (rows: number, random: Random) => Columns;
  /** For each column how it moves a score, in deviations. */
  readonly weights: Float64Array;
  readonly scales: readonly { readonly mean: number; readonly deviation: number }[];
}

const uniform = (random: Random): number => random.next() / 2 ** 32;
/** Three uniform ones: a bell with a standard deviation of 1. */
const bell = (random: Random): number =>
  2 * (uniform(random) + uniform(random) + uniform(random) - 1.5);

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function scaleOf(column: Float64Array): { readonly mean: number; readonly deviation: number } {
  const known = column.filter(isFinite);
  const mean = meanOf(known);
  return { mean, deviation: Math.sqrt(meanOf(known.map((value) => (value - mean) ** 2))) };
}

/** The correlation of each column with the class: a score that anybody can compute, whose features weigh unlike much. */
function weightsOf(columns: Columns, y: Uint8Array): Float64Array {
  const positives = meanOf(Float64Array.from(y));
  return Float64Array.from(columns, (column) => {
    const { mean, deviation } = scaleOf(column);
    const products = column.map((value, row) =>
      isFinite(value) ? ((value - mean) / deviation) * ((y[row] as number) - positives) : 0,
    );
    return meanOf(products);
  });
}

const populationOf = (
  names: readonly string[],
  columns: Columns,
  y: Uint8Array,
  draw: Population['draw'],
  categorical: ReadonlySet<number> = new Set(),
): Population => ({
  names,
  categorical,
  draw,
  weights: weightsOf(columns, y),
  scales: columns.map(scaleOf),
});

/** Rows of the data, each number moved by a tenth of a deviation: rows do not repeat, and hang together as they do in the data. */
function wdbc(): Population {
  const { features, exact, y } = loadWdbc();
  const columns = features.map((_, k) =>
    Float64Array.from(y, (__, row) => exact.data[row * exact.columns + k] as number),
  );
  const scales = columns.map(scaleOf);
  const draw = (rows: number, random: Random): Columns => {
    const picked = Array.from({ length: rows }, () => random.nextInt(y.length));
    return columns.map((column, k) =>
      Float64Array.from(
        picked,
        (row) => (column[row] as number) + 0.1 * (scales[k]?.deviation ?? 0) * bell(random),
      ),
    );
  };
  return populationOf(
    features.map(({ name }) => name),
    columns,
    y,
    draw,
  );
}

/** A hundred thousand made-up rows: heavy tails, counts, missing numbers, and two columns cut into four and two categories. */
function synthetic(): Population {
  const cuts = new Map([
    [9, [-0.8, 0, 1.2]],
    [11, [0.5]],
  ]);
  const { x, y } = synth28({ first: 0, rows: 100_000 });
  const columns = Array.from({ length: SYNTH28_COLUMNS }, (_, k) => {
    const values = Float64Array.from(y, (__, row) => x.data[row * SYNTH28_COLUMNS + k] as number);
    const bounds = cuts.get(k);
    return bounds === undefined
      ? values
      : values.map((value) => bounds.filter((bound) => value > bound).length);
  });
  const draw = (rows: number, random: Random): Columns => {
    const picked = Array.from({ length: rows }, () => random.nextInt(y.length));
    return columns.map((column) => Float64Array.from(picked, (row) => column[row] as number));
  };
  return populationOf(
    synth28Features().map(({ name }) => name),
    columns,
    y,
    draw,
    new Set(cuts.keys()),
  );
}

const mostImportant = ({ weights, categorical }: Population): number =>
  weights.reduce(
    (best, weight, k) =>
      !categorical.has(k) && Math.abs(weight) > Math.abs(weights[best] as number) ? k : best,
    0,
  );

function scoresOf({ weights, scales }: Population, columns: Columns): Float64Array {
  const rows = columns[0]?.length ?? 0;
  return Float64Array.from({ length: rows }, (_, row) => {
    const margin = columns.reduce((sum, column, k) => {
      const { mean, deviation } = scales[k] as Population['scales'][number];
      const value = column[row] as number;
      return isFinite(value) ? sum + ((weights[k] as number) * (value - mean)) / deviation : sum;
    }, 0);
    return 1 / (1 + exp(-margin));
  });
}

type Samples = readonly (
  | { readonly kind: 'numeric'; readonly sample: ReturnType<typeof numericSample> }
  | { readonly kind: 'categorical'; readonly sample: ReturnType<typeof categorySample> }
)[];

function samplesOf(population: Population, columns: Columns): Samples {
  const scores = scoresOf(population, columns);
  const features = columns.map((column, k) =>
    population.categorical.has(k) ? categories(column) : numbers(column),
  );
  return [...features, numbers(scores), categories(scores.map((score) => Number(score >= 0.5)))];
}

const numbers = (column: Float64Array): Samples[number] => ({
  kind: 'numeric',
  sample: numericSample(column),
});
const categories = (column: Float64Array): Samples[number] => ({
  kind: 'categorical',
  sample: categorySample(Array.from(column, String)),
});

function pairOf(name: string, reference: Samples[number], current: Samples[number]): DriftColumn {
  if (reference.kind === 'numeric' && current.kind === 'numeric')
    return { name, kind: 'numeric', reference: reference.sample, current: current.sample };
  if (reference.kind === 'categorical' && current.kind === 'categorical')
    return { name, kind: 'categorical', reference: reference.sample, current: current.sample };
  throw new Error('expected columns of one kind');
}

function flaggedOf(population: Population, referenceRows: number, windows: number, shift: number) {
  const { names, weights, scales } = population;
  const all = [...names, 'prediction_score', 'prediction_label'];
  const importance = new Map(names.map((name, k) => [name, Math.abs(weights[k] as number)]));
  const moved = mostImportant(population);
  const step = shift * (scales[moved]?.deviation ?? 0);
  let flagged = 0;
  let reference: Samples = [];
  for (let window = 0; window < windows; window += 1) {
    const random = Random.of(17, referenceRows, window);
    if (window % (windows / REFERENCES) === 0)
      reference = samplesOf(population, population.draw(referenceRows, random.stream(1)));
    const columns = population
      .draw(ROWS, random)
      .map((column, k) => (k === moved ? column.map((value) => value + step) : column));
    const current = samplesOf(population, columns);
    const drift = datasetDrift(
      all.map((name, k) =>
        pairOf(name, reference[k] as Samples[number], current[k] as Samples[number]),
      ),
      'evidently-0.7',
      { importance },
    );
    expect(drift.verdict).not.toBe('insufficient_data');
    flagged += Number(drift.verdict === 'drift');
  }
  return flagged;
}

describe.each([
  ['the breast cancer data', wdbc, 455],
  ['28 made-up columns with missing numbers and categories', synthetic, 2000],
])('the default verdict on %s, 1,000 rows a window', (_, make, referenceRows) => {
  const population = make();

  it(`flags at most 2 % of ${WINDOWS} windows where nothing moved, with ${referenceRows} rows of reference`, () => {
    expect(flaggedOf(population, referenceRows, WINDOWS, 0)).toBeLessThanOrEqual(0.02 * WINDOWS);
  });

  it(`flags at least 95 % of ${SHIFTED} windows where the most important feature moved by half a deviation`, () => {
    expect(flaggedOf(population, referenceRows, SHIFTED, SHIFT)).toBeGreaterThanOrEqual(
      0.95 * SHIFTED,
    );
  });
});
