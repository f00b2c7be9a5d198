// Counterfactuals of real ONNX models against all changes of their grids, tried one by one.
import {
  exclusiveOr,
  linear,
  product,
  whatIfModel,
  type WhatIfModel,
  type WhatIfModelOptions,
} from '../../../test/support/what-if-model.ts';
import type { ModelFeature, RawRow, RawValue } from '../../features/feature-spec.ts';
import { Random } from '../../statistics/random.ts';
import { encodeRow, scoreRow } from '../score-row.ts';
import { counterfactual } from './counterfactual.ts';
import { Turns } from './turns.ts';
import type { WhatIfResponse } from './what-if.dto.ts';
import type { Direction } from './what-if-request.ts';

const numeric = (
  name: string,
  min: number,
  max: number,
  range: { readonly min?: number; readonly max?: number } = {},
): ModelFeature => ({
  kind: 'numeric',
  name,
  nullable: true,
  range,
  training: { min, max, median: (min + max) / 2 },
});

const colour: ModelFeature = {
  kind: 'categorical',
  name: 'colour',
  nullable: true,
  categories: ['red', 'green', 'blue'],
  training: { mode: 'red' },
};

/** Width in tenths from 0 to 10, whole years from 18 to 80, a colour. */
const FEATURES = [numeric('width', 0, 10), numeric('years', 18, 80), colour];
const ROWS = Array.from({ length: 630 }, (_, i): RawRow => ({
  width: (i % 101) / 10,
  years: 18 + (i % 63),
  colour: ['red', 'green', 'blue'][i % 3] ?? null,
}));

const open: WhatIfModel[] = [];
afterEach(async () => {
  for (const { model } of open.splice(0)) await model.scorer.release();
});

async function modelOf(
  options: Partial<WhatIfModelOptions> & Pick<WhatIfModelOptions, 'logOdds'>,
): Promise<WhatIfModel> {
  const made = await whatIfModel({ features: FEATURES, rows: ROWS, ...options });
  open.push(made);
  return made;
}

const never = new AbortController().signal;

function ask(
  { model, reference }: WhatIfModel,
  features: RawRow,
  mutable: Readonly<Record<string, Direction>> | null = null,
  signal = never,
): Promise<WhatIfResponse> {
  const { cells, issues } = encodeRow(model, features);
  expect(issues).toEqual([]);
  const all = model.bundle.features.features.map(({ name }) => [name, 'any'] as const);
  const directions = new Map<string, Direction>(mutable === null ? all : Object.entries(mutable));
  return counterfactual(model, reference, { features, cells, directions }, new Turns(), signal);
}

const changed = (row: RawRow, { change }: WhatIfResponse): RawRow => ({
  ...row,
  ...Object.fromEntries((change?.features ?? []).map(({ feature, to }) => [feature, to])),
});

const labelOf = async ({ model }: WhatIfModel, row: RawRow): Promise<string> =>
  (await scoreRow(model, encodeRow(model, row))).label;

const moved = ({ change }: WhatIfResponse): readonly string[] =>
  (change?.features ?? []).map(({ feature }) => feature);

function quantilesOf({ reference }: WhatIfModel, name: string): readonly number[] {
  const found = reference.features.find((each) => each.name === name);
  return found?.kind === 'numeric' ? found.quantiles : [];
}

function scaleOf(made: WhatIfModel, name: string): number {
  const quantiles = quantilesOf(made, name);
  return (quantiles[95] ?? 0) - (quantiles[5] ?? 0);
}

interface Smallest {
  readonly count: number;
  readonly distance: number;
}

/** Every combination of the quantiles and categories, each scored: the slow, obvious way. */
async function bruteForce(
  made: WhatIfModel,
  row: RawRow,
  names: readonly string[],
): Promise<Smallest | null> {
  const before = await labelOf(made, row);
  const { features } = made.model.bundle.features;
  let changes: { readonly row: RawRow; readonly count: number; readonly distance: number }[] = [
    { row, count: 0, distance: 0 },
  ];
  for (const name of names) {
    const feature = features.find((each) => each.name === name);
    const from = row[name] ?? null;
    const isWhole = ROWS.every((each) => Number.isInteger(each[name]));
    const values: readonly RawValue[] =
      feature?.kind === 'categorical'
        ? feature.categories
        : quantilesOf(made, name).map((value) => (isWhole ? Math.round(value) : value));
    const scale = scaleOf(made, name);
    const others = [...new Set(values)].filter((value) => value !== from);
    changes = changes.flatMap((change) => [
      change,
      ...others.map((value) => ({
        row: { ...change.row, [name]: value },
        count: change.count + 1,
        distance:
          change.distance +
          (typeof value === 'number' && typeof from === 'number'
            ? Math.abs(value - from) / scale
            : 1),
      })),
    ]);
  }
  const { encoder, scorer } = made.model;
  const cells = new Float32Array(changes.length * encoder.width);
  changes.forEach((change, i) => encoder.encodeInto(change.row, cells, i * encoder.width));
  const { label } = await scorer.score(cells, changes.length);
  const isPositive = before === 'yes';
  return changes
    .filter((_, i) => (label[i] === 1) !== isPositive)
    .reduce<Smallest | null>(
      (best, { count, distance }) =>
        best === null || count < best.count || (count === best.count && distance < best.distance)
          ? { count, distance }
          : best,
      null,
    );
}

