// What the server answers about drift, as this page reads it.
import type { components } from '../../api/schema.d.ts';

type Schemas = components['schemas'];

export type Drift = Schemas['DriftResponse'];
export type Past = Schemas['PastEvaluation'];
export type Distribution = Schemas['DistributionResponse'];
export type Quality = Schemas['QualityResponse'];
export type Fairness = Schemas['FairnessResponse'];
export type Multivariate = Schemas['MultivariateResponse'];
export type Verdict = Drift['verdict'];

export const CONVENTIONS = ['evidently-0.7', 'nannyml-0.13', 'decile'] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** What the address says, or the first where it says something else. */
export const oneOf = <T extends string>(known: readonly T[], value: string, fallback: T): T =>
  known.find((each) => each === value) ?? fallback;
