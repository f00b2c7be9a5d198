// Curves small enough to check by hand, and thinned ones against the whole.
import { rocAuc } from './classification.ts';
import { Random } from './random.ts';
import { precisionRecallOf, rocOf, thinned, thresholdSteps } from './threshold-curves.ts';

const Y = Uint8Array.of(0, 1, 1, 0);
const P = Float64Array.of(0.2, 0.9, 0.4, 0.4);

describe('thresholdSteps', () => {
  it('has one step for each distinct probability, after the one that calls no row positive', () => {
    expect(thresholdSteps(Y, P)).toEqual([
      { threshold: null, tp: 0, fp: 0 },
      { threshold: 0.9, tp: 1, fp: 0 },
      { threshold: 0.4, tp: 2, fp: 1 },
      { threshold: 0.2, tp: 2, fp: 2 },
    ]);
  });

  it('gives both curves with the thresholds of their points', () => {
    const steps = thresholdSteps(Y, P);
    expect(rocOf(steps)).toEqual([
      { fpr: 0, tpr: 0, threshold: null },
      { fpr: 0, tpr: 0.5, threshold: 0.9 },
      { fpr: 0.5, tpr: 1, threshold: 0.4 },
      { fpr: 1, tpr: 1, threshold: 0.2 },
    ]);
    expect(precisionRecallOf(steps)).toEqual([
      { recall: 0.5, precision: 1, threshold: 0.9 },
      { recall: 1, precision: 2 / 3, threshold: 0.4 },
      { recall: 1, precision: 0.5, threshold: 0.2 },
    ]);
  });
});

type Place = readonly [number, number];

const areaOf = (places: readonly Place[]): number =>
  places.reduce((sum, [x, y], i) => {
    const [x0, y0] = places[i - 1] ?? [x, y];
    return sum + ((x - x0) * (y + y0)) / 2;
  }, 0);

describe('thinned', () => {
  const same = (place: Place): Place => place;

  it('keeps the ends and leaves out what lies on the line between two others', () => {
    const line: Place[] = [
      [0, 0],
      [0, 0.25],
      [0, 0.5],
      [0.5, 0.75],
      [1, 1],
    ];
    expect(thinned(line, same, 200)).toEqual([
      [0, 0],
      [0, 0.5],
      [1, 1],
    ]);
    expect(thinned(line, same, 2)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it.each([0.5, 2, 6])(
    'keeps the areas of 5,000 rows to a thousandth in 200 points, at a separation of %d',
    (separation) => {
      const random = Random.of(7);
      const uniform = (): number => random.next() / 2 ** 32;
      const y = Uint8Array.from({ length: 5000 }, () => Number(uniform() < 0.3));
      const p = Float64Array.from(y, (label) => {
        const noise = uniform() + uniform() + uniform() - 1.5;
        return 1 / (1 + Math.exp(-(separation * (label - 0.5) + 2 * noise)));
      });
      const steps = thresholdSteps(y, p);
      const roc = rocOf(steps).map(({ fpr, tpr }): Place => [fpr, tpr]);
      const fewer = thinned(roc, same, 200);
      expect(fewer.length).toBeLessThanOrEqual(200);
      expect(Math.abs(areaOf(fewer) - rocAuc(y, p))).toBeLessThan(1e-3);
      const pr = precisionRecallOf(steps).map(({ recall, precision }): Place => [
        recall,
        precision,
      ]);
      expect(Math.abs(areaOf(thinned(pr, same, 200)) - areaOf(pr))).toBeLessThan(1e-3);
    },
  );
});
