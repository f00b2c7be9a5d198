// Who was champion before whom, from the moves of the alias. A rollback is undone by a promotion, not by another rollback: going back twice
// goes back two champions, so that a second try never returns to the version that was left.
import type { Move } from './model-history.ts';

export type ChampionMove = Pick<Move, 'version' | 'fromVersion' | 'cause'>;

/** `moves` oldest first -> the champions that a rollback can return to, oldest first, and the present one last. */
export function standingChampions(moves: readonly ChampionMove[]): readonly string[] {
  return moves.reduce(standingAfter, []);
}

function standingAfter(
  before: readonly string[],
  { version, fromVersion, cause }: ChampionMove,
): readonly string[] {
  if (cause === 'rollback' || cause === 'undone') {
    const kept = version === null ? 0 : before.lastIndexOf(version) + 1;
    if (kept > 0 || version === null) return before.slice(0, kept);
  }
  // A champion that nobody wrote down: it was set before there was a history.
  return append(append(before, fromVersion), version);
}

const append = (versions: readonly string[], version: string | null): readonly string[] =>
  version === null || versions.at(-1) === version ? versions : [...versions, version];
