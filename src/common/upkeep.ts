// Work that is done again and again by one of the processes behind a port: at once, and then each time some time after the end of the last.
import type { Siblings } from './siblings.ts';

export class Upkeep {
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** `work` throws nothing. */
  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly everyMs: number,
  ) {}

  /** Work that takes long looks here now and then. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** In the process that is appointed. */
  begin(siblings: Siblings): void {
    siblings.whenAppointed(() => void this.#keepOn());
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  async #keepOn(): Promise<void> {
    await this.work();
    if (!this.#isEnded) this.#timer = setTimeout(() => void this.#keepOn(), this.everyMs).unref();
  }
}
