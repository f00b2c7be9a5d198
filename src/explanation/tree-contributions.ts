// Contributions of trees: by table where the budget has room for a leaf's, by a walk for the other leaves.
import type { ExplanationMethod, TreesForm } from './additive-model.ts';
import type { ColumnContributions } from './column-contributions.ts';
import { InterventionalWalk } from './interventional-walk.ts';
import { fillTables } from './leaf-tables.ts';
import { interventionalWeights, pathDependentWeights } from './leaf-weights.ts';
import { PathDependentWalk } from './path-dependent-walk.ts';
import { sumOfLeaves } from './split.ts';
import { planTables } from './table-plan.ts';
import { stepsOf } from './table-steps.ts';
import { TableWalk } from './table-walk.ts';
import { pathsOf } from './tree-paths.ts';

export type TreeMethod = Exclude<ExplanationMethod, 'linear'>;

/** Yields where others may have a turn. */
export function* treeContributions(
  form: TreesForm,
  method: TreeMethod,
  designColumns: number,
  tableBytes: number,
): Generator<undefined, ColumnContributions, undefined> {
  const isPathDependent = method === 'tree_path_dependent';
  const paths = pathsOf(form.trees);
  yield;
  const weights = isPathDependent
    ? pathDependentWeights(form, paths)
    : interventionalWeights(form, paths, designColumns);
  const plan = planTables(paths, tableBytes);
  yield;
  const tables = yield* fillTables(paths, plan, weights, form.scale);
  const steps = stepsOf(paths, plan);
  yield;
  const byTable = new TableWalk(form.trees, steps, tables, designColumns);
  const Walk = isPathDependent ? PathDependentWalk : InterventionalWalk;
  const byWalk = new Walk(form, paths, plan.leadsToRest, designColumns);
  return {
    base: weights.base,
    explainInto(design, from, rows, sums, margins) {
      const start = from * designColumns;
      // The trees were grown on float32 values and split them by float32 thresholds.
      const [cells, first] =
        design instanceof Float32Array
          ? [design, from]
          : [Float32Array.from(design.subarray(start, start + rows * designColumns)), 0];
      byTable.addInto(cells, first, rows, sums);
      byWalk.addInto(cells, first, rows, sums);
      for (let row = 0; row < rows; row++)
        margins[from + row] =
          form.offset + form.scale * sumOfLeaves(form.trees, cells, (first + row) * designColumns);
    },
  };
}
