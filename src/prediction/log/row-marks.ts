// What a block keeps of each of its rows: enough to name the one that was changed, taken out or put in. That something was is proved by the digest.
import { sha256 } from './log-chain.ts';

/** Characters of a row's digest, and of the end of its id: an id begins with the time, which neighbours share. */
const DIGEST = 8;
const ID = 8;

export interface RowDigest {
  readonly id: string;
  readonly digest: string;
}

export interface RowMark {
  /** The end of the row's id. */
  readonly id: string;
  /** The beginning of its digest. */
  readonly digest: string;
}

const endOf = (id: string): string => id.slice(-ID).padStart(ID);

/** In the order of their ids, whatever a database's collation makes of them. */
export const byId = (a: RowDigest, b: RowDigest): number => (a.id < b.id ? -1 : 1);

/** Of rows in the order of their ids. */
export const digestOfRows = (rows: readonly RowDigest[]): string =>
  sha256(rows.map(({ digest }) => digest).join(''));

export const marksOf = (rows: readonly RowDigest[]): string =>
  rows.map(({ id, digest }) => digest.slice(0, DIGEST) + endOf(id)).join('');

export function readMarks(detail: string): RowMark[] {
  return Array.from({ length: Math.ceil(detail.length / (DIGEST + ID)) }, (_, i) => {
    const at = i * (DIGEST + ID);
    return {
      digest: detail.slice(at, at + DIGEST),
      id: detail.slice(at + DIGEST, at + DIGEST + ID),
    };
  });
}

export const isMarkOf = (mark: RowMark, { id, digest }: RowDigest): boolean =>
  mark.id === endOf(id) && mark.digest === digest.slice(0, DIGEST);

export const isMarkOfId = (mark: RowMark, { id }: RowDigest): boolean => mark.id === endOf(id);
