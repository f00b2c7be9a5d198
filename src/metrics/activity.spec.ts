import { Activity, ActivityBucket } from './activity.ts';

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 4, 17, 13, 42, 58, 400);

describe('the activity of a process', () => {
  let activity: Activity;

  beforeEach(() => {
    jest.useFakeTimers({ now: START });
    activity = new Activity();
    activity.onApplicationBootstrap();
  });

  afterEach(() => {
    activity.onModuleDestroy();
    jest.useRealTimers();
  });

  it('counts requests, and why some were refused', () => {
    activity.requested(2, null);
    activity.requested(4, 'invalid_input');
    activity.requested(600, 'client_left');
    const { requests, errors, http } = activity.current;
    expect(requests).toBe(3);
    expect(errors).toEqual({
      invalid_input: 1,
      unauthorized: 0,
      not_found: 0,
      too_large: 0,
      rate_limited: 0,
      overloaded: 0,
      model_error: 0,
      client_left: 1,
    });
    expect([http.count, http.mean, http.max]).toEqual([3, 202, 600]);
  });

  it('measures stages apart', () => {
    activity.staged('infer', 0.5);
    activity.staged('log', 8);
    const { validate, infer, explain, log } = activity.current.stages;
    expect([validate, infer, explain, log].map(({ mean }) => mean)).toEqual([null, 0.5, null, 8]);
  });

  it('begins a bucket with each minute of the clock, and gives each that has ended once', () => {
    activity.requested(1, null);
    jest.advanceTimersByTime(1599);
    activity.requested(1, null);
    expect(activity.takeEnded()).toEqual([]);
    jest.advanceTimersByTime(1);
    activity.requested(1, null);
    jest.advanceTimersByTime(MINUTE_MS);
    const ended = activity.takeEnded();
    expect(ended.map(({ startsAt, requests }) => [startsAt, requests])).toEqual([
      [Date.UTC(2026, 4, 17, 13, 42), 2],
      [Date.UTC(2026, 4, 17, 13, 43), 1],
    ]);
    expect(activity.current).toMatchObject({
      startsAt: Date.UTC(2026, 4, 17, 13, 44),
      spanMs: MINUTE_MS,
      requests: 0,
    });
    expect(activity.takeEnded()).toEqual([]);
  });

  it('samples memory and processor each second', () => {
    jest.advanceTimersByTime(MINUTE_MS);
    const { cpuPercent, memoryBytes } = activity.current;
    expect(memoryBytes.count).toBe(58);
    expect(memoryBytes.mean).toBeGreaterThan(1e6);
    expect(cpuPercent.min).toBeGreaterThanOrEqual(0);
  });

  it('begins no minute a second time where the clock is set back', () => {
    jest.setSystemTime(START - MINUTE_MS);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(activity.takeEnded()).toEqual([]);
    expect(activity.current.startsAt).toBe(Date.UTC(2026, 4, 17, 13, 42));
    jest.setSystemTime(START - 100 * MINUTE_MS);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(activity.current.startsAt).toBeLessThan(START - 90 * MINUTE_MS);
  });

  it('keeps an hour of minutes that nobody takes', () => {
    jest.advanceTimersByTime(90 * MINUTE_MS);
    const ended = activity.takeEnded();
    expect(ended).toHaveLength(60);
    expect(ended.at(-1)?.startsAt).toBe(activity.current.startsAt - MINUTE_MS);
  });
});

describe('a bucket of activity', () => {
  it('is the same after being written and read, and adds up', () => {
    const activity = new Activity();
    activity.requested(3, 'overloaded');
    activity.staged('validate', 0.25);
    const { startsAt, spanMs } = activity.current;
    const read = ActivityBucket.from(
      startsAt,
      spanMs,
      JSON.parse(JSON.stringify(activity.current)),
    );
    expect(read.toJSON()).toEqual(activity.current.toJSON());
    read.merge(activity.current);
    expect([read.requests, read.errors.overloaded, read.stages.validate.sum]).toEqual([2, 2, 0.5]);
  });
});
