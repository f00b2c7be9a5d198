// Evaluations that take a core for a while: one at a time, and those who ask the same while it is under way share the answer.

export class Evaluations<Answer> {
  /** Under way or waiting, by what was asked. */
  readonly #underWay = new Map<string, Promise<Answer>>();
  #last: Promise<unknown> = Promise.resolve();

  /** `key`: everything that the answer depends on, but the instant. */
  async share(key: readonly unknown[], evaluate: () => Promise<Answer>): Promise<Answer> {
    const asked = JSON.stringify(key);
    const underWay = this.#underWay.get(asked);
    if (underWay !== undefined) return underWay;
    const evaluation = this.#last.then(evaluate);
    this.#underWay.set(asked, evaluation);
    this.#last = evaluation.catch(() => undefined);
    try {
      return await evaluation;
    } finally {
      this.#underWay.delete(asked);
    }
  }

  /** Resolves when those asked for so far have ended. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
