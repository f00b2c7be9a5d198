// Where a page of events begins that are numbered as they come: text that means nothing to anybody else.
import { AppError } from './errors.ts';

const CURSOR = /^e(\d{1,9})$/;

export const toIdCursor = (id: number): string => Buffer.from(`e${id}`).toString('base64url');

/** The number of the last event of the page before. Throws INVALID_INPUT for a cursor that this API did not give. */
export function readIdCursor(cursor: string): number {
  const [, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (id === undefined) {
    throw new AppError('INVALID_INPUT', 'The cursor is not one that this API gave.', {
      errors: [{ field: 'cursor', code: 'cursor', expected: 'the next_cursor of the page before' }],
    });
  }
  return Number(id);
}
