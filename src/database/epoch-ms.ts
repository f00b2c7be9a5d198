// The one representation of an instant in the database: milliseconds since 1970-01-01 UTC in a bigint, which both engines compare and
// index natively. SQLite hands it over as a number, PostgreSQL as text; the transformer makes both a number.
import type { ColumnOptions } from 'typeorm';

/** A bigint column read as a number: exact below 2^53, far beyond any instant or byte count here. */
export const BIGINT = {
  type: 'bigint',
  transformer: {
    to: (value: unknown): unknown => value,
    from: (stored: unknown): number | null => (stored === null ? null : Number(stored)),
  },
} as const satisfies ColumnOptions;

/** For `@Column(EPOCH_MS)` on a `number` property; spread it where more options are needed. */
export const EPOCH_MS = BIGINT;

/** The same instant on the wire: ISO 8601, UTC. */
export const toIso = (epochMs: number): string => new Date(epochMs).toISOString();
