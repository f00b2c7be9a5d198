// Callers who go on predicting whatever happens to the server: what each was answered, and how long it took.
import { setTimeout as pause } from 'node:timers/promises';

export interface LoadAnswer {
  /** 0: the connection broke. */
  readonly status: number;
  readonly retryAfter: string | null;
  /** null where it was not acknowledged. */
  readonly id: string | null;
  /** When it was asked, and how long the answer took: milliseconds of this process's monotonic clock. */
  readonly askedAt: number;
  readonly ms: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  readonly connections?: number;
}

const CALLERS = 8;
const WAIT_MS = 20;

export class PredictionLoad {
  readonly answers: LoadAnswer[] = [];
  /** What each caller was answered last. */
  private readonly last: LoadAnswer[] = [];
  private readonly callers: Promise<unknown>;
  private stopped = false;

  constructor(private readonly options: LoadOptions) {
    const { connections = CALLERS } = options;
    this.callers = Promise.all(Array.from({ length: connections }, (_, i) => this.call(i)));
  }

  /** What was acknowledged: each of these has to be in the database. */
  get acknowledged(): readonly string[] {
    return this.answers.flatMap(({ id }) => (id === null ? [] : [id]));
  }

  /** Whether what each caller asked last, after the instant, was acknowledged. */
  isWell(since: number): boolean {
    const { connections = CALLERS } = this.options;
    const well = this.last.filter(({ id, askedAt }) => id !== null && askedAt > since);
    return well.length === connections;
  }

  get refused(): readonly LoadAnswer[] {
    return this.answers.filter(({ id }) => id === null);
  }

  async stop(): Promise<this> {
    this.stopped = true;
    await this.callers;
    return this;
  }

  private async call(caller: number): Promise<void> {
    while (!this.stopped) {
      const answer = await this.ask();
      this.answers.push(answer);
      this.last[caller] = answer;
      if (answer.id === null) await pause(WAIT_MS);
    }
  }

  private async ask(): Promise<LoadAnswer> {
    const { url, headers, body } = this.options;
    const askedAt = performance.now();
    const broken = { status: 0, retryAfter: null, id: null, askedAt };
    try {
      const answer = await fetch(`${url}/predict`, { method: 'POST', headers, body });
      const { id = null } = (await answer.json()) as { id?: string };
      const retryAfter = answer.headers.get('retry-after');
      const { status } = answer;
      return {
        ...broken,
        status,
        retryAfter,
        id: status === 200 ? id : null,
        ms: performance.now() - askedAt,
      };
    } catch {
      return { ...broken, ms: performance.now() - askedAt };
    }
  }
}
