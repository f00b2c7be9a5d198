// One line of the gate's report.
import { AppError } from '../common/errors.ts';

export interface GateCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What was measured; null where the check is not of a number. */
  readonly value: number | null;
  /** What it is held against. */
  readonly limit: number | null;
  /** Ends of the interval of `value`, where it is an estimate. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly detail: string;
}

type Figures = Partial<Pick<GateCheck, 'value' | 'limit' | 'interval'>>;

export const check = (
  name: string,
  passed: boolean,
  detail: string,
  { value = null, limit = null, interval = null }: Figures = {},
): GateCheck => ({ name, passed, value, limit, interval, detail });

/** What is a bundle's own fault is the outcome of a check; anything else is thrown on. */
export function reasonOf(error: unknown): string {
  if (
    error instanceof AppError &&
    (error.code === 'BUNDLE_INVALID' || error.code === 'MODEL_ERROR')
  )
    return error.message;
  throw error;
}
