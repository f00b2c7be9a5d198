// The answers of one model version in a window of the log, or as many of them as statistics need: by a rule that takes the same rows whenever it is
// followed again.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { LoggedPrediction } from './logged-prediction.entity.ts';

/** Of a window at most; a shift that so many do not show is none that anyone need act on. */
export const MOST_ROWS = 10_000;
/** Each with the first 50 rows of its stretch of time: more stretches than a burst of like rows covers. Each costs two statements. */
const SLICES = 200;
/** SQLite is read on the event loop: a page is what a prediction meanwhile waits for, 3 ms for rows of 30 features. */
const PAGE_ROWS = 250;

export const SAMPLING_RULE =
  `Of more than ${MOST_ROWS} rows ${MOST_ROWS} are taken: the time from the first row of the window to its end is cut into ${SLICES} slices of equal ` +
  'length, and of each slice the first rows by created_at and id are taken, as many as are its share of the rows, rounded down over the slices added up.';

/** The answers of a version, epoch milliseconds, both inclusive. */
export interface SampledWindow {
  readonly modelName: string;
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

/** The first `take` rows of a stretch of time. */
interface Part {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  readonly take: number;
}

export interface SamplePlan {
  readonly window: SampledWindow;
  /** In the window. */
  readonly rows: number;
  /** Of these the ones to be read. */
  readonly sampled: number;
  readonly parts: readonly Part[];
}

export interface SampledRow {
  readonly id: string;
  readonly probability: number;
  readonly label: string;
  /** The features as they came, JSON. */
  readonly inputs: string;
}

type StoredRow = SampledRow & {
  /** PostgreSQL's is text. */
  readonly createdAt: number | string;
};

@Injectable()
export class WindowSample {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly log: Repository<LoggedPrediction>,
  ) {}

  /** Which rows are to be read; counts them in an index, without reading any. */
  async plan(window: SampledWindow, most = MOST_ROWS): Promise<SamplePlan> {
    const { from, to } = window;
    if (!(await this.hasMoreThan(window, most))) {
      const rows = await this.of(window).getCount();
      return { window, rows, sampled: rows, parts: [{ from, to, take: rows }] };
    }
    const slices = slicesOf(await this.firstAt(window), to);
    const counts: number[] = [];
    for (const slice of slices) {
      counts.push(await this.of({ ...window, ...slice }).getCount());
      await turn();
    }
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const takes = sharesOf(counts, most);
    const parts = slices.map((slice, i) => ({ ...slice, take: takes[i] as number }));
    return { window, rows, sampled: Math.min(rows, most), parts };
  }

  /** Oldest first, some at a time. No page is read before the one ahead of it was taken, and between two of them everything else has its turn. */
  async *pages({
    window,
    parts,
  }: SamplePlan): AsyncGenerator<readonly SampledRow[], void, undefined> {
    for (const { from, to, take } of parts) {
      let after: StoredRow | undefined;
      for (let left = take; left > 0; left -= PAGE_ROWS) {
        const page = await this.read({ ...window, from, to }, after, Math.min(left, PAGE_ROWS));
        if (page.length > 0) yield page;
        after = page.at(-1);
        await turn();
        // Rows may have been deleted meanwhile.
        if (after === undefined) break;
      }
    }
  }

  private of({
    modelName,
    version,
    from,
    to,
  }: SampledWindow): SelectQueryBuilder<LoggedPrediction> {
    return this.log
      .createQueryBuilder('p')
      .where('p.model_name = :modelName AND p.model_version = :version', { modelName, version })
      .andWhere('p.created_at >= :from AND p.created_at <= :to', { from, to });
  }

  /** Steps over as many entries of an index, however many the window has. */
  private async hasMoreThan(window: SampledWindow, rows: number): Promise<boolean> {
    return (await this.instant(window, rows)) !== undefined;
  }

  private async firstAt(window: SampledWindow): Promise<number> {
    return Number(await this.instant(window, 0));
  }

  /** Of the row at a place in the window. */
  private async instant(
    window: SampledWindow,
    place: number,
  ): Promise<number | string | undefined> {
    const row = await this.of(window)
      .select('p.created_at', 'createdAt')
      .orderBy('p.created_at', 'ASC')
      .offset(place)
      .limit(1)
      .getRawOne<Pick<StoredRow, 'createdAt'>>();
    return row?.createdAt;
  }

  private read(
    window: SampledWindow,
    after: StoredRow | undefined,
    rows: number,
  ): Promise<StoredRow[]> {
    const from = after === undefined ? window.from : Number(after.createdAt);
    const query = this.of({ ...window, from })
      .select('p.id', 'id')
      .addSelect('p.created_at', 'createdAt')
      .addSelect('p.probability', 'probability')
      .addSelect('p.label', 'label')
      .addSelect('p.inputs', 'inputs')
      .orderBy('p.created_at', 'ASC')
      .addOrderBy('p.id', 'ASC')
      .limit(rows);
    if (after !== undefined)
      query.andWhere('(p.created_at > :from OR p.id > :after)', { after: after.id });
    return query.getRawMany<StoredRow>();
  }
}

/** Milliseconds from `first` to `last`, both inclusive, in slices that differ by one at most. */
function slicesOf(first: number, last: number): readonly Pick<Part, 'from' | 'to'>[] {
  const length = last - first + 1;
  const slices = Math.min(SLICES, length);
  const startOf = (slice: number): number => first + Math.floor((slice * length) / slices);
  return Array.from({ length: slices }, (_, i) => ({ from: startOf(i), to: startOf(i + 1) - 1 }));
}

/** `most` dealt in proportion to the counts: what is due by the end of a slice, less what was due before it. */
function sharesOf(counts: readonly number[], most: number): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let [seen, due] = [0, 0];
  return counts.map((count) => {
    seen += count;
    const before = due;
    due = Math.floor((seen * most) / total);
    return due - before;
  });
}
