// What each use of the params' seed draws from.

/** Streams of the seed: each use draws from its own, so that one more candidate or fold changes no other. */
export const STREAMS = {
  holdout: 0,
  folds: 1,
  search: 2,
  refit: 3,
  sample: 4,
  analysis: 5,
  draws: 6,
  nested: 7,
  explanation: 8,
  drift: 9,
} as const;
