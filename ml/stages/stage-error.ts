// A stage that cannot be run; the message says what to do about it.

export class StageError extends Error {
  override readonly name = 'StageError';
}
