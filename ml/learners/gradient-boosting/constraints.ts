// What a split may do beside lowering the loss: columns in whose direction answers are monotone, and columns that may stand on one path.
import type { BinnedColumn } from '../../trees/binning.ts';
import { FitError } from '../learner.ts';
import type { GradientBoostingParams } from './params.ts';

/** 1, -1 or 0 for each column. Throws FitError for a name that is no column, and for a column of categories, which has no direction. */
export function monotoneDirections(
  { monotone_constraints }: Pick<GradientBoostingParams, 'monotone_constraints'>,
  columns: readonly BinnedColumn[],
): Int8Array {
  const directions = new Int8Array(columns.length);
  for (const [name, direction] of Object.entries(monotone_constraints ?? {})) {
    const column = placeOf(name, columns, 'monotone_constraints');
    if (columns[column]?.uppers === null && direction !== 0)
      throw new FitError(
        `monotone_constraints: expected columns of numbers, "${name}" holds categories, which have no order`,
      );
    directions[column] = direction;
  }
  return directions;
}

/** Which columns a node may split, given those split above it; null: all. */
export type AllowedColumns = (path: readonly number[]) => Uint8Array | null;

/**
 * Interaction constraints as XGBoost reads them: below a path the union of the sets that hold all of its columns; at the root all columns.
 * Columns that no set names are sets of their own. Throws FitError for a name that is no column.
 */
export function allowedBelow(
  { interaction_constraints }: Pick<GradientBoostingParams, 'interaction_constraints'>,
  columns: readonly BinnedColumn[],
): AllowedColumns {
  if (interaction_constraints === null) return () => null;
  const named = interaction_constraints.map((names) =>
    names.map((name) => placeOf(name, columns, 'interaction_constraints')),
  );
  const free = [...columns.keys()].filter((column) => !named.flat().includes(column));
  const sets = [...named, ...free.map((column) => [column])].map((members) => new Set(members));
  return (path) => {
    if (path.length === 0) return null;
    const allowed = new Uint8Array(columns.length);
    for (const set of sets)
      if (path.every((column) => set.has(column))) for (const column of set) allowed[column] = 1;
    return allowed;
  };
}

function placeOf(name: string, columns: readonly BinnedColumn[], param: string): number {
  const place = columns.findIndex((column) => column.name === name);
  if (place < 0)
    throw new FitError(
      `${param}: expected names of columns, "${name}" is none; there are ${columns
        .map((column) => column.name)
        .slice(0, 20)
        .join(', ')}`,
    );
  return place;
}
