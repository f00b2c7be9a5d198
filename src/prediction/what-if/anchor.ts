// A row on which single features tell: near the model's threshold. Where the model is certain, a probability of float32 stays the same whatever one
// feature does.
import type { RawRow, ServedFeature } from '../../features/feature-spec.ts';
import type { LoadedModel } from '../../model/model-slot.ts';
import { encodeRow } from '../score-row.ts';
import type { Adjustable, Change } from './adjustable.ts';
import type { CandidateScorer } from './candidate-scorer.ts';

/** Halvings of the way: as fine as float32. */
const STEPS = 24;

/**
 * Towards the row that training took for usual and those of the golden file, in the adjustable features: halfway points to the first that crosses,
 * until the label changes next to them. Where none crosses, the one that comes nearest.
 */
export async function anchorOf(
  base: Float32Array,
  adjustables: readonly Adjustable[],
  model: LoadedModel,
  scorer: CandidateScorer,
): Promise<Float32Array> {
  const ends = endsOf(base, adjustables, model);
  const seen: { readonly end: Change; readonly progress: number; readonly crosses: boolean }[] = [];
  await scorer.each(base, ends, ends.length, (end, progress, crosses) => {
    seen.push({ end, progress, crosses });
  });
  const crossing = seen.find(({ crosses }) => crosses);
  const [nearest] = seen.toSorted((a, b) => b.progress - a.progress);
  const { end } = crossing ?? nearest ?? { end: [] };
  const gradual = new Set(
    adjustables.filter(({ between }) => between !== null).map(({ column }) => column),
  );
  const at = (share: number): Float32Array => blend(base, end, gradual, share);
  let [not, does] = [0, 1];
  for (let step = 0; crossing !== undefined && step < STEPS; step += 1) {
    const middle = (not + does) / 2;
    if (await scorer.crosses(at(middle))) does = middle;
    else not = middle;
  }
  return at(does);
}

function endsOf(
  base: Float32Array,
  adjustables: readonly Adjustable[],
  model: LoadedModel,
): readonly Change[] {
  const { features, golden } = model.bundle;
  const usual: RawRow = Object.fromEntries(
    features.features.map((each) => [each.name, usualOf(each)]),
  );
  const rows = [usual, ...(golden?.rows ?? []).map((row) => row.features)];
  return rows
    .map((row) => encodeRow(model, row))
    .filter(({ issues }) => issues.length === 0)
    .map(({ cells }) =>
      adjustables.map(({ column }) => {
        const cell = cells[column] ?? Number.NaN;
        return { column, cell: Number.isNaN(cell) ? (base[column] ?? cell) : cell, cost: 0 };
      }),
    );
}

const usualOf = (feature: ServedFeature): RawRow[string] =>
  feature.kind === 'categorical' ? feature.training.mode : (feature.training?.median ?? null);

/** Part of the way for numbers; a category changes halfway. */
function blend(
  base: Float32Array,
  end: Change,
  gradual: ReadonlySet<number>,
  share: number,
): Float32Array {
  const cells = base.slice();
  for (const { column, cell } of end) {
    const own = base[column] ?? cell;
    if (gradual.has(column)) cells[column] = own + (cell - own) * share;
    else if (share >= 0.5) cells[column] = cell;
  }
  return cells;
}
