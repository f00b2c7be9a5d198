// A change holds what is not as it was, and nothing else; of the series the points that are not.
import { WrittenState } from './live-change.ts';
import type { LiveStateResponse } from './live.dto.ts';

const pointAt = (at: string, rows: number) => ({ at, rows_per_second: rows });

const stateOf = (changed: object = {}): LiveStateResponse =>
  ({
    at: 'now',
    window: { name: '15m', from: '10:00', to: 'now' },
    step_seconds: 60,
    version: null,
    drift: null,
    recent: [{ id: 'a' }],
    series: [pointAt('10:00', 1), pointAt('10:01', 2)],
    ...changed,
  }) as unknown as LiveStateResponse;

const changeTo = (changed: object): unknown => {
  const text = new WrittenState(stateOf(changed)).changeSince(new WrittenState(stateOf()));
  return text === null ? null : JSON.parse(text);
};

const ALWAYS = { at: 'now', window: { name: '15m', from: '10:00', to: 'now' } };

it('writes the whole state as it is', () => {
  expect(JSON.parse(String(new WrittenState(stateOf())))).toEqual(stateOf());
});

it('says when it was and which window, where nothing changed', () => {
  expect(changeTo({})).toEqual(ALWAYS);
});

it('holds a member that changed, whole, also where it is null now', () => {
  expect(changeTo({ recent: [{ id: 'b' }, { id: 'a' }], drift: { share: 0 } })).toEqual({
    ...ALWAYS,
    recent: [{ id: 'b' }, { id: 'a' }],
    drift: { share: 0 },
  });
  const back = new WrittenState(stateOf()).changeSince(
    new WrittenState(stateOf({ drift: { share: 0 } })),
  );
  expect(JSON.parse(back ?? '')).toEqual({ ...ALWAYS, drift: null });
});

it('holds points that are new or otherwise than before', () => {
  const series = [pointAt('10:00', 1), pointAt('10:01', 3), pointAt('10:02', 0)];
  expect(changeTo({ series })).toEqual({
    ...ALWAYS,
    series: { from: '10:00', points: series.slice(1) },
  });
});

it('says from where on points are left in the window, also where none is new', () => {
  expect(changeTo({ series: [pointAt('10:01', 2)] })).toEqual({
    ...ALWAYS,
    series: { from: '10:01', points: [] },
  });
});

it('tells no change where the step is another: the points are then others', () => {
  expect(changeTo({ step_seconds: 120 })).toBeNull();
});
