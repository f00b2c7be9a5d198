// The registered models, with their versions' aliases.
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';

export const registeredModels = queryOptions({
  queryKey: ['models'],
  queryFn: () => answerOf(api.GET('/models')),
});
