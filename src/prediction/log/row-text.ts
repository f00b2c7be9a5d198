// A row of the log as the text that its digest is of. No two rows have the same, for a text is preceded by its length.
import type { Cell } from './row-columns.ts';

/** Texts of rows that mostly repeat cells of the row before: the user, the model, the threshold. To write all of them anew takes 0.3 us a row more. */
export class RowTexts {
  /** Of the row before, by column. */
  readonly #cells: Cell[] = [];
  readonly #texts: string[] = [];

  /** Of `width` cells from `at` on. */
  of(cells: readonly Cell[], at: number, width: number): string {
    let text = '';
    for (let i = 0; i < width; i++) text += this.#textOf(i, cells[at + i] ?? null);
    return text;
  }

  #textOf(column: number, cell: Cell): string {
    if (this.#cells[column] !== cell) {
      this.#cells[column] = cell;
      this.#texts[column] = textOf(cell);
    }
    return this.#texts[column] as string;
  }
}

function textOf(cell: Cell): string {
  if (cell === null) return '-,';
  return typeof cell === 'number' ? `${textOfNumber(cell)},` : `${cell.length}:${cell},`;
}

/**
 * As ECMAScript writes it, which loses no digit. JSON has the same text for a finite number, and writes it without a look into V8's cache of
 * numbers' texts, which a new one is never in: 0.3 us a row less.
 */
const textOfNumber = (number: number): string =>
  Number.isFinite(number) ? JSON.stringify(number) : String(number);
