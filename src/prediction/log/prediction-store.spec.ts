// What callers are promised in each mode of the prediction log, and what is counted.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Counter, Gauge } from 'prom-client';
import { parseConfig } from '../../config/load-config.ts';
import { PredictionLogInstruments } from '../../metrics/instruments.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { PredictionStore } from './prediction-store.ts';
import { PredictionWriter } from './prediction-writer.ts';

const row = { id: 'a' } as LoggedPrediction;
const many = (count: number): LoggedPrediction[] => Array.from({ length: count }, () => row);

/** Keeps what it is given when it is let go on, and refuses while it is broken. */
class GatedWriter extends PredictionWriter {
  readonly stored: LoggedPrediction[] = [];
  broken: Error | null = null;
  closed = false;
  open: Promise<void> = Promise.resolve();

  async write(rows: readonly LoggedPrediction[]): Promise<void> {
    await this.open;
    if (this.broken !== null) throw this.broken;
    this.stored.push(...rows);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function opened(mode: string) {
  const writer = new GatedWriter();
  const metric = { help: 'test', registers: [] };
  const writes = new Counter({ name: 'writes', ...metric });
  const failures = new Counter({ name: 'failures', ...metric });
  const drops = new Counter({ name: 'drops', ...metric });
  const gauges = ['last', 'pending', 'size'].map((name) => new Gauge({ name, ...metric }));
  const [last, pending, size] = gauges as [Gauge, Gauge, Gauge];
  const instruments = new PredictionLogInstruments(writes, failures, drops, last, pending, size);
  const store = new PredictionStore(parseConfig({ PREDICTION_LOG: mode }), writer, instruments);
  const counted = async () => {
    const valueOf = async (of: Counter) => (await of.get()).values[0]?.value;
    return [await valueOf(writes), await valueOf(failures), await valueOf(drops)];
  };
  return { writer, store, counted };
}

/** Holds the writer up; returns how to let it go on. */
function hold(writer: GatedWriter): () => void {
  let release = (): void => {};
  writer.open = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

const settledNow = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let i = 0; i < 5; i++) await nextTurn();
  return settled;
};

describe('acknowledged', () => {
  it('answers when the rows are stored and not before', async () => {
    const { writer, store, counted } = opened('acknowledged');
    const release = hold(writer);
    const answered = store.store([row, row]);
    expect(await settledNow(answered)).toBe(false);
    release();
    await answered;
    expect(writer.stored).toHaveLength(2);
    expect(await counted()).toEqual([2, 0, 0]);
  });

  it('refuses with UNAVAILABLE and a time to retry where they are not, and goes on afterwards', async () => {
    const { writer, store, counted } = opened('acknowledged');
    writer.broken = new Error('disk full');
    await expect(store.store([row])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterSeconds: 5,
    });
    writer.broken = null;
    await store.store([row]);
    expect(await counted()).toEqual([1, 1, 0]);
  });

  it('refuses more than can wait before anything is computed, until there is room again', async () => {
    const { writer, store } = opened('acknowledged');
    const release = hold(writer);
    const waiting = [store.store(many(10_000)), store.store(many(10_000))];
    expect(() => {
      store.expectRoom();
    }).toThrow(expect.objectContaining({ code: 'UNAVAILABLE', retryAfterSeconds: 1 }) as Error);
    release();
    await Promise.all(waiting);
    store.expectRoom();
  });
});

describe('async', () => {
  it('answers at once and stores soon after; a failure is counted, and that its rows are lost', async () => {
    const { writer, store, counted } = opened('async');
    const release = hold(writer);
    expect(await settledNow(store.store([row]))).toBe(true);
    expect(writer.stored).toEqual([]);
    release();
    await store.beforeApplicationShutdown();
    expect(writer.stored).toHaveLength(1);
    writer.broken = new Error('disk full');
    await store.store([row]);
    await store.beforeApplicationShutdown();
    await nextTurn();
    expect(await counted()).toEqual([1, 1, 1]);
  });
});

it('off stores nothing', async () => {
  const { writer, store, counted } = opened('off');
  await store.store([row]);
  await store.onApplicationShutdown();
  expect(writer.stored).toEqual([]);
  expect(await counted()).toEqual([0, 0, 0]);
});

it('writes what waits and closes the writer when the application ends', async () => {
  const { writer, store } = opened('acknowledged');
  const answered = store.store([row]);
  await store.onApplicationShutdown();
  await answered;
  expect([writer.stored.length, writer.closed]).toEqual([1, true]);
});
