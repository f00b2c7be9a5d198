// A filled form against the contract of the model.
import { checkDraft, isKey } from './check-draft.ts';
import type { Feature } from './features.ts';

const numeric = (name: string, more: Partial<Feature> = {}): Feature => ({
  name,
  kind: 'numeric',
  label: null,
  group: null,
  unit: null,
  min: 5,
  max: 20,
  median: 10,
  range: { min: 0, max: null },
  categories: null,
  mode: null,
  nullable: false,
  description: null,
  ...more,
});
const side = numeric('side', {
  kind: 'categorical',
  categories: ['left', 'right'],
  mode: 'left',
  min: null,
  max: null,
  median: null,
  range: null,
});

const check = (features: readonly Feature[], cells: Readonly<Record<string, string>>) =>
  checkDraft(features, new Map(Object.entries(cells)), '.');

describe('checkDraft', () => {
  it('makes the row of a good form: numbers, categories, and null for what may be empty', () => {
    const features = [numeric('size'), side, numeric('age', { nullable: true })];
    const { row, issues, unusual } = check(features, { size: '12.5', side: 'right', age: ' ' });
    expect(row).toEqual({ size: 12.5, side: 'right', age: null });
    expect([issues.size, unusual.size]).toEqual([0, 0]);
  });

  it('finds everything that is wrong at once', () => {
    const features = ['a', 'b', 'c', 'd', 'e'].map((name) => numeric(name));
    const { issues } = check([...features, side, { ...side, name: 'other' }], {
      a: 'x',
      b: '-1',
      c: '1,234',
      d: '1e39',
      side: 'up',
    });
    expect(Object.fromEntries(issues)).toEqual({
      a: 'not_a_number',
      b: 'range',
      c: 'ambiguous',
      d: 'not_finite',
      e: 'missing',
      side: 'category',
      other: 'missing',
    });
  });

  it('takes the ends of the domain', () => {
    const closed = numeric('a', { range: { min: 0, max: 30 } });
    expect(['0', '30', '30.5'].map((a) => check([closed], { a }).issues.get('a'))).toEqual([
      undefined,
      undefined,
      'range',
    ]);
  });

  it('warns of what training never saw, where the model tells what it saw', () => {
    const features = [numeric('a'), numeric('b'), numeric('c', { min: null, max: null })];
    const { unusual, issues } = check(features, { a: '25', b: '20', c: '1000' });
    expect([...unusual]).toEqual(['a']);
    expect(issues.size).toBe(0);
  });

  it('compares with training as the model does, in float32', () => {
    const trained = numeric('a', { max: 0.1 });
    const asFloat32 = String(Math.fround(0.1));
    expect(Number(asFloat32)).toBeGreaterThan(0.1);
    expect(check([{ ...trained, min: 0 }], { a: asFloat32 }).unusual.size).toBe(0);
  });

  it('makes a row of features with the names of inherited members', () => {
    const { row, issues } = check([numeric('__proto__'), numeric('constructor')], {
      ['__proto__']: '6',
    });
    expect(Object.entries(row)).toEqual([['__proto__', 6]]);
    expect([...issues]).toEqual([['constructor', 'missing']]);
  });
});

describe('isKey', () => {
  it('takes none, or up to 128 printable characters', () => {
    expect(['', 'order 7', 'é'.repeat(128)].map(isKey)).toEqual([true, true, true]);
    expect(['é'.repeat(129), 'a\nb', '\ud800'].map(isKey)).toEqual([false, false, false]);
  });
});
