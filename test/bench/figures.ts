// What a benchmark measured against its goal, printed one line each.

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** At most, unless `atLeast`. */
  readonly goal: number;
  readonly atLeast?: boolean;
  /** Decimals; 2 unless said. Smaller values are printed by their power of ten. */
  readonly digits?: number;
}

export const isMet = ({ value, goal, atLeast = false }: Figure): boolean =>
  atLeast ? value >= goal : value <= goal;

/** Prints the figures; the process fails where a goal is missed. */
export function report(figures: readonly Figure[]): void {
  for (const figure of figures) {
    const { what, value, unit, digits = 2 } = figure;
    const verdict = isMet(figure) ? '' : '  MISSED';
    process.stdout.write(
      `${what.padEnd(62)} ${inDigits(value, digits).padStart(9)} ${unit} (goal ${goalText(figure)})${verdict}\n`,
    );
  }
  if (!figures.every(isMet)) process.exitCode = 1;
}

/** "<= 1.25" */
export const goalText = ({ goal, atLeast = false, digits = 2 }: Figure): string =>
  `${atLeast ? '>=' : '<='} ${inDigits(goal, digits)}`;

/** 0.00042 in 2 digits is 4.2e-4. */
export function inDigits(value: number, digits: number): string {
  const lost = value !== 0 && Math.abs(value) < 10 ** -digits;
  return lost ? value.toExponential(1) : value.toFixed(digits);
}

/** The value below which the share q of them lies; nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
