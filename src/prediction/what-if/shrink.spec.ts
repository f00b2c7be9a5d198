// Changes that cross, made as small as they can be.
import { linear, whatIfModel, type WhatIfModel } from '../../../test/support/what-if-model.ts';
import type { ModelFeature, RawRow } from '../../features/feature-spec.ts';
import { encodeRow } from '../score-row.ts';
import { adjustable, type Adjustable } from './adjustable.ts';
import { CandidateScorer } from './candidate-scorer.ts';
import { shrink } from './shrink.ts';
import { Turns } from './turns.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const FEATURES = NAMES.map((name): ModelFeature => ({
  kind: 'numeric',
  name,
  nullable: false,
  training: { min: 0, max: 10, median: 5 },
}));
const ROWS = Array.from({ length: 101 }, (_, i): RawRow =>
  Object.fromEntries(NAMES.map((name) => [name, i / 10])),
);
const ROW = { a: 1, b: 1, c: 1, d: 1 };

describe('shrink', () => {
  let made: WhatIfModel;
  let byColumn: ReadonlyMap<number, Adjustable>;
  let cells: Float32Array;
  beforeAll(async () => {
    made = await whatIfModel({
      features: FEATURES,
      rows: ROWS,
      logOdds: linear([4, 2, 1, 0], -30),
    });
    cells = encodeRow(made.model, ROW).cells;
    byColumn = new Map(
      FEATURES.map((feature, column) => [
        column,
        adjustable(
          feature,
          made.reference.features[column],
          { column, cell: 1, from: 1 },
          { up: true, down: true },
        ),
      ]),
    );
  });
  afterAll(() => made.model.scorer.release());

  const to = async (...values: readonly number[]): Promise<readonly (readonly number[])[]> => {
    const change = values.flatMap((value, column) => {
      const option = byColumn.get(column)?.optionAt(value);
      return value === 1 || option === undefined ? [] : [option];
    });
    const scorer = new CandidateScorer(made.model, true, new Turns(), new AbortController().signal);
    const shrunk = await shrink(change, cells, byColumn, scorer);
    return shrunk.map(({ column, cell }) => [column, cell]);
  };

  it('gives back features that it can do without, whichever order that takes', async () => {
    expect(await to(9, 9, 9)).toEqual([[0, expect.closeTo(6.75, 5)]]);
    expect(await to(9, 9, 9, 9)).toEqual([[0, expect.closeTo(6.75, 5)]]);
  });

  it('gives numbers back as far as the label stays, the cheapest way round', async () => {
    // 4 a + 2 b + 1 >= 30 with both needed: all of b goes back that a leaves.
    expect(await to(6, 9)).toEqual([
      [0, 6],
      [1, expect.closeTo(2.5, 5)],
    ]);
  });

  it('leaves a change that is as small as it can be', async () => {
    const [[, cell] = []] = await to(6.75);
    expect(cell).toBe(6.75);
  });
});
