import { rollupRows } from '../../../test/support/rollup-rows.ts';
import { RollupBook } from './rollup-book.ts';
import type { RollupUpsert } from './rollup-columns.ts';
import { Rollup, type RollupRow } from './rollup.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS, MINUTE_MS, SPANS_MS, startOf } from './spans.ts';

const FROM = Date.UTC(2026, 4, 17, 23, 58, 30);

/** What a table does with what a book gives. */
class Table {
  readonly #rows = new Map<string, RollupUpsert>();

  store(upserts: readonly RollupUpsert[]): void {
    for (const upsert of upserts) {
      const { spanMs, startsAt, modelName, modelVersion, stream } = upsert;
      this.#rows.set([spanMs, startsAt, modelName, modelVersion, stream].join(), upsert);
    }
  }

  /** Of each bucket, over all who write it. */
  figures(): Record<string, unknown> {
    const buckets = new Map<string, Rollup>();
    for (const { spanMs, startsAt, modelVersion, folded, body } of this.#rows.values())
      for (const span of folded === 1 ? [spanMs] : SPANS_MS) {
        const key = [span, startOf(startsAt, span), modelVersion].join();
        const rollup = buckets.get(key) ?? new Rollup();
        rollup.merge(Rollup.from(JSON.parse(body)));
        buckets.set(key, rollup);
      }
    return figuresOf(buckets);
  }

  get streams(): readonly string[] {
    return Array.from(new Set(Array.from(this.#rows.values(), ({ stream }) => stream)));
  }
}

const figuresOf = (buckets: ReadonlyMap<string, Rollup>): Record<string, unknown> =>
  Object.fromEntries(
    Array.from(buckets, ([key, { rows, positives, labels, scoreCounts, durationMs, score }]) => [
      key,
      { rows, positives, labels, scoreCounts, sums: [score.sum, durationMs.sum, durationMs.max] },
    ]),
  );

/** Row by row, bucket by bucket. */
function oneByOne(rows: readonly RollupRow[]): Record<string, unknown> {
  const buckets = new Map<string, Rollup>();
  for (const row of rows) {
    for (const spanMs of SPANS_MS) {
      const key = [spanMs, startOf(row.createdAt, spanMs), row.modelVersion].join();
      const rollup = buckets.get(key) ?? new Rollup();
      rollup.add(row);
      buckets.set(key, rollup);
    }
  }
  return figuresOf(buckets);
}

const inParts = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    values.slice(i * size, (i + 1) * size),
  );

describe('a book of roll-ups', () => {
  const rows = rollupRows(2000, { from: FROM, withinMs: 9 * MINUTE_MS });
  let book: RollupBook;
  let table: Table;

  const write = (part: readonly RollupRow[]): void => {
    table.store(book.add(part));
    book.kept();
  };

  beforeEach(() => {
    book = new RollupBook('stream');
    table = new Table();
  });

  it('gives what is stored beside the rows: minutes, hour and day of each version, over midnight too', () => {
    for (const part of inParts(rows, 70)) write(part);
    expect(table.figures()).toEqual(oneByOne(rows));
    const spans = Object.keys(table.figures()).map((key) => Number(key.split(',')[0]));
    expect(spans.filter((spanMs) => spanMs === MINUTE_MS)).toHaveLength(20);
    expect(spans.filter((spanMs) => spanMs === FIVE_MINUTES_MS)).toHaveLength(6);
    expect(spans.filter((spanMs) => spanMs === HOUR_MS)).toHaveLength(4);
    expect(spans.filter((spanMs) => spanMs === DAY_MS)).toHaveLength(4);
    expect(table.streams).toEqual(['stream']);
  });

  it('stores a minute with its rows, and the longer buckets once it has ended', () => {
    const at = (seconds: number): RollupRow[] =>
      rollupRows(5, { from: FROM + seconds * 1000, withinMs: 1 }).filter(
        ({ modelVersion }) => modelVersion === '1',
      );
    const stored = (part: readonly RollupRow[]): (readonly number[])[] => {
      const upserts = book.add(part);
      book.kept();
      return upserts.map(({ spanMs, folded }) => [spanMs / MINUTE_MS, folded]);
    };
    expect(stored(at(0))).toEqual([[1, 0]]);
    expect(stored(at(40))).toEqual([[1, 0]]);
    const folded = [[1, 1], ...[DAY_MS, HOUR_MS, FIVE_MINUTES_MS].map((ms) => [ms / MINUTE_MS, 1])];
    expect(stored(at(120))).toEqual([[1, 0], ...folded]);
    expect(stored(at(121))).toEqual([[1, 0]]);
  });

  it('forgets a transaction that failed', () => {
    inParts(rows, 70).forEach((part, i) => {
      if (i % 3 === 1) {
        book.add(part);
        book.dropped();
      } else write(part);
    });
    const stored = inParts(rows, 70).filter((_, i) => i % 3 !== 1);
    expect(table.figures()).toEqual(oneByOne(stored.flat()));
  });

  it('counts right where a transaction was stored and nobody was told', () => {
    inParts(rows, 70).forEach((part, i) => {
      table.store(book.add(part));
      if (i % 5 === 2) book.dropped();
      else book.kept();
    });
    expect(table.figures()).toEqual(oneByOne(rows));
  });

  it('opens another part of a bucket for rows that come late, and overwrites nothing', () => {
    for (const part of inParts(rows, 70)) write(part);
    write(rows.slice(0, 100));
    write(rows.slice(50, 150));
    expect(table.figures()).toEqual(
      oneByOne([...rows, ...rows.slice(0, 100), ...rows.slice(50, 150)]),
    );
    expect(table.streams.length).toBeGreaterThan(1);
    expect(table.streams.every((stream) => /^stream(\.\d+)?$/.test(stream))).toBe(true);
  });

  it('adds up with the books of other writers', () => {
    const books = ['a', 'b', 'c'].map((stream) => new RollupBook(stream));
    inParts(rows, 31).forEach((part, i) => {
      book = books[i % 3] as RollupBook;
      write(part);
    });
    expect(table.figures()).toEqual(oneByOne(rows));
  });

  it('gives nothing for no rows', () => {
    expect(book.add([])).toEqual([]);
  });
});
