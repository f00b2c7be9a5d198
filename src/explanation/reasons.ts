// Reason codes: the few features that pushed a row most towards the adverse outcome.

export interface ReasonRule {
  /** The class whose answer is adverse: contributions to the margin push towards `positive` where they are above 0. */
  readonly adverse: 'positive' | 'negative';
  /** [raw features] */
  readonly features: readonly {
    readonly name: string;
    readonly code: string;
    readonly text: string;
  }[];
}

export interface Reason {
  readonly code: string;
  readonly feature: string;
  readonly text: string;
  readonly contribution: number;
}

/** Of US Regulation B's commentary: more than four reasons are not likely to help the applicant. */
const MOST_REASONS = 4;

/** Contributions nearer than this are equal: rounding neither orders reasons nor makes one. */
const GRID = 1e-9;

/** At most four, the strongest first, equal ones in the order of the features. `contributions` are one row's, [raw features]. */
export function reasonsOf(contributions: Float64Array, rule: ReasonRule): readonly Reason[] {
  const sign = rule.adverse === 'positive' ? 1 : -1;
  const pushes = rule.features.map(({ name, code, text }, j) => {
    const contribution = contributions[j] ?? 0;
    const steps = Math.round((sign * contribution) / GRID);
    return { steps, reason: { code, feature: name, text, contribution } };
  });
  return pushes
    .filter(({ steps }) => steps > 0)
    .sort((a, b) => b.steps - a.steps)
    .slice(0, MOST_REASONS)
    .map(({ reason }) => Object.freeze(reason));
}
