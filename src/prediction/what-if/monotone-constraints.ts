// Which features a model was bound to answer monotonically in, as its report recorded the learner's params.
import type { ReportFile } from '../../model/model-bundle.ts';

/** 1: the probability may not fall as the feature grows; -1: it may not rise. */
export type MonotoneDirection = 1 | -1;

const PARAM = 'monotone_constraints';

/**
 * By name. Params are recorded as text, numbers or true and false: a mapping is JSON, "none" is none. A constraint of a derived feature names
 * no raw one and binds nothing here.
 */
export function monotoneConstraintsOf({
  params,
}: Pick<ReportFile, 'params'>): ReadonlyMap<string, MonotoneDirection> {
  const directions = new Map<string, MonotoneDirection>();
  const recorded = recordedMapping(params[PARAM]);
  for (const [name, direction] of Object.entries(recorded))
    if (direction === 1 || direction === -1) directions.set(name, direction);
  return directions;
}

/** Empty for what another trainer may have recorded under the same name. */
function recordedMapping(
  recorded: ReportFile['params'][string] | undefined,
): Readonly<Record<string, unknown>> {
  if (typeof recorded !== 'string') return {};
  try {
    const value: unknown = JSON.parse(recorded);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {};
  }
}
