// Tells a person what training does: on a terminal one line that is rewritten, elsewhere plain lines.
import { candidateName } from '../candidates.ts';
import type { CandidateResult, SearchProgress } from '../search/search.ts';
import type { Reporter } from './context.ts';

/** Where plain lines go, the first fold gets one and then one comes this often. */
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
    if (progress.done > 1 && now - this.lastLine < PLAIN_LINE_MS) return;
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
  fold,
  folds,
  done,
  total,
  best,
  metric,
  secondsLeft,
}: SearchProgress): string {
  const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
  const place = `${bar(done / total)} ${done}/${total}${left}`;
  return `${place}: ${candidateName(candidate)}, fold ${fold + 1}/${folds}${bestSoFar(best, metric)}`;
}

const BAR = 12;
const bar = (share: number): string => '#'.repeat(Math.round(share * BAR)).padEnd(BAR, '.');

const bestSoFar = (best: CandidateResult | null, metric: string): string =>
  best === null ? '' : ` (best so far: ${metric} ${best.mean.toFixed(4)}, ${best.learner})`;
