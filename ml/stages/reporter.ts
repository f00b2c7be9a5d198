// Tells a person what training does: on a terminal one line that is rewritten, elsewhere plain lines.
import { candidateName } from '../candidates.ts';
import type { CandidateResult, SearchProgress } from '../evaluation/grid-search.ts';
import type { Reporter } from './context.ts';

/** Where plain lines go, a candidate gets a first line and then one this often. */
const PLAIN_LINE_MS = 5_000;
const ERASE_LINE = '\r\u001b[2K';

export const silentReporter: Reporter = { stage: () => {}, fold: () => {}, note: () => {} };

export class StreamReporter implements Reporter {
  private lastLine = 0;
  private open = false;

  constructor(
    private readonly stream: { readonly isTTY?: boolean; write(text: string): unknown },
  ) {}

  stage(name: string): void {
    this.line(name);
  }

  note(text: string): void {
    this.line(`  ${text}`);
  }

  fold(progress: SearchProgress): void {
    const text = `  ${describe(progress)}`;
    if (this.stream.isTTY === true) {
      this.stream.write(`${ERASE_LINE}${text}`);
      this.open = true;
      return;
    }
    const now = performance.now();
    if (progress.fold > 0 && now - this.lastLine < PLAIN_LINE_MS) return;
    this.lastLine = now;
    this.line(text);
  }

  /** Removes a line that would be rewritten. */
  end(): void {
    if (this.open) this.stream.write(ERASE_LINE);
    this.open = false;
  }

  private line(text: string): void {
    this.end();
    this.stream.write(`${text}\n`);
  }
}

function describe({
  candidate,
  candidateIndex,
  candidates,
  fold,
  folds,
  best,
  metric,
}: SearchProgress): string {
  const place = `candidate ${candidateIndex + 1}/${candidates}, fold ${fold + 1}/${folds}`;
  return `${place}: ${candidateName(candidate)}${bestSoFar(best, metric)}`;
}

const bestSoFar = (best: CandidateResult | null, metric: string): string =>
  best === null ? '' : ` (best so far: ${metric} ${best.mean.toFixed(4)}, ${best.learner})`;
