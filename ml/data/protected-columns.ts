// Columns that a model must not see and is measured by: to which group of each a row belongs.
import { shortestDecimal } from '../../src/features/as-seen.ts';
import { NUMBER } from './parse-cell.ts';

/** One column of the file: groups by category, or by quartile of a number. */
export interface ProtectedColumn {
  readonly column: string;
  readonly groups: readonly string[];
  /** Position of the group in `groups`, -1 where the cell is empty, [rows]. */
  readonly codes: Int16Array;
}

/** More are numbers to cut, or no groups at all. */
const MOST_CATEGORIES = 20;
const MISSING = -1;

/** Collects one column while a file is read: as categories until there are too many of them, then as numbers. */
export class ProtectedReader {
  private readonly texts = new Map<string, number>();
  private readonly codes: number[] = [];
  private numbers: number[] | null = null;

  constructor(private readonly column: string) {}

  /** Adds the next row; returns what was expected where its text cannot be told to a group. */
  add(text: string): string | null {
    if (text === '') return this.push(MISSING, Number.NaN);
    if (this.numbers === null && this.codeOf(text) === null) this.toNumbers();
    if (this.numbers === null) {
      const code = this.codeOf(text);
      return code === null ? this.refuse() : this.push(code, Number.NaN);
    }
    return NUMBER.test(text) ? this.push(MISSING, Number(text)) : this.refuse();
  }

  /** Takes the last row back. */
  drop(): void {
    this.codes.pop();
    this.numbers?.pop();
  }

  take(): ProtectedColumn {
    const { column } = this;
    if (this.numbers !== null) return { column, ...quartiles(Float64Array.from(this.numbers)) };
    // In the order of their names: a file in another order has the same groups.
    const groups = [...this.texts.keys()].sort();
    const positions = [...this.texts.keys()].map((text) => groups.indexOf(text));
    return {
      column,
      groups,
      codes: Int16Array.from(this.codes, (code) => positions[code] ?? MISSING),
    };
  }

  /** null where the category is one too many. */
  private codeOf(text: string): number | null {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    if (this.texts.size === MOST_CATEGORIES) return null;
    this.texts.set(text, this.texts.size);
    return this.texts.size - 1;
  }

  private toNumbers(): void {
    const texts = [...this.texts.keys()];
    if (!texts.every((text) => NUMBER.test(text))) return;
    this.numbers = this.codes.map((code) => Number(texts[code] ?? Number.NaN));
  }

  private push(code: number, number: number): null {
    this.codes.push(code);
    this.numbers?.push(number);
    return null;
  }

  private refuse(): string {
    this.push(MISSING, Number.NaN);
    return `expected one of at most ${MOST_CATEGORIES} categories, or numbers only, got another text`;
  }
}

/** Ranges above one quartile (nearest rank) up to and with the next; one that equal values leave empty falls to the one before. */
function quartiles(numbers: Float64Array): Pick<ProtectedColumn, 'groups' | 'codes'> {
  const sorted = numbers.filter((number) => !Number.isNaN(number)).sort();
  const ends = [
    ...new Set([0.25, 0.5, 0.75].map((share) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0)),
  ].filter((end) => end < (sorted.at(-1) ?? 0));
  const groups = [...ends, Infinity].map((end, i) => labelOf(ends[i - 1], end));
  const codes = Int16Array.from(numbers, (number) => {
    if (Number.isNaN(number)) return MISSING;
    const at = ends.findIndex((end) => number <= end);
    return at === -1 ? ends.length : at;
  });
  return { groups, codes };
}

function labelOf(above: number | undefined, upTo: number): string {
  const [from, to] = [above, upTo].map((bound) => shortestDecimal(Math.fround(bound ?? 0)));
  if (above === undefined) return upTo === Infinity ? 'all' : `up to ${to}`;
  return upTo === Infinity ? `above ${from}` : `above ${from} up to ${to}`;
}
