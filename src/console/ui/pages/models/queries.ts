// What the page asks the server for. A version never changes, so what it was measured at is asked for once.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import type { WindowName } from '../../api/windows.ts';

export type Version = Schemas['ModelVersionInfo'];
export type Evaluation = Schemas['ModelEvaluationResponse'];
export type Run = Schemas['RunResponse'];

const RUNS_AT_ONCE = 50;
const EVENTS_AT_ONCE = 30;
const FOREVER = Number.POSITIVE_INFINITY;

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

export const rivalsQuery = (window: WindowName) =>
  queryOptions({
    queryKey: ['champion-challenger', window],
    queryFn: () =>
      answerOf(api.GET('/monitoring/champion-challenger', { params: { query: { window } } })),
    refetchInterval: 5_000,
  });
