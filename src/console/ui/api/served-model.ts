// What this server answers with; a server without a model has none.
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';

export const servedModel = queryOptions({
  queryKey: ['model-info'],
  queryFn: () => answerOf(api.GET('/model-info')),
});
