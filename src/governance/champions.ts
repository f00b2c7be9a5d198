// Who was champion before whom, from the moves of the alias. A rollback is undone by a promotion, not by another rollback: going back twice
// goes back two champions, so that a second try never returns to the version that was left.
import type { Cause } from './model-event.entity.ts';

export interface ChampionMove {
  readonly version: string | null;
  readonly cause: Cause | null;
}

/** `moves` oldest first -> the champions that a rollback can return to, oldest first, and the present one last. */
export function standingChampions(moves: readonly ChampionMove[]): readonly string[] {
  const standing: string[] = [];
  for (const { version, cause } of moves) {
    if (cause === 'rollback' || cause === 'undone') {
      while (standing.length > 0 && standing.at(-1) !== version) standing.pop();
      if (standing.length > 0) continue;
    }
    if (version !== null && standing.at(-1) !== version) standing.push(version);
  }
  return standing;
}
