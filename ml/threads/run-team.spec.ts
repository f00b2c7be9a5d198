// Teams of real threads: barriers, results by rank, and threads that throw or die.
import { run, url, type Job } from '../../test/support/team-programs.ts';
import { runTeam, ThreadError } from './run-team.ts';
import { shareOf } from './team.ts';

const jobFor = (size: number, fault?: Job['fault']): Job => ({
  cells: new Int32Array(new SharedArrayBuffer(4 * size)),
  rounds: 2_000,
  ...(fault === undefined ? {} : { fault }),
});
const revive = (name: string, message: string): Error => new Error(`${name}: ${message}`);

describe('runTeam', () => {
  it.each([1, 2, 4])('keeps %i threads in step at every barrier', async (size) => {
    const results = await runTeam(url, run, jobFor(size), size, revive);
    expect(results).toEqual(Array.from({ length: size }, () => 2_000 * size));
  });

  it('rejects with what a thread threw, though the others wait for it', async () => {
    await expect(runTeam(url, run, jobFor(3, 'throw'), 3, revive)).rejects.toThrow(
      'RangeError: no third round',
    );
  });

  it('rejects when a thread dies, though the others wait for it', async () => {
    const dying = runTeam(url, run, jobFor(2, 'exit'), 2, revive);
    await expect(dying).rejects.toThrow(ThreadError);
    await expect(dying).rejects.toThrow('thread 2 died before it had finished (exit code 7)');
  });
});

describe('shareOf', () => {
  it('cuts things into shares that meet without gap or overlap, at multiples of the block', () => {
    for (const [count, size, block] of [
      [10, 3, 1],
      [1, 4, 1],
      [1000, 3, 64],
      [0, 2, 8],
    ] as const) {
      const shares = Array.from({ length: size }, (_, rank) =>
        shareOf({ rank, size, barrier: () => undefined }, count, block),
      );
      expect(shares[0]?.[0]).toBe(0);
      expect(shares.at(-1)?.[1]).toBe(count);
      shares.slice(1).forEach(([from], i) => {
        expect(from).toBe(shares[i]?.[1]);
        expect(from === count || from % block === 0).toBe(true);
      });
    }
  });
});
