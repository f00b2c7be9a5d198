// What the API answers where it cannot do what was asked: RFC 9457 problem details, or no answer at all.
export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly expected: string;
  readonly received?: string;
}

export interface ProblemDetails {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldProblem[];
  /** Of GATE_FAILED. */
  readonly report?: Readonly<Record<string, unknown>>;
}

export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: ProblemDetails) {
    super(problem.detail);
  }
}

/** The server could not be reached: it is restarting, or the network is gone. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause });
  }
}

/** A problem from whatever body came with an error status: a proxy in between answers in its own words. */
export function problemOf(status: number, body: unknown): ProblemDetails {
  const told: Partial<ProblemDetails> = typeof body === 'object' && body !== null ? body : {};
  return {
    ...told,
    status,
    title: told.title ?? `HTTP ${status}`,
    code: told.code ?? `HTTP_${status}`,
    detail: told.detail ?? `The server answered ${status}.`,
  };
}
