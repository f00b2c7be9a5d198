// The curves on a table small enough to check by hand, and the files as a browser reads them.
import { calibrationCurve, evaluationFigures, precisionRecallCurve, rocCurve } from './figures.ts';
import { rocAuc } from './metrics.ts';

const Y = Uint8Array.of(0, 0, 1, 1, 1, 0, 1, 0);
const P = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.4, 0.2, 0.9, 0.4);

describe('rocCurve', () => {
  it('has one step per distinct probability and ends in both corners', () => {
    expect(rocCurve(Y, P)).toEqual([
      [0, 0],
      [0, 0.25],
      [0, 0.5],
      [0.5, 0.75],
      [0.5, 1],
      [0.75, 1],
      [1, 1],
    ]);
  });

  it('encloses the area that the metric reports', () => {
    const curve = rocCurve(Y, P);
    const area = curve.reduce((sum, [x, y], i) => {
      const [x0, y0] = curve[i - 1] ?? [0, 0];
      return sum + ((x - x0) * (y + y0)) / 2;
    }, 0);
    expect(area).toBeCloseTo(rocAuc(Y, P), 12);
  });
});

it('precisionRecallCurve starts with the surest row and ends at the share of positives', () => {
  const curve = precisionRecallCurve(Y, P);
  expect(curve[0]).toEqual([0.25, 1]);
  expect(curve.at(-1)).toEqual([1, 0.5]);
});

it('calibrationCurve compares mean probability with the share of positives, range by range', () => {
  const curve = calibrationCurve(Y, P, null, 2);
  expect(curve).toHaveLength(2);
  expect(curve[0]?.[0]).toBeCloseTo(1.85 / 6, 12);
  expect(curve[0]?.[1]).toBeCloseTo(2 / 6, 12);
  expect(curve[1]?.[0]).toBeCloseTo(0.85, 12);
  expect(curve[1]?.[1]).toBe(1);
});

it('calibrationCurve counts a row by its weight, and leaves out what weighs nothing', () => {
  const weights = Float64Array.of(2, 1, 0, 0, 3, 0, 0, 1);
  const counted = [...weights.keys()].flatMap((row) =>
    new Array<number>(weights[row] as number).fill(row),
  );
  const repeated = calibrationCurve(
    counted.map((row) => Y[row] as number),
    counted.map((row) => P[row] as number),
  );
  const weighted = calibrationCurve(Y, P, weights);
  expect(weighted).toHaveLength(2);
  weighted.forEach(([x, y], i) => {
    expect(x).toBeCloseTo(repeated[i]?.[0] ?? NaN, 12);
    expect(y).toBeCloseTo(repeated[i]?.[1] ?? NaN, 12);
  });
});

it('evaluationFigures are SVG documents without a value that is not a number', () => {
  for (const { file, svg } of evaluationFigures(Y, P)) {
    expect(file).toMatch(/\.svg$/);
    expect(svg).toMatch(/^<svg [^>]*xmlns=/);
    expect(svg).not.toMatch(/NaN|undefined/);
  }
});
