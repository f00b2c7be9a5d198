// The requests of the page: one row predicted and stored, rows tried and forgotten, the nearest change, the true label.
import { addressOf, answerOf, api, authorizedFetch, type Schemas } from '../../api/client.ts';
import { ProblemError, problemOf } from '../../api/problem.ts';
import type { CurvePoint } from './curve.ts';
import type { Row, Value } from './features.ts';

export type Prediction = Schemas['PredictionResponse'];

export interface Answer {
  readonly prediction: Prediction;
  readonly row: Row;
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  /** From request to answer, as seen from here. */
  readonly milliseconds: number;
  readonly requestId: string | null;
}

/** With its reasons, where the model can tell them. */
export async function predict(row: Row, key: string): Promise<Answer> {
  try {
    return await predictOnce(row, key, 'true');
  } catch (error) {
    if (!isProblem(error, 'EXPLANATION_UNAVAILABLE')) throw error;
    return predictOnce(row, key, 'false');
  }
}

async function predictOnce(row: Row, key: string, explain: 'true' | 'false'): Promise<Answer> {
  const startedAt = performance.now();
  const asked = await api.POST('/predict', {
    params: { query: { explain } },
    body: { features: row, ...(key !== '' && { key }) },
  });
  const milliseconds = performance.now() - startedAt;
  const prediction = await answerOf(Promise.resolve(asked));
  const requestId = asked.response.headers.get('X-Request-Id');
  return { prediction, row, key, at: new Date().toISOString(), milliseconds, requestId };
}

export const isProblem = (error: unknown, code: string): error is ProblemError =>
  error instanceof ProblemError && error.problem.code === code;

/** What the rows with each of these values are answered; null for a value that the model refuses. */
export async function tryRows(
  rows: readonly Row[],
  values: readonly Value[],
  signal: AbortSignal,
): Promise<readonly CurvePoint[]> {
  const response = await authorizedFetch(addressOf('/predict/batch?log=off'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(rows),
    signal,
  });
  const results: unknown = await response.json();
  if (!response.ok) throw new ProblemError(problemOf(response.status, results));
  return (results as readonly Partial<CurvePoint>[]).flatMap(({ label, probability }, i) =>
    label === undefined || probability === undefined
      ? []
      : [{ value: values[i] ?? null, label, probability }],
  );
}

/** `mutable`: the only feature that may change, or none given: all. */
export const nearestChange = (
  row: Row,
  mutable: string | null,
): Promise<Schemas['WhatIfResponse']> =>
  answerOf(
    api.POST('/predict/what-if', {
      body: { features: row, ...(mutable !== null && { mutable: [mutable] }) },
    }),
  );

export async function tellLabel(
  predictionId: string,
  label: string,
): Promise<Schemas['FeedbackItemResult']['result']> {
  const { items } = await answerOf(
    api.POST('/feedback', { body: { items: [{ prediction_id: predictionId, label }] } }),
  );
  return items[0]?.result ?? 'unknown';
}
