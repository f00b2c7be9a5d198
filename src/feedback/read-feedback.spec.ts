// What POST /feedback takes, and what it says of what does not fit.
import type { AppError } from '../common/errors.ts';
import { MAX_ITEMS, readFeedback } from './read-feedback.ts';

const NOW = Date.parse('2026-02-01T00:00:00Z');
const ID = '019a3f0a-6a51-7b7a-a6f1-0d0c1a9f3b52';
const item = (changes: object = {}) => ({ prediction_id: ID, label: 'good', ...changes });

const errorsOf = (body: unknown): [string, string][] => {
  try {
    readFeedback(body, NOW);
  } catch (error) {
    return ((error as AppError).errors ?? []).map(({ field, code }) => [field, code]);
  }
  return [];
};
const errorsOfItem = (changes: object): [string, string][] => errorsOf({ items: [item(changes)] });

describe('readFeedback', () => {
  it('reads the id in lower case, the instant and the groups with sorted names', () => {
    const observed_at = '2026-01-31T12:00:00+02:00';
    const groups = { sex: 'female', age: '40-60' };
    const body = { items: [item({ prediction_id: ID.toUpperCase(), observed_at, groups })] };
    expect(readFeedback(body, NOW)).toEqual([
      {
        predictionId: ID,
        label: 'good',
        observedAt: Date.parse('2026-01-31T10:00:00Z'),
        groups: '{"age":"40-60","sex":"female"}',
      },
    ]);
  });

  it('takes null like nothing for what may be left out', () => {
    expect(readFeedback({ items: [item({ observed_at: null, groups: null })] }, NOW)).toEqual(
      readFeedback({ items: [item()] }, NOW),
    );
  });

  it.each([
    ['no object', [], [['body', 'type']]],
    ['no items', {}, [['items', 'type']]],
    ['items that are no list', { items: {} }, [['items', 'type']]],
    ['an empty list', { items: [] }, [['items', 'length']]],
    [
      'too many items',
      { items: Array.from({ length: MAX_ITEMS + 1 }, () => item()) },
      [['items', 'length']],
    ],
    ['something beside the items', { items: [item()], more: 1 }, [['more', 'unknown']]],
    ['an item that is none', { items: [item(), 7] }, [['items.1', 'type']]],
  ])('refuses %s', (_, body, errors) => {
    expect(errorsOf(body)).toEqual(errors);
  });

  it.each([
    ['no UUID', { prediction_id: 'id' }, 'prediction_id', 'uuid'],
    ['a label that is no text', { label: 1 }, 'label', 'label'],
    ['a label with a control character', { label: 'a\u0000' }, 'label', 'label'],
    ['a local time', { observed_at: '2026-01-31T12:00:00' }, 'observed_at', 'instant'],
    ['a day that is none', { observed_at: '2026-02-30T99:00:00Z' }, 'observed_at', 'instant'],
    ['an instant to come', { observed_at: '2026-02-01T00:02:00Z' }, 'observed_at', 'instant'],
    ['groups that are no object', { groups: ['a'] }, 'groups', 'type'],
    ['no groups', { groups: {} }, 'groups', 'length'],
    ['a group that is no text', { groups: { age: 40 } }, 'groups.age', 'type'],
    ['a long group', { groups: { age: 'a'.repeat(65) } }, 'groups.age', 'type'],
    ['a long name', { groups: { ['a'.repeat(65)]: 'b' } }, 'groups', 'name'],
    ['another member', { lable: 'good' }, 'lable', 'unknown'],
  ])('refuses %s', (_, changes, field, code) => {
    expect(errorsOfItem(changes)).toEqual([[`items.0.${field}`, code]]);
  });

  it('refuses more than ten groups', () => {
    const groups = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`g${i}`, 'a']));
    expect(errorsOfItem({ groups })).toEqual([['items.0.groups', 'length']]);
  });

  it('tells every field that does not fit up to twenty, and no value', () => {
    const items = Array.from({ length: 30 }, () => item({ label: 'secret\u0007' }));
    expect(errorsOf({ items })).toHaveLength(20);
    let told = '';
    try {
      readFeedback({ items }, NOW);
    } catch (error) {
      told = JSON.stringify([(error as AppError).message, (error as AppError).errors]);
    }
    expect(told).toContain('items.19.label');
    expect(told).not.toContain('secret');
  });
});
