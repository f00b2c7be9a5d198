// What every queue of jobs does, whatever it is made of.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { NOTHING_DONE, type Job } from '../../src/jobs/job.entity.ts';
import type { JobTable } from '../../src/jobs/job-table.ts';
import type { JobQueue, JobTurn } from '../../src/jobs/queue/job-queue.ts';
import { untilTrue } from '../support/until.ts';

export interface QueueUnderTest {
  /** As each of several servers has it. */
  readonly queues: readonly JobQueue[];
  readonly table: JobTable;
  readonly close: () => Promise<void>;
}

export const newJob = (changes: Partial<Job> = {}): Job => ({
  ...NOTHING_DONE,
  id: randomUUID(),
  createdAt: Date.now(),
  userId: 'user',
  format: 'ndjson',
  explain: null,
  bytesTotal: 1,
  heldUntil: Date.now(),
  ...changes,
});

const MODEL = { name: 'foretell', version: '1', sha256: '0'.repeat(64) };

export function describeQueue(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(name, () => {
    let under: QueueUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      for (const queue of under.queues) await queue.close();
      await under.close();
    });

    const queue = (i = 0): JobQueue => under.queues[i % under.queues.length] as JobQueue;
    const taken = async (i = 0): Promise<JobTurn> => {
      let turn: JobTurn | null = null;
      await untilTrue(async () => (turn = await queue(i).take(`server ${i}`)) !== null, 30_000, 20);
      return turn as unknown as JobTurn;
    };
    const ended = async (turn: JobTurn): Promise<void> => {
      await under.table.cancel(turn.job.id);
      await turn.over();
    };

    it('has nothing to do at first, and gives a job that was added', async () => {
      expect(await queue().take('server')).toBeNull();
      const job = newJob();
      await queue().add(job);
      const turn = await taken();
      expect(turn.job).toMatchObject({ id: job.id, holder: 'server 0', claims: 1 });
      await ended(turn);
    });

    it('gives every job to one of many who ask at once', async () => {
      const jobs = Array.from({ length: 8 }, () => newJob());
      for (const job of jobs) await queue().add(job);
      const given: string[] = [];
      const ask = async (i: number): Promise<void> => {
        for (let none = 0; none < 5;) {
          const turn = await queue(i).take(`server ${i}`);
          if (turn === null) {
            none += 1;
            await pause(10);
          } else given.push(turn.job.id);
        }
      };
      await Promise.all(Array.from({ length: 6 }, (_, i) => ask(i)));
      expect(given.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
    });

    it('gives a job again and again until it is over, to whoever asks', async () => {
      const job = newJob();
      await queue().add(job);
      for (let i = 0; i < 4; i++) {
        const turn = await taken(i);
        expect(turn.job.id).toBe(job.id);
        expect(await queue(i + 1).take('another')).toBeNull();
        expect(await turn.renew()).toBe(true);
        await turn.again();
      }
      await ended(await taken());
      await pause(100);
      expect(await queue().take('another')).toBeNull();
    });

    it('lets jobs take turns', async () => {
      const [large, small] = [
        newJob(),
        newJob({ createdAt: Date.now() + 1, heldUntil: Date.now() + 1 }),
      ];
      await queue().add(large);
      await queue().add(small);
      await pause(5);
      const order: string[] = [];
      for (let i = 0; i < 4; i++) {
        const turn = await taken();
        order.push(turn.job.id);
        await pause(5);
        await turn.again();
      }
      expect(order).toEqual([large.id, small.id, large.id, small.id]);
    });

    it('gives a job that has to wait no sooner than it may', async () => {
      await queue().add(newJob());
      const turn = await taken();
      const from = Date.now() + 2000;
      await turn.again(from);
      expect(await queue().take('early')).toBeNull();
      const later = await taken(1);
      expect(Date.now()).toBeGreaterThanOrEqual(from - 50);
      await ended(later);
    });

    it('tells the holder of a job that was cancelled, and gives it to nobody', async () => {
      await queue().add(newJob());
      const turn = await taken();
      await under.table.cancel(turn.job.id);
      expect(await turn.renew()).toBe(false);
      await turn.again();
      await pause(100);
      expect(await queue(1).take('another')).toBeNull();
    });

    it('gives no job that was cancelled before its turn', async () => {
      const job = newJob();
      await queue().add(job);
      await under.table.cancel(job.id);
      expect(await queue().take('server')).toBeNull();
      expect(await queue().take('server')).toBeNull();
    });

    it('counts a part once, whoever else has made it, too', async () => {
      await queue().add(newJob());
      const turn = await taken();
      const { table } = under;
      await table.begin(turn.job.id, MODEL);
      const begun = (await table.find(turn.job.id)) as Job;
      const part = (suffix: string) => ({
        suffix,
        refused: 1,
        end: { rows: 10, bytes: 100, lines: 11 },
        isLast: false,
      });
      const counted = await Promise.all(
        ['aa', 'bb', 'cc'].map((suffix) => table.addPart(begun, part(suffix))),
      );
      expect(counted.filter(Boolean)).toHaveLength(1);
      const winner = ['aa', 'bb', 'cc'][counted.indexOf(true)] ?? '';
      expect(await table.find(begun.id)).toMatchObject({
        partsDone: 1,
        parts: `${winner} `,
        rowsDone: 10,
        rowsRefused: 1,
        bytesRead: 100,
        linesRead: 11,
        claims: 0,
      });
      expect(await table.addPart(begun, part('dd'))).toBe(false);
      await table.cancel(begun.id);
      const now = (await table.find(begun.id)) as Job;
      expect(await table.addPart(now, part('ee'))).toBe(false);
    });
  });
}
