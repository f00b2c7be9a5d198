// Scores of a search on disk, one line a fold, so that a search that was killed goes on from the folds already done.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const headSchema = z.strictObject({ search: z.string() });
const lineSchema = z.strictObject({ fold: z.string(), score: z.number() });

export interface Journal {
  /** The score of a fold that an earlier run of the same search has done. */
  find(fold: string): number | undefined;
  add(fold: string, score: number): void;
  /** Folds found when it was opened. */
  readonly found: number;
  /** The search is done: nothing is left to go on from. */
  remove(): void;
}

/** Keeps nothing. */
export const noJournal: Journal = Object.freeze({
  find: () => undefined,
  add() {},
  found: 0,
  remove() {},
});

/** Opens the journal of the search with this `key`; one of another search is thrown away, half a last line too. */
export function openJournal(file: string, key: string): Journal {
  const scores = readScores(file, key);
  const lines = [...scores].map(([fold, score]) => line({ fold, score }));
  writeFileSync(file, [line({ search: key }), ...lines].join(''));
  return Object.freeze({
    find: (fold: string) => scores.get(fold),
    add(fold: string, score: number) {
      scores.set(fold, score);
      appendFileSync(file, line({ fold, score }));
    },
    found: scores.size,
    remove() {
      rmSync(file, { force: true });
    },
  });
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

function readScores(file: string, key: string): Map<string, number> {
  const scores = new Map<string, number>();
  const [head, ...lines] = readText(file).split('\n').map(parse);
  const { success, data } = headSchema.safeParse(head);
  if (!success || data.search !== key) return scores;
  for (const each of lines) {
    const found = lineSchema.safeParse(each);
    if (found.success) scores.set(found.data.fold, found.data.score);
  }
  return scores;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** undefined for half a line. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
