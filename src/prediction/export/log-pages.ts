// The prediction log read from its oldest row to its newest, page by page: what an export is made of.
import { setImmediate as turn } from 'node:timers/promises';
import type { Repository } from 'typeorm';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { conditionsOf, type PredictionFilter } from '../prediction-log.ts';

/** SQLite is read on the event loop: a page is what a prediction meanwhile waits for, 4 ms for rows of 30 features. */
export const PAGE_ROWS = 250;

export type LogPage = readonly LoggedPrediction[];
export type LogPages = AsyncIterable<LogPage>;

/** When the newest row was stored, epoch milliseconds; 0 for an empty log. */
export async function newestAt(rows: Repository<LoggedPrediction>): Promise<number> {
  const [newest] = await rows.find({
    select: { createdAt: true },
    order: { createdAt: 'DESC' },
    take: 1,
  });
  return newest?.createdAt ?? 0;
}

/**
 * Oldest first, up to and with the instant `last`: without it an export of a busy server would never end. No page is read before the one
 * ahead of it was taken, and none after the reader has left.
 */
export async function* logPages(
  rows: Repository<LoggedPrediction>,
  filter: PredictionFilter,
  last: number,
): AsyncGenerator<LogPage, void, undefined> {
  let after: LoggedPrediction | undefined;
  for (;;) {
    const page = await readPage(rows, filter, last, after);
    if (page.length > 0) yield page;
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1);
    // SQLite answers within the same turn: without one of their own, requests would wait for the whole export.
    await turn();
  }
}

function readPage(
  rows: Repository<LoggedPrediction>,
  filter: PredictionFilter,
  last: number,
  after: LoggedPrediction | undefined,
): Promise<LoggedPrediction[]> {
  const query = rows
    .createQueryBuilder('p')
    .where('p.createdAt <= :last', { last })
    .orderBy('p.createdAt', 'ASC')
    .addOrderBy('p.id', 'ASC')
    .limit(PAGE_ROWS);
  for (const [condition, parameters] of conditionsOf(filter)) query.andWhere(condition, parameters);
  if (after !== undefined) {
    // The first half says by itself where the index is entered; an OR over both columns would sort what is left for each page.
    query.andWhere('p.createdAt >= :at AND (p.createdAt > :at OR p.id > :id)', {
      at: after.createdAt,
      id: after.id,
    });
  }
  return query.getMany();
}
