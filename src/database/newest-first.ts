// Pages of a table that is numbered as it grows, newest first.
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { readIdCursor, toIdCursor } from '../common/id-cursor.ts';

export interface NewestFirst<Entity> {
  readonly items: readonly Entity[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** `query`: its alias is `e`. By key, so that rows added meanwhile shift nothing. Throws INVALID_INPUT for a cursor not of ours. */
export async function newestFirst<Entity extends ObjectLiteral & { readonly id: number }>(
  query: SelectQueryBuilder<Entity>,
  limit: number,
  cursor?: string,
): Promise<NewestFirst<Entity>> {
  // One more than asked: whether there is a next page.
  query.orderBy('e.id', 'DESC').limit(limit + 1);
  if (cursor !== undefined) query.andWhere('e.id < :before', { before: readIdCursor(cursor) });
  const found = await query.getMany();
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, nextCursor: more ? toIdCursor(last.id) : null };
}
