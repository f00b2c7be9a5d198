import { sharesOf, stepsOf } from './score-shares.ts';

const scores = { edges: [0, 0.5, 1], counts: [3, 1], reference: [10, 30], threshold: 0.5 };

describe('shares of a score histogram', () => {
  it('make windows and references of different sizes alike', () => {
    expect(sharesOf(scores)).toEqual({
      rows: 4,
      referenceRows: 40,
      shares: [0.75, 0.25],
      reference: [0.25, 0.75],
    });
  });

  it('are none where no row is, or no reference', () => {
    expect(sharesOf({ ...scores, counts: [0, 0], reference: null })).toEqual({
      rows: 0,
      referenceRows: null,
      shares: null,
      reference: null,
    });
  });

  it('are drawn flat from each edge to the next, to the last edge', () => {
    expect(stepsOf([0, 0.5, 1], [0.75, 0.25])).toEqual([
      [0, 0.75],
      [0.5, 0.25],
      [1, 0.25],
    ]);
  });
});
