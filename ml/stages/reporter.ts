// Tells a person what training does: on a terminal one line that is rewritten, elsewhere plain lines.
import { candidateName } from '../candidates.ts';
import type { CandidateResult, SearchProgress } from '../search/search.ts';
import type { Reporter } from './context.ts';

/** Where plain lines go, the first fold gets one and then one comes this often. */
const PLAIN_LINE_MS = 5_000;
/** Reading that takes longer than this is told of. */
const FIRST_LINE_MS = 1_000;
const ERASE_LINE = '\r\u001b[2K';

export const silentReporter: Reporter = {
  stage: () => {},
  reading: () => {},
  fold: () => {},
  note: () => {},
};

export class StreamReporter implements Reporter {
  private lastLine = 0;
  private open = false;
  private readingSince: number | null = null;

  constructor(
    private readonly stream: { readonly isTTY?: boolean; write(text: string): unknown },
  ) {}

  stage(name: string): void {
    this.line(name);
  }

  note(text: string): void {
    this.line(`  ${text}`);
  }

  reading(share: number, rows: number): void {
    const now = performance.now();
    this.readingSince ??= now;
    // A file that is read at once needs no line.
    if (now - this.readingSince >= FIRST_LINE_MS)
      this.progress(`${bar(share)} ${Math.floor(share * 100)} % read, ${rows} rows`, false);
  }

  fold(progress: SearchProgress): void {
    this.progress(describe(progress), progress.done === 1);
  }

  /** Removes a line that would be rewritten. */
  end(): void {
    if (this.open) this.stream.write(ERASE_LINE);
    this.open = false;
  }

  /** A line that the next one rewrites; elsewhere than on a terminal one in a while, and those that `matter`. */
  private progress(text: string, matters: boolean): void {
    const now = performance.now();
    if (this.stream.isTTY === true) {
      this.stream.write(`${ERASE_LINE}  ${text}`);
      this.open = true;
    } else if (matters || now - this.lastLine >= PLAIN_LINE_MS) {
      this.lastLine = now;
      this.line(`  ${text}`);
    }
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
  outer,
}: SearchProgress): string {
  const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
  const place = `${bar(done / total)} ${done}/${total}${left}`;
  const within = outer === undefined ? '' : `nested estimate ${outer.fold + 1}/${outer.folds} `;
  return `${within}${place}: ${candidateName(candidate)}, fold ${fold + 1}/${folds}${bestSoFar(best, metric)}`;
}

const BAR = 12;
const bar = (share: number): string => '#'.repeat(Math.round(share * BAR)).padEnd(BAR, '.');

const bestSoFar = (best: CandidateResult | null, metric: string): string =>
  best === null ? '' : ` (best so far: ${metric} ${best.mean.toFixed(4)}, ${best.learner})`;
