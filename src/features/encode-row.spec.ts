// What the encoder accepts, refuses and warns about, and the cells it writes.
import { compileEncoder, type RowReport } from './encode-row.ts';
import type { FeatureSpec, ModelFeature } from './feature-spec.ts';

const FEATURES: readonly (FeatureSpec | ModelFeature)[] = [
  {
    name: 'mean radius',
    kind: 'numeric',
    nullable: false,
    unit: 'mm',
    range: { min: 0, max: 50 },
    training: { min: 6.981, max: 28.11, median: 13.4 },
  },
  { name: 'income', kind: 'numeric', nullable: true },
  { name: 'grade', kind: 'categorical', nullable: false, categories: ['1', 'b', 'c'] },
  { name: 'region', kind: 'categorical', nullable: true, categories: ['north', 'south'] },
];
const GOOD = { 'mean radius': 17.99, income: 1200, grade: 'b', region: 'south' };

const encode = (row: unknown): { cells: number[]; report: RowReport } => {
  const out = new Float32Array(6).fill(-9);
  const report = compileEncoder(FEATURES).encodeInto(row, out, 1);
  return { cells: Array.from(out), report };
};
const issuesOf = (row: unknown): RowReport['issues'] => encode(row).report.issues;
const codeOf = (change: Record<string, unknown>): string | undefined =>
  issuesOf({ ...GOOD, ...change })[0]?.code;

describe('compileEncoder', () => {
  it('writes float32 numbers and category codes at the offset, and nothing beside them', () => {
    const { cells, report } = encode(GOOD);
    expect(report).toEqual({ issues: [], warnings: [] });
    expect(cells).toEqual([-9, Math.fround(17.99), 1200, 1, 1, -9]);
  });

  it('writes NaN for a nullable feature that is null or absent', () => {
    const { cells, report } = encode({ 'mean radius': 10, grade: 'c', region: null });
    expect(report.issues).toEqual([]);
    expect(cells).toEqual([-9, 10, Number.NaN, 2, Number.NaN, -9]);
  });

  it('lists everything that is wrong at once, by name and expectation', () => {
    expect(
      issuesOf({ 'mean radius': 99, income: '12', grade: null, region: 'west', colour: 1 }),
    ).toEqual([
      {
        field: 'mean radius',
        code: 'range',
        expected: 'a number from 0 to 50',
        received: 'a number',
      },
      { field: 'income', code: 'type', expected: 'a number, or null', received: 'a string' },
      { field: 'grade', code: 'null', expected: 'one of 3 categories: 1, b, c', received: 'null' },
      {
        field: 'region',
        code: 'category',
        expected: 'one of 2 categories: north, south, or null',
        received: 'a string',
      },
      {
        field: 'colour',
        code: 'unknown',
        expected: 'no field that is not a feature of the model',
        received: 'a number',
      },
    ]);
  });

  it('reports a feature that is absent as missing', () => {
    expect(issuesOf({ grade: 'b' }).map(({ field, code }) => [field, code])).toEqual([
      ['mean radius', 'missing'],
    ]);
  });

  it.each([['17.99'], [true], [{}], [[17.99]], [{ valueOf: 1 }]])(
    'refuses %j where a number is due',
    (value) => {
      expect(codeOf({ 'mean radius': value })).toBe('type');
    },
  );

  it.each([[Number.NaN], [Infinity], [-Infinity], [1e39], [-1e39]])(
    'refuses %d as not finite in float32',
    (value) => {
      expect(codeOf({ income: value })).toBe('not_finite');
    },
  );

  it('takes a number whose text is a declared category, and no boolean', () => {
    expect(encode({ ...GOOD, grade: 1 }).cells[3]).toBe(0);
    expect(codeOf({ grade: 2 })).toBe('category');
    expect(codeOf({ grade: true })).toBe('type');
  });

  it('takes the ends of the declared range and refuses what lies beyond', () => {
    expect(codeOf({ 'mean radius': 0 })).toBeUndefined();
    expect(codeOf({ 'mean radius': 50 })).toBeUndefined();
    expect(codeOf({ 'mean radius': -0.001 })).toBe('range');
  });

  it('warns of a value outside what training saw, not of its ends', () => {
    const warned = (value: number): number =>
      encode({ ...GOOD, 'mean radius': value }).report.warnings.length;
    expect([6.981, 28.11, 6.9, 28.2].map(warned)).toEqual([0, 0, 1, 1]);
    expect(encode({ ...GOOD, 'mean radius': 2 }).report).toEqual({
      issues: [],
      warnings: [{ feature: 'mean radius', code: 'outside_training_range' }],
    });
  });

  it('treats names of the object prototype as ordinary names', () => {
    const row = JSON.parse(
      '{"mean radius":17,"grade":"b","__proto__":{"income":1},"constructor":2}',
    ) as unknown;
    expect(issuesOf(row).map(({ field, code }) => [field, code])).toEqual([
      ['__proto__', 'unknown'],
      ['constructor', 'unknown'],
    ]);
    const encoder = compileEncoder([{ name: 'constructor', kind: 'numeric', nullable: false }]);
    expect(encoder.encodeInto({}, new Float32Array(1), 0).issues[0]?.code).toBe('missing');
    expect(codeOf({ region: 'toString' })).toBe('category');
  });

  it('cuts unknown names short and lists at most twenty', () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`${i}`.repeat(200), 1] as const),
    );
    const issues = issuesOf({ ...GOOD, ...many });
    expect(issues).toHaveLength(20);
    issues.forEach(({ field }) => {
      expect(field).toHaveLength(64);
    });
  });

  it.each([
    [null, 'null'],
    [[1, 2], 'an array'],
    ['row', 'a string'],
    [3, 'a number'],
    [undefined, 'nothing'],
  ])('refuses %j as a row', (row, received) => {
    expect(issuesOf(row)).toEqual([
      {
        field: 'features',
        code: 'type',
        expected: 'an object with one value per feature',
        received,
      },
    ]);
  });
});
