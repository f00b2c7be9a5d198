import type { LiveChange, LiveState } from './live-data.ts';
import { afterEvent, MOST_POINTS } from './live-state.ts';
import { instantOf, pointAt, predictionAt, recordedState } from './recorded-stream.ts';

const event = (name: string, data: unknown) => ({ name, data: JSON.stringify(data) });

const changed = (state: LiveState, change: Partial<LiveChange>): LiveState => {
  const { at, window } = state;
  const next = afterEvent(state, event('change', { at, window, ...change }));
  if (next === null) throw new Error('the state went');
  return next;
};

describe('the state of Live', () => {
  it('is the snapshot, whatever it was before', () => {
    const state = recordedState();
    expect(afterEvent(null, event('snapshot', state))).toEqual(state);
    expect(afterEvent(recordedState(9), event('snapshot', state))).toEqual(state);
  });

  it('is nothing before a snapshot', () => {
    expect(afterEvent(null, event('change', { at: instantOf(1) }))).toBeNull();
  });

  it('stays as it is on an event that it does not know', () => {
    const state = recordedState();
    expect(afterEvent(state, event('farewell', {}))).toBe(state);
  });

  it('takes members that changed whole and leaves the others as they were, the very same', () => {
    const state = recordedState();
    const recent = [predictionAt(4)];
    const next = changed(state, { recent, quality: null });
    expect(next.recent).toEqual(recent);
    expect(next.series).toBe(state.series);
    expect(next.tiles).toBe(state.tiles);
  });

  it('replaces points at their instant, adds new ones in order and drops those before the window', () => {
    const state = recordedState(3);
    const points = [pointAt(3), pointAt(2, { requests_per_second: 9 })];
    const { series } = changed(state, { series: { from: instantOf(1), points } });
    expect(series.map(({ at }) => at)).toEqual([1, 2, 3].map(instantOf));
    expect(series.map(({ requests_per_second: rate }) => rate)).toEqual([2, 9, 2]);
    expect(series[0]).toBe(state.series[1]);
  });

  it('drops points that left the window also when none came', () => {
    const { series } = changed(recordedState(3), { series: { from: instantOf(2), points: [] } });
    expect(series.map(({ at }) => at)).toEqual([instantOf(2)]);
  });

  it('never holds more points than a screen shows, over hours of changes', () => {
    let state = recordedState(3);
    for (let step = 3; step < 5000; step += 1)
      state = changed(state, { series: { from: instantOf(0), points: [pointAt(step)] } });
    expect(state.series).toHaveLength(MOST_POINTS);
    expect(state.series.at(-1)?.at).toBe(instantOf(4999));
    const all = Array.from({ length: 400 }, (_, step) => pointAt(step));
    expect(afterEvent(null, event('snapshot', { ...state, series: all }))?.series).toHaveLength(
      MOST_POINTS,
    );
  });
});
