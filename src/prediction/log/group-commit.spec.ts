// Group commit: what arrives together is written together, nobody is told before their rows are stored, and a failure hits only its own.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../../common/errors.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { GroupCommit } from './group-commit.ts';
import { PredictionWriter } from './prediction-writer.ts';

const row = (id: string): LoggedPrediction => ({ id }) as LoggedPrediction;

/** Writes when it is told to. */
class SteppedWriter extends PredictionWriter {
  readonly batches: string[][] = [];
  finish: (error?: Error) => void = () => {
    throw new Error('nothing is being written');
  };

  write(rows: readonly LoggedPrediction[]): Promise<void> {
    this.batches.push(rows.map(({ id }) => id));
    return new Promise((resolve, reject) => {
      this.finish = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) await nextTurn();
};

function opened(): {
  writer: SteppedWriter;
  log: GroupCommit;
  told: string[];
  ask: (id: string) => void;
} {
  const writer = new SteppedWriter();
  const log = new GroupCommit(writer);
  const told: string[] = [];
  const ask = (id: string): void => {
    log.append([row(id)]).then(
      () => told.push(id),
      (error: unknown) => told.push(`${id}: ${messageOf(error)}`),
    );
  };
  return { writer, log, told, ask };
}

it('writes rows of one turn of the event loop in one transaction, and those that come meanwhile in the next', async () => {
  const { writer, told, ask, log } = opened();
  ask('a');
  ask('b');
  await turns();
  expect(writer.batches).toEqual([['a', 'b']]);
  ask('c');
  await turns();
  ask('d');
  await turns();
  expect(writer.batches).toHaveLength(1);
  expect(told).toEqual([]);
  expect(log.pending).toBe(4);
  writer.finish();
  await turns();
  expect(told).toEqual(['a', 'b']);
  expect(writer.batches[1]).toEqual(['c', 'd']);
  writer.finish();
  await turns();
  expect(told).toEqual(['a', 'b', 'c', 'd']);
  expect(log.pending).toBe(0);
});

it('tells those whose transaction failed, and no other', async () => {
  const { writer, told, ask } = opened();
  ask('a');
  await turns();
  ask('b');
  writer.finish(new Error('disk full'));
  await turns();
  writer.finish();
  await turns();
  expect(told).toEqual(['a: disk full', 'b']);
});

it('never splits the rows of one call, and bounds a transaction', async () => {
  const { writer, log } = opened();
  const rows = (count: number) => Array.from({ length: count }, (_, i) => row(String(i)));
  void log.append(rows(1000));
  void log.append(rows(1000));
  void log.append(rows(5000));
  const sizes: number[] = [];
  for (let i = 0; i < 3; i++) {
    await turns();
    sizes.push(writer.batches[i]?.length ?? 0);
    writer.finish();
  }
  expect(sizes).toEqual([1000, 1000, 5000]);
});

it('is drained when everything is written', async () => {
  const { writer, log, ask } = opened();
  await log.drain();
  ask('a');
  let drained = false;
  const draining = log.drain().then(() => (drained = true));
  await turns();
  expect(drained).toBe(false);
  writer.finish();
  await draining;
  expect(log.pending).toBe(0);
});
