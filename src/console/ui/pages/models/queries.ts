// What the page asks the server for. A version never changes, so what it was measured at is asked for once.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import { onSession, sessionState } from '../../api/session.ts';

export type Version = Schemas['ModelVersionInfo'];
export type Evaluation = Schemas['ModelEvaluationResponse'];
export type Run = Schemas['RunResponse'];

const RUNS_AT_ONCE = 50;
const EVENTS_AT_ONCE = 30;
const FOREVER = Number.POSITIVE_INFINITY;

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: () => answerOf(api.GET('/models')),
});

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['models', name, 'versions'],
    queryFn: () => answerOf(api.GET('/models/{name}/versions', { params: { path: { name } } })),
  });

export const evaluationQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ['evaluation', name, version],
    queryFn: () =>
      answerOf(
        api.GET('/models/{name}/versions/{version}/evaluation', {
          params: { path: { name, version } },
        }),
      ),
    staleTime: FOREVER,
  });

/** What this server answers with; a server without a model has none. */
export const servedQuery = queryOptions({
  queryKey: ['model-info'],
  queryFn: () => answerOf(api.GET('/model-info')),
});

export const runsQuery = infiniteQueryOptions({
  queryKey: ['runs'],
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/runs', {
        params: { query: { limit: RUNS_AT_ONCE, ...(pageParam && { cursor: pageParam }) } },
      }),
    ),
  initialPageParam: '',
  getNextPageParam: ({ next_cursor: next }) => next,
});

export const historyQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['models', name, 'history'],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/models/{name}/history', {
          params: {
            path: { name },
            query: { limit: EVENTS_AT_ONCE, ...(pageParam && { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }) => next,
  });

export const cardQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ['models', name, 'card', version],
    queryFn: async () =>
      (await answerOf(
        api.GET('/models/{name}/card', {
          params: { path: { name }, query: { version } },
          headers: { Accept: 'application/json' },
        }),
      )) as unknown as Schemas['ModelCardResponse'],
  });

export type WindowName = '15m' | '1h' | '24h' | '7d' | 'all';

export const rivalsQuery = (window: WindowName) =>
  queryOptions({
    queryKey: ['champion-challenger', window],
    queryFn: () =>
      answerOf(api.GET('/monitoring/champion-challenger', { params: { query: { window } } })),
    refetchInterval: 5_000,
  });

/** Whether who is signed in may steer what is served. */
export function useOperates(): boolean {
  const role = useSyncExternalStore(onSession, sessionState).user?.role;
  return role === 'admin' || role === 'operator';
}
