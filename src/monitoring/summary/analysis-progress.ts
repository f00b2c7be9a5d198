// How far npm run analyse is, and which lines it could not read, in words.
import type { BrokenLine, LogListener } from './analyse-log.ts';
import type { LogInput } from './log-input.ts';

/** Told one by one; of a file that is no log nobody wants to see every line. */
const TOLD = 20;

export class AnalysisProgress implements LogListener {
  #rows = 0;
  #broken = 0;

  constructor(
    private readonly input: Pick<LogInput, 'name' | 'share'>,
    private readonly say: (text: string) => void,
  ) {}

  get source(): string {
    return this.input.name;
  }

  get rows(): number {
    return this.#rows;
  }

  get brokenLines(): number {
    return this.#broken;
  }

  read(rows: number): void {
    this.#rows += rows;
  }

  broken({ line, column, expected, received }: BrokenLine): void {
    this.#broken += 1;
    if (this.#broken <= TOLD)
      this.say(`${this.source}:${line}:${column}: expected ${expected}; found ${received}`);
    if (this.#broken === TOLD) this.say('Further broken lines are counted only.');
  }

  tell(): void {
    const share = this.input.share();
    const part = share === null ? '' : ` (${Math.floor(100 * share)} %)`;
    this.say(`${this.#counts()} so far${part}`);
  }

  tellEnd(): void {
    this.say(`${this.#counts()} read from ${this.source}`);
  }

  #counts(): string {
    const broken = this.#broken === 0 ? '' : `, ${grouped(this.#broken)} broken lines left out`;
    return `${grouped(this.#rows)} rows${broken}`;
  }
}

const grouped = (count: number): string => count.toLocaleString('en');
