import { START, type RowBlock } from './row-block.ts';
import { scoreBlocks } from './score-blocks.ts';
import type { ScoredBlock } from './scored-block.ts';

const blockAt = (first: number): RowBlock => ({
  first,
  count: 1,
  cells: new Float32Array(1),
  refused: [],
  warnings: new Map(),
  inputs: null,
  end: START,
});

const scoredOf = (block: RowBlock): ScoredBlock => ({
  ...block,
  labels: { positive: 'yes', negative: 'no' },
  probability: new Float32Array(1),
  positive: new Uint8Array(1),
  ids: null,
  explanations: null,
  explainMs: 0,
  inferMs: 0,
});

/** Blocks as they are asked for, and how often that was. */
class Source {
  asked = 0;
  isClosed = false;

  constructor(private readonly count: number) {}

  async *blocks(): AsyncGenerator<RowBlock, void, undefined> {
    try {
      for (; this.asked < this.count;) {
        this.asked += 1;
        yield await Promise.resolve(blockAt(this.asked - 1));
      }
    } finally {
      this.isClosed = true;
    }
  }
}

/** Scores that come when the test says so. */
class Scorer {
  readonly answers: (() => void)[] = [];
  readonly score = (block: RowBlock): Promise<ScoredBlock> =>
    new Promise((resolve) => {
      this.answers.push(() => {
        resolve(scoredOf(block));
      });
    });
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
};

describe('blocks on their way through a scorer', () => {
  it('are read six ahead and no more, and leave in their order', async () => {
    const source = new Source(10);
    const scorer = new Scorer();
    const scored = scoreBlocks(source.blocks(), scorer.score);
    const first = scored.next();
    await turns();
    expect([source.asked, scorer.answers.length]).toEqual([6, 6]);
    scorer.answers[1]?.();
    scorer.answers[0]?.();
    expect((await first).value?.first).toBe(0);
    await turns();
    // Nobody has asked for more.
    expect(source.asked).toBe(6);
    expect((await scored.next()).value?.first).toBe(1);
    await scored.return();
    expect(source.isClosed).toBe(true);
  });

  it('do not wait for a block that is still to come', async () => {
    let close = (): void => undefined;
    const blocks = async function* (): AsyncGenerator<RowBlock> {
      yield blockAt(0);
      await new Promise<void>((resolve) => (close = resolve));
    };
    const scored = scoreBlocks(blocks(), (block) => Promise.resolve(scoredOf(block)));
    expect((await scored.next()).value?.first).toBe(0);
    // A reader that waits holds nobody up.
    await scored.return();
    close();
  });

  it('that were read before a fault are answered before it is thrown', async () => {
    const blocks = async function* (): AsyncGenerator<RowBlock> {
      yield await Promise.resolve(blockAt(0));
      throw new Error('the upload broke off');
    };
    const scored = scoreBlocks(blocks(), async (block) => {
      await turns();
      return scoredOf(block);
    });
    expect((await scored.next()).value?.first).toBe(0);
    await expect(scored.next()).rejects.toThrow('broke off');
  });

  it('end with what the scorer throws, and are read no further', async () => {
    const source = new Source(10);
    const scored = scoreBlocks(source.blocks(), () => Promise.reject(new Error('no model')));
    await expect(scored.next()).rejects.toThrow('no model');
    await turns();
    expect(source.isClosed).toBe(true);
    expect(source.asked).toBeLessThan(4);
  });
});
