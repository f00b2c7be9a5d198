import { changeOf } from './tile-change.ts';

describe('the change of a figure since the window before', () => {
  it('is not known where one of both figures is not', () => {
    expect(changeOf({ value: 1, before: null }, 'less')).toBeNull();
    expect(changeOf({ value: null, before: 1 }, 'less')).toBeNull();
  });

  it('is none below one hundredth', () => {
    expect(changeOf({ value: 100.5, before: 100 }, 'less')).toMatchObject({
      way: 'same',
      tone: 'neutral',
    });
    expect(changeOf({ value: 0, before: 0 }, 'less')).toMatchObject({ way: 'same' });
  });

  it.each([
    [2, 1, 'less', 'up', 'warn'],
    [1, 2, 'less', 'down', 'good'],
    [0.9, 0.6, 'more', 'up', 'good'],
    [0.6, 0.9, 'more', 'down', 'warn'],
    [2, 1, 'neither', 'up', 'neutral'],
    [1.05, 1, 'less', 'up', 'neutral'],
    [0.01, 0, 'less', 'up', 'warn'],
  ] as const)(
    '%d after %d, where %s is wanted, is %s and %s',
    (value, before, wanted, way, tone) => {
      expect(changeOf({ value, before }, wanted)).toMatchObject({ way, tone });
    },
  );

  it('has no share of a value that was 0', () => {
    expect(changeOf({ value: 3, before: 0 }, 'less')).toMatchObject({
      relative: null,
      absolute: 3,
    });
  });
});
