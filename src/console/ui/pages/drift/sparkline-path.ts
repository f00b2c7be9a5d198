// The line of past scores as the path of an SVG, and what of it a reader is told.
import { placeOf, type PastScore } from './drift-columns.ts';

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Inside of the box, so that the line is not cut. */
const MARGIN = 2;

/** Gaps where a score is not known; a score alone between gaps is a dot. */
export function sparklinePath(past: readonly PastScore[], { width, height }: Box): string {
  const step = past.length > 1 ? (width - 2 * MARGIN) / (past.length - 1) : 0;
  let path = '';
  let pen: 'M' | 'L' = 'M';
  for (const [i, { excess }] of past.entries()) {
    if (excess === null) {
      pen = 'M';
      continue;
    }
    const x = MARGIN + i * step;
    const y = height - MARGIN - placeOf(excess) * (height - 2 * MARGIN);
    const isAlone = pen === 'M' && (past[i + 1]?.excess ?? null) === null;
    path += `${pen}${round(x)} ${round(y)}${isAlone ? 'h0.01' : ''}`;
    pen = 'L';
  }
  return path;
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

/** Evaluations with a score, and those of them with drift. */
export const countsOf = (
  past: readonly PastScore[],
): { readonly scored: number; readonly drifted: number } => ({
  scored: past.filter(({ excess }) => excess !== null).length,
  drifted: past.filter(({ verdict }) => verdict === 'drift').length,
});
