// A batch under way: reads the answer while it comes, tells who looks at most five times a second, and can be cancelled.
import { addressOf, authorizedFetch } from '../../api/client.ts';
import { problemOf, ProblemError } from '../../api/problem.ts';
import { BatchResults, type BatchCounts } from './batch-results.ts';
import { MEDIA_TYPES, type UploadFormat } from './upload-format.ts';

export interface Upload {
  readonly file: File;
  readonly format: UploadFormat;
  readonly explain: boolean;
  /** Whether the rows are stored in the prediction log. */
  readonly isLogged: boolean;
}

export type RunState = 'running' | 'done' | 'cancelled' | 'failed';

export interface RunSnapshot {
  readonly state: RunState;
  readonly counts: BatchCounts;
  /** Of `failed`. */
  readonly error: unknown;
  /** The version that answers; null until it does, and of jobs, which tell it themselves. */
  readonly version: string | null;
}

const TOLD_EVERY_MS = 200;

export class BatchRun {
  /** Tells runs apart. */
  readonly id = crypto.randomUUID();
  readonly results: BatchResults;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  #snapshot: RunSnapshot;
  #toldAt = 0;

  private constructor(
    /** Of the downloads. */
    readonly name: string,
    positiveLabel: string,
    request: Request,
  ) {
    this.results = new BatchResults(positiveLabel);
    this.#snapshot = {
      state: 'running',
      counts: this.results.counts(),
      error: null,
      version: null,
    };
    void this.#read(request);
  }

  static ofUpload({ file, format, explain, isLogged }: Upload, positiveLabel: string): BatchRun {
    const address = addressOf('/predict/batch');
    if (explain) address.searchParams.set('explain', 'true');
    if (!isLogged) address.searchParams.set('log', 'off');
    const headers = { 'Content-Type': MEDIA_TYPES[format], Accept: MEDIA_TYPES.ndjson };
    const name = file.name.replace(/\.[^.]+$/, '');
    const request = new Request(address, { method: 'POST', headers, body: file });
    return new BatchRun(name, positiveLabel, request);
  }

  /** The result of a job that is done. */
  static ofJob(id: string, positiveLabel: string): BatchRun {
    const headers = { Accept: MEDIA_TYPES.ndjson };
    const request = new Request(addressOf(`/jobs/${id}/result`), { headers });
    return new BatchRun(id, positiveLabel, request);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): RunSnapshot => this.#snapshot;

  /** What has been answered stays. */
  cancel(): void {
    if (this.#snapshot.state !== 'running') return;
    this.#tell({ state: 'cancelled' });
    this.#abort.abort();
  }

  async #read(request: Request): Promise<void> {
    try {
      const response = await authorizedFetch(request, { signal: this.#abort.signal });
      if (!response.ok) throw new ProblemError(problemOf(response.status, await bodyOf(response)));
      this.#tell({ version: response.headers.get('X-Model-Version') });
      await this.#take(response);
    } catch (error) {
      if (this.#snapshot.state === 'running') this.#tell({ state: 'failed', error });
    }
  }

  async #take(response: Response): Promise<void> {
    const reader = response.body?.getReader();
    for (
      let piece = await reader?.read();
      piece?.value !== undefined;
      piece = await reader?.read()
    ) {
      this.results.push(piece.value);
      if (performance.now() - this.#toldAt > TOLD_EVERY_MS) this.#tell({});
    }
    const { fault } = this.results;
    if (fault !== null) throw new ProblemError(fault);
    if (!this.results.isWhole) throw new TypeError('The answer was cut off.');
    this.#tell({ state: 'done' });
  }

  #tell(changed: Partial<RunSnapshot>): void {
    this.#toldAt = performance.now();
    this.#snapshot = { ...this.#snapshot, counts: this.results.counts(), ...changed };
    for (const listener of this.#listeners) listener();
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