describe('counterfactual', () => {
  const row = { width: 2, years: 30, colour: 'red' };

  it('answers the one number that crosses with the least of its range, up to a step of float32', async () => {
    const made = await modelOf({ logOdds: linear([1, 0.01, 0], -7) });
    const answer = await ask(made, row);
    expect(answer).toMatchObject({ label: 'no', target_label: 'yes', threshold: 0.5 });
    expect(answer.change).toEqual({
      features: [{ feature: 'width', from: 2, to: expect.closeTo(6.7, 5) as number }],
      label: 'yes',
      probability: expect.closeTo(0.5, 5) as number,
      distance: expect.closeTo(4.7 / scaleOf(made, 'width'), 5) as number,
    });
    expect(answer.search).toMatchObject({ method: 'grid', exhaustive: true });
    const to = Number(answer.change?.features[0]?.to);
    expect(await labelOf(made, { ...row, width: to })).toBe('yes');
    expect(await labelOf(made, { ...row, width: to - 1e-6 })).toBe('no');
  });

  it('leads out of the positive label as it leads into it', async () => {
    const answer = await ask(await modelOf({ logOdds: linear([1, 0.01, 0], -7) }), {
      ...row,
      width: 9,
    });
    expect(answer).toMatchObject({ label: 'yes', target_label: 'no' });
    expect(answer.change?.label).toBe('no');
    expect(Number(answer.change?.features[0]?.to)).toBeCloseTo(6.7, 5);
  });

  it('goes by the threshold of the model', async () => {
    const logOdds = linear([1, 0, 0], -7);
    const answer = await ask(await modelOf({ logOdds, threshold: 0.9 }), row);
    expect(Number(answer.change?.features[0]?.to)).toBeCloseTo(7 + Math.log(9), 5);
  });

  it('keeps whole numbers whole', async () => {
    const answer = await ask(await modelOf({ logOdds: linear([0, 1, 0], -44.3) }), row);
    expect(answer.change?.features).toEqual([{ feature: 'years', from: 30, to: 45 }]);
  });

  it('changes a category for 1', async () => {
    const answer = await ask(await modelOf({ logOdds: linear([0, 0, 2], -3) }), row);
    expect(answer.change).toMatchObject({
      features: [{ feature: 'colour', from: 'red', to: 'blue' }],
      distance: 1,
    });
  });

  it('fills in a value that is missing with a usual one, and never takes one away', async () => {
    const made = await modelOf({ logOdds: linear([1, 0, 0], -4) });
    const answer = await ask(made, { ...row, width: null });
    expect(answer.change).toMatchObject({
      features: [{ feature: 'width', from: null }],
      distance: 1,
    });
    expect(Number(answer.change?.features[0]?.to)).toBeCloseTo(5, 0);
    const directed = await ask(made, { ...row, width: null }, { width: 'increase' });
    expect(directed.change).toBeNull();
  });

  it('stays within what training saw and within the declared domain', async () => {
    const features = [numeric('width', 0, 10, { max: 8.2 }), numeric('years', 18, 80), colour];
    const made = await modelOf({ features, logOdds: linear([1, 0, 0], -8.25) });
    const none = await ask(made, row, { width: 'any' });
    expect(none.change).toBeNull();
    const values = new Set(quantilesOf(made, 'width').filter((value) => value <= 8.2));
    expect(none.search.candidates).toBe(values.size - 1);
    const within = await modelOf({ features, logOdds: linear([1, 0, 0], -8.15) });
    expect(Number((await ask(within, row)).change?.features[0]?.to)).toBeCloseTo(8.15, 5);
    const beyond = await modelOf({ logOdds: linear([1, 0, 0], -10.5) });
    expect((await ask(beyond, row)).change).toBeNull();
  });

  it('brings a value from outside what training saw to its end where that is enough', async () => {
    const made = await modelOf({ logOdds: linear([1, 0, 0], -15) });
    const answer = await ask(made, { ...row, width: 20 });
    expect(answer.change?.features).toEqual([{ feature: 'width', from: 20, to: 10 }]);
  });

  it('changes only what may change, and only in the direction allowed', async () => {
    const made = await modelOf({ logOdds: linear([1, 0.1, 0], -10.5) });
    expect(moved(await ask(made, row))).toEqual(['width']);
    expect(moved(await ask(made, row, { years: 'any', colour: 'any' }))).toEqual([]);
    expect((await ask(made, row, { width: 'decrease' })).change).toBeNull();
    expect((await ask(made, row, { width: 'increase' })).change).not.toBeNull();
    const both = await ask(made, { ...row, width: 1 }, { width: 'any', years: 'decrease' });
    expect(moved(both)).toEqual(['width']);
  });

  it('does not try against a monotone constraint what it keeps from helping', async () => {
    const against = linear([-1, 0, 0], 1);
    const free = await modelOf({ logOdds: against });
    expect(moved(await ask(free, row))).toEqual(['width']);
    // A model that does not keep its own constraint: what is not tried is not found.
    const params = { monotone_constraints: '{"width":1,"colour":-1}' };
    const bound = await modelOf({ logOdds: against, params });
    const answer = await ask(bound, row);
    expect(answer.change).toBeNull();
    const below = new Set(quantilesOf(bound, 'width').filter((value) => value < 2));
    const all = (await ask(free, row)).search.candidates;
    expect(answer.search.candidates).toBe(all - below.size);
    const other = await modelOf({
      logOdds: against,
      params: { monotone_constraints: '{"width":-1}' },
    });
    expect(moved(await ask(other, row))).toEqual(['width']);
    const recordedAsNone = await modelOf({
      logOdds: against,
      params: { monotone_constraints: 'none' },
    });
    expect(moved(await ask(recordedAsNone, row))).toEqual(['width']);
  });

  it('finds two features that matter only together', async () => {
    const made = await modelOf({ logOdds: product(0.01, 700) });
    const answer = await ask(made, { ...row, width: 1 }, { width: 'any', years: 'any' });
    expect(moved(answer)).toEqual(['width', 'years']);
    expect(answer.search).toMatchObject({ method: 'grid', exhaustive: true });
    expect(await labelOf(made, changed({ ...row, width: 1 }, answer))).toBe('yes');
  });

  it('says "none" and that it tried everything where no value of any feature crosses', async () => {
    const made = await modelOf({ logOdds: linear([1, 0.1, 1], -40) });
    const answer = await ask(made, row, { width: 'any', colour: 'any' });
    expect(answer).toMatchObject({
      change: null,
      search: { method: 'grid', exhaustive: true, candidates: 102, scored: 102 + 200 },
    });
  });

  it('ends when nobody waits for the answer', async () => {
    const made = await modelOf({ logOdds: linear([1, 0.1, 1], -400) });
    const caller = new AbortController();
    const answer = ask(made, row, null, caller.signal);
    setTimeout(() => {
      caller.abort(new Error('left'));
    }, 5);
    await expect(answer).rejects.toThrow('left');
  });

  it('is no further than any change of the grid, whatever the model', async () => {
    const random = Random.of(7);
    const between = (low: number, high: number): number =>
      low + ((high - low) * random.nextInt(1000)) / 1000;
    const row = (): RawRow => ({
      width: random.nextInt(101) / 10,
      years: 18 + random.nextInt(63),
      colour: ['red', 'green', 'blue'][random.nextInt(3)] ?? null,
    });
    let none = 0;
    let several = 0;
    for (let round = 0; round < 24; round += 1) {
      const logOdds =
        round % 3 === 0
          ? linear([between(-1, 1), between(-0.1, 0.1), between(-1, 1)], between(-5, 5))
          : round % 3 === 1
            ? exclusiveOr(between(0, 10), between(18, 80))
            : product(between(-1, 1), between(0, 800));
      const made = await modelOf({ logOdds });
      const asked = row();
      const names = round % 2 === 0 ? ['width', 'years', 'colour'] : ['width', 'years'];
      const expected = await bruteForce(made, asked, names);
      const answer = await ask(made, asked, Object.fromEntries(names.map((name) => [name, 'any'])));
      expect(answer.change === null).toBe(expected === null);
      expect(answer.search.exhaustive).toBe(true);
      if (answer.change === null || expected === null) none += 1;
      else {
        expect(answer.change.features).toHaveLength(expected.count);
        expect(answer.change.distance).toBeLessThanOrEqual(expected.distance + 1e-6);
        expect(await labelOf(made, changed(asked, answer))).toBe(answer.target_label);
        if (expected.count > 1) several += 1;
      }
    }
    expect(none).toBeGreaterThan(0);
    expect(several).toBeGreaterThan(0);
  });
});

