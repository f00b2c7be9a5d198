// One piece of work at a time for the whole process: however many searches there are, a prediction waits for one piece at most.

export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Does the work when all that asked before are done. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
