// The features of a model as the form shows them.
import { draftOf, groupsOf, nameOf, rowOf, usualDraft, type Feature } from './features.ts';

const feature = (name: string, more: Partial<Feature> = {}): Feature => ({
  name,
  kind: 'numeric',
  label: null,
  group: null,
  unit: null,
  min: null,
  max: null,
  median: null,
  range: null,
  categories: null,
  mode: null,
  nullable: false,
  description: null,
  ...more,
});

describe('the features of the form', () => {
  it('groups them where the first of each group stands, and keeps their order', () => {
    const features = [
      feature('a', { group: 'Size' }),
      feature('b'),
      feature('c', { group: 'Size' }),
      feature('d', { group: 'Colour' }),
      feature('e'),
    ];
    const groups = groupsOf(features).map((group) => [
      group.heading,
      group.features.map(({ name }) => name).join(''),
    ]);
    expect(groups).toEqual([
      ['Size', 'ac'],
      [null, 'be'],
      ['Colour', 'd'],
    ]);
  });

  it('calls a feature by its label, or else by its name', () => {
    expect([feature('a', { label: 'Age' }), feature('b')].map(nameOf)).toEqual(['Age', 'b']);
  });

  it('begins with the medians and the most frequent categories, as the reader writes numbers', () => {
    const features = [
      feature('size', { median: 13.37 }),
      feature('side', { kind: 'categorical', categories: ['left', 'right'], mode: 'left' }),
      feature('foreign'),
    ];
    expect([...usualDraft(features, ',')]).toEqual([
      ['size', '13,37'],
      ['side', 'left'],
      ['foreign', ''],
    ]);
  });

  it('takes from a row what it has, and no inherited member for a feature', () => {
    const features = [feature('a'), feature('constructor'), feature('__proto__'), feature('n')];
    const row = rowOf([
      ['a', 1],
      ['__proto__', 2],
      ['n', null],
      ['gone', 3],
    ]);
    expect([...draftOf(row, features, '.')]).toEqual([
      ['a', '1'],
      ['constructor', ''],
      ['__proto__', '2'],
      ['n', ''],
    ]);
  });
});