describe('counterfactual of many features', () => {
  const names = Array.from({ length: 30 }, (_, i) => `f${i}`);
  const features = names.map((name) => numeric(name, 0, 1));
  const rows = Array.from({ length: 400 }, (_, i): RawRow =>
    Object.fromEntries(names.map((name, j) => [name, ((i * (7 + 2 * j)) % 401) / 400])),
  );
  /** Of the largest effect first: 30, 29, ... 1. */
  const weights = names.map((_, i) => names.length - i);
  const zero = Object.fromEntries(names.map((name) => [name, 0]));

  it('finds the fewest features of a sum where they are too many to try, also where the model is certain', async () => {
    // The largest seven make 189; without one of them no seven make 185. Float32 is certain: sigmoid(-185) = 0 whatever one feature does.
    const made = await modelOf({ features, rows, logOdds: linear(weights, -185) });
    const answer = await ask(made, zero);
    expect(moved(answer)).toEqual(names.slice(0, 7));
    expect(answer.search).toMatchObject({ method: 'beam', exhaustive: false });
    expect(answer.search.scored).toBeLessThan(220_000);
    expect(await labelOf(made, changed(zero, answer))).toBe('yes');
  });

  it('says that it did not try everything where it finds nothing', async () => {
    const made = await modelOf({ features, rows, logOdds: linear(weights, -1000) });
    const answer = await ask(made, zero);
    expect(answer.change).toBeNull();
    expect(answer.search.exhaustive).toBe(false);
    expect(answer.search.scored).toBeLessThanOrEqual(200_000);
  });

  it('finds the cheapest pair of a grid of millions', async () => {
    const made = await modelOf({ features, rows, logOdds: linear(weights, -35) });
    const answer = await ask(made, zero);
    expect(answer.change?.features).toHaveLength(2);
    // 30 a + 29 b = 35 with a <= 1: the cheaper first, to its end.
    const cost = (1 + 5 / 29) / scaleOf(made, 'f0');
    expect(answer.change?.distance).toBeLessThan(cost + 0.01);
    expect(answer.search).toMatchObject({ method: 'grid' });
  });

  it('finds the cheapest pair where neither goes to its end', async () => {
    const made = await modelOf({ features, rows, logOdds: product(20, 0.3) });
    const mutable = Object.fromEntries(names.slice(0, 6).map((name) => [name, 'any' as const]));
    const answer = await ask(made, { ...zero, f0: 0.01, f1: 0.01 }, mutable);
    const values = quantilesOf(made, 'f0').map(Math.fround);
    const sums = values.flatMap((a) =>
      quantilesOf(made, 'f1').flatMap((b) => (a * b >= 0.3 ? [a + b - 0.02] : [])),
    );
    expect(moved(answer)).toEqual(['f0', 'f1']);
    expect(answer.search).toMatchObject({ method: 'grid', exhaustive: true });
    expect(answer.change?.distance).toBeLessThanOrEqual(
      Math.min(...sums) / scaleOf(made, 'f0') + 1e-6,
    );
  });

  it('says so where it cannot try all that could be cheaper than what it found', async () => {
    // Only the two largest can, almost at their ends: hardly a pair costs more.
    const made = await modelOf({ features, rows, logOdds: linear(weights, -58.5) });
    const answer = await ask(made, zero);
    expect(moved(answer)).toEqual(['f0', 'f1']);
    expect(answer.search).toMatchObject({ method: 'grid', exhaustive: false });
    expect(answer.search.scored).toBeLessThan(205_000);
  });

  it('asks the model in pieces, between which others have the event loop', async () => {
    const made = await modelOf({ features, rows, logOdds: linear(weights, -1000) });
    const runs = jest.spyOn(made.model.scorer, 'score');
    const { search } = await ask(made, zero);
    const sizes = runs.mock.calls.map(([, count]) => count);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
    expect(sizes.length).toBeGreaterThanOrEqual(search.scored / 4096);
  });
});
