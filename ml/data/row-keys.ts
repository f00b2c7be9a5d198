// What decides on which side of a split a row may stand: the group that it belongs to, or its time.
import { NUMBER } from './parse-cell.ts';

/** By class alone (null), by whole groups, or in order of time. */
export interface SplitBy {
  readonly kind: 'group' | 'time';
  readonly column: string;
}

export type RowKeys =
  /** The number of each row's group, [rows]. */
  | { readonly kind: 'group'; readonly groups: Int32Array }
  /** [rows]; only their order counts. */
  | { readonly kind: 'time'; readonly times: Float64Array };

const ISO_DATE = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/;

/** Collects the key of every row while a file is read. */
export class KeyReader {
  private readonly values: number[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly kind: SplitBy['kind']) {}

  /** Adds the next row; returns what was expected where its text is no key. */
  add(text: string): string | null {
    const value = this.kind === 'group' ? this.groupOf(text) : timeOf(text);
    this.values.push(value);
    if (!Number.isNaN(value)) return null;
    const came = text === '' ? 'nothing' : 'another text';
    return this.kind === 'group'
      ? `expected the name of a group, got ${came}`
      : `expected a number or a date such as 2024-05-31 or 2024-05-31T12:00:00Z, got ${came}`;
  }

  /** Takes the last row back. */
  drop(): void {
    this.values.pop();
  }

  take(): RowKeys {
    return this.kind === 'group'
      ? { kind: 'group', groups: Int32Array.from(this.values) }
      : { kind: 'time', times: Float64Array.from(this.values) };
  }

  private groupOf(text: string): number {
    if (text === '') return Number.NaN;
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.numbers.size);
    return this.numbers.size - 1;
  }
}

/** A number as it is, a date as milliseconds; NaN for anything else. A date without a zone is in UTC. */
function timeOf(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  if (!ISO_DATE.test(text)) return Number.NaN;
  const zoned = text.length <= 10 || /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
  return Date.parse(zoned.replace(' ', 'T'));
}

/** The keys of some of the rows. */
export function takeKeys(keys: RowKeys, rows: Int32Array): RowKeys {
  return keys.kind === 'group'
    ? { kind: 'group', groups: Int32Array.from(rows, (row) => keys.groups[row] as number) }
    : { kind: 'time', times: Float64Array.from(rows, (row) => keys.times[row] as number) };
}
