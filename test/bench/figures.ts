// What a benchmark measured against its goal, printed one line each.

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** At most. */
  readonly goal: number;
}

/** Prints the figures; the process fails where a goal is missed. */
export function report(figures: readonly Figure[]): void {
  for (const { what, value, unit, goal } of figures) {
    const verdict = value <= goal ? '' : '  MISSED';
    process.stdout.write(
      `${what.padEnd(62)} ${value.toFixed(2).padStart(9)} ${unit} (goal <= ${goal.toFixed(2)})${verdict}\n`,
    );
  }
  if (!figures.every(({ value, goal }) => value <= goal)) process.exitCode = 1;
}

/** The value below which the share q of them lies; nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
