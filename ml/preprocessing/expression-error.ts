// What is thrown for an expression that cannot be read.

/** Where (characters counted from 1), what was expected there, and what to know about it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    readonly position: number,
    readonly expected: string,
  ) {
    super(`at character ${position}: expected ${expected}`);
  }
}
