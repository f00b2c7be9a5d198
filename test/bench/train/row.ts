// One line of the table: what we took or reached, what the peer did, and the figure that the goal is about.
import { goalText, inDigits, isMet, type Figure } from '../figures.ts';

export interface Row extends Figure {
  readonly ours: string;
  readonly peer: string;
  /** What we aim at beyond the goal, in the figure's unit. */
  readonly aim?: number;
}

/** Seconds, as printed. */
export const seconds = (value: number): string => `${value.toFixed(value < 1 ? 3 : 2)} s`;

export const score = (value: number): string => value.toFixed(5);

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const { what, ours, peer, value, unit, digits = 2 } = row;
    const figure = `${inDigits(value, digits)}${unit === '' ? '' : ` ${unit}`}`;
    return `| ${[what, ours, peer, figure, goalText(row), aimText(row), verdictOf(row)].join(' | ')} |`;
  });
  return [
    '| what | ours | peer | figure | goal | aim | met |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...cells,
  ].join('\n');
}

const aimText = (row: Row): string =>
  row.aim === undefined ? '' : goalText({ ...row, goal: row.aim });

function verdictOf(row: Row): string {
  if (!isMet(row)) return '**missed**';
  return row.aim !== undefined && isMet({ ...row, goal: row.aim }) ? 'aim' : 'goal';
}

export const least = <Measured>(
  runs: readonly Measured[],
  of: (run: Measured) => number,
): Measured => runs.toSorted((a, b) => of(a) - of(b))[0] as Measured;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
