// Where a page of jobs begins, as text that means nothing to anybody else.
import { AppError } from '../common/errors.ts';
import type { JobPage } from './job-table.ts';

const CURSOR = /^(\d{1,15})\.([0-9a-f-]{36})$/;

export const toCursor = (next: JobPage['next']): string | null =>
  next === null ? null : Buffer.from(`${next.createdAt}.${next.id}`).toString('base64url');

/** Throws INVALID_INPUT for one that this API did not give. */
export function readCursor(cursor: string | undefined): JobPage['next'] {
  if (cursor === undefined) return null;
  const [, createdAt, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (createdAt !== undefined && id !== undefined) return { createdAt: Number(createdAt), id };
  throw new AppError('INVALID_INPUT', 'The cursor is not one that this API gave.', {
    errors: [{ field: 'cursor', code: 'cursor', expected: 'the next_cursor of the page before' }],
  });
}
