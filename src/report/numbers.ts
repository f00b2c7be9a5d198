// Numbers as the report's sentences and tables show them.

/** Nothing where there is none. */
export const figure = (value: number | null | undefined, digits = 4): string =>
  value === null || value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits);

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
