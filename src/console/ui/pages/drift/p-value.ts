// A p-value in words that fit a cell: one that is next to nothing is said to be below what matters.
const LEAST_SHOWN = 0.0001;

export const pValueText = (p: number | null, number: (value: number | null) => string): string =>
  p !== null && p < LEAST_SHOWN ? `< ${number(LEAST_SHOWN)}` : number(p);
