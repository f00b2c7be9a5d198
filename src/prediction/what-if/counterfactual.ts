// The smallest change of one row that gives it the model's other label: searched, made as small as it can be, and asked of the model as /predict asks.
import type { RawValue } from '../../features/feature-spec.ts';
import type { ReferenceFile } from '../../model/model-bundle.ts';
import type { LoadedModel } from '../../model/model-slot.ts';
import { classLabel, encodeRow, scoreRow } from '../score-row.ts';
import { adjustable, type Adjustable, type Change, type Ways } from './adjustable.ts';
import { anchorOf } from './anchor.ts';
import { CandidateScorer } from './candidate-scorer.ts';
import { monotoneConstraintsOf, type MonotoneDirection } from './monotone-constraints.ts';
import { ChangeSearch } from './search.ts';
import { bySize, shrink } from './shrink.ts';
import type { Turns } from './turns.ts';
import type { ChangeResponse, WhatIfResponse } from './what-if.dto.ts';
import type { Direction } from './what-if-request.ts';

/** What was asked, checked. */
export interface AskedChange {
  /** By name; absent is missing. */
  readonly features: Readonly<Record<string, RawValue>>;
  readonly cells: Float32Array;
  /** By name of the features that may change. */
  readonly directions: ReadonlyMap<string, Direction>;
}

/** Throws MODEL_ERROR, and what the signal was aborted with. */
export async function counterfactual(
  model: LoadedModel,
  reference: ReferenceFile,
  { features, cells, directions }: AskedChange,
  turns: Turns,
  signal: AbortSignal,
): Promise<WhatIfResponse> {
  const before = await scoreRow(model, encodeRow(model, features));
  const target = !before.positive;
  const scorer = new CandidateScorer(model, target, turns, signal);
  const adjustables = adjustablesOf(model, reference, { features, cells, directions }, target);
  const anchor = (): Promise<Float32Array> => anchorOf(cells, adjustables, model, scorer);
  const { finalists, ...search } = await new ChangeSearch(scorer, cells, adjustables, anchor).run();
  const byColumn = new Map(adjustables.map((each) => [each.column, each]));
  const shrunk = await Promise.all(finalists.map((each) => shrink(each, cells, byColumn, scorer)));
  const change = await firstThatHolds(shrunk.toSorted(bySize), {
    model,
    features,
    byColumn,
    target,
  });
  const { name, version } = model.version;
  return {
    label: before.label,
    probability: before.probability,
    threshold: model.bundle.report.threshold,
    model: { name, version },
    target_label: classLabel(model, target),
    change,
    search: {
      method: search.method,
      candidates: search.candidates,
      scored: scorer.scored,
      exhaustive: search.exhaustive,
    },
  };
}

function adjustablesOf(
  { bundle }: LoadedModel,
  reference: ReferenceFile,
  { features, cells, directions }: AskedChange,
  target: boolean,
): readonly Adjustable[] {
  const references = new Map(reference.features.map((each) => [each.name, each]));
  const constraints = monotoneConstraintsOf(bundle.report);
  return bundle.features.features.flatMap((feature, column) => {
    const direction = directions.get(feature.name);
    if (direction === undefined) return [];
    const from = Object.hasOwn(features, feature.name) ? (features[feature.name] ?? null) : null;
    const value = { column, cell: cells[column] ?? Number.NaN, from };
    const ways = waysOf(direction, constraints.get(feature.name), target);
    return [adjustable(feature, references.get(feature.name), value, ways)];
  });
}

/** What the caller allows, less what a constraint of the model keeps from helping. */
export function waysOf(
  direction: Direction,
  constraint: MonotoneDirection | undefined,
  target: boolean,
): Ways {
  const helpful = constraint === undefined || target ? constraint : -constraint;
  return {
    up: direction !== 'decrease' && helpful !== -1,
    down: direction !== 'increase' && helpful !== 1,
  };
}

interface Asked {
  readonly model: LoadedModel;
  readonly features: AskedChange['features'];
  readonly byColumn: ReadonlyMap<number, Adjustable>;
  readonly target: boolean;
}

/** The first change that gives the target label by the way of POST /predict; null where there is none. */
async function firstThatHolds(
  changes: readonly Change[],
  { model, features, byColumn, target }: Asked,
): Promise<ChangeResponse | null> {
  for (const change of changes) {
    const moved = change.map(({ column, cell }) => {
      const feature = byColumn.get(column) as Adjustable;
      const to = feature.valueOf(cell);
      return { feature: feature.name, from: feature.from, to, distance: feature.distanceTo(to) };
    });
    const changed = {
      ...features,
      ...Object.fromEntries(moved.map((each) => [each.feature, each.to])),
    };
    const row = encodeRow(model, changed);
    if (row.issues.length > 0) continue;
    const { label, probability, positive } = await scoreRow(model, row);
    if (positive !== target) continue;
    return {
      features: moved.map(({ feature, from, to }) => ({ feature, from, to })),
      label,
      probability,
      distance: moved.reduce((sum, { distance }) => sum + distance, 0),
    };
  }
  return null;
}
