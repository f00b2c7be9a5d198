// What a benchmark measured against its goal, printed one line each.

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** At most, unless `atLeast`; a figure that is only told has none. */
  readonly goal?: number;
  readonly atLeast?: boolean;
  /** Decimals; 2 unless said. Smaller values are printed by their power of ten. */
  readonly digits?: number;
}

/** NaN meets nothing. */
export const isMet = ({ value, goal, atLeast = false }: Figure): boolean =>
  goal === undefined || (atLeast ? value >= goal : value <= goal);

/** Prints the figures; the process fails where a goal is missed. */
export function report(figures: readonly Figure[]): void {
  for (const figure of figures) {
    const { what, value, unit, goal, digits = 2 } = figure;
    const aim = goal === undefined ? '' : ` (goal ${goalText(figure)})`;
    const verdict = isMet(figure) ? '' : '  MISSED';
    process.stdout.write(
      `${what.padEnd(62)} ${inDigits(value, digits).padStart(9)} ${unit}${aim}${verdict}\n`,
    );
  }
  if (!figures.every(isMet)) process.exitCode = 1;
}

/** "<= 1.25" */
export const goalText = ({ goal, atLeast = false, digits = 2 }: Figure): string =>
  goal === undefined ? '' : `${atLeast ? '>=' : '<='} ${inDigits(goal, digits)}`;

/** 0.00042 in 2 digits is 4.2e-4. */
export function inDigits(value: number, digits: number): string {
  const lost = value !== 0 && Math.abs(value) < 10 ** -digits;
  return lost ? value.toExponential(1) : value.toFixed(digits);
}

/** The figures as a table of markdown. */
export function figureTable(figures: readonly Figure[]): string {
  const cells = figures.map((figure) => {
    const { what, value, unit, goal, digits = 2 } = figure;
    const met = goal === undefined ? '' : isMet(figure) ? 'yes' : '**no**';
    return [what, `${inDigits(value, digits)} ${unit}`, goalText(figure), met];
  });
  return markdownTable(['what', 'figure', 'goal', 'met'], cells);
}

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

/** The value below which the share q of them lies; nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
