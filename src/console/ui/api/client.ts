// The public HTTP API, typed by its OpenAPI document: every request carries the session's token, every failure is a ProblemError or an
// UnreachableError.
import createClient from 'openapi-fetch';
import { problemOf, ProblemError, UnreachableError } from './problem.ts';
import type { components, paths } from './schema.d.ts';
import { accessToken } from './session.ts';

export type Schemas = components['schemas'];

/** Answers as fetch does. A token that the server no longer takes is refreshed once. */
export async function authorizedFetch(input: URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const retry = request.clone();
  const token = await accessToken();
  const response = await sendWith(request, token);
  if (response.status !== 401 || token === null) return response;
  const fresh = await accessToken(token);
  return fresh === null ? response : sendWith(retry, fresh);
}

async function sendWith(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new UnreachableError(error);
  }
}

/** `/predict` and the like, below the page: the console may stand behind a prefix. */
export const addressOf = (path: string): URL => new URL(path.replace(/^\//, ''), document.baseURI);

export const api = createClient<paths>({
  baseUrl: new URL('.', document.baseURI).href,
  fetch: authorizedFetch,
});

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** openapi-fetch takes read-only arrays for objects of that shape: this makes them arrays again. */
type AsLists<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends { readonly length: number; readonly [index: number]: infer Item }
    ? readonly AsLists<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: AsLists<T[Key]> }
      : T;

/** `await answerOf(api.GET('/model-info'))`: the body, or a thrown ProblemError. */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<AsLists<T>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw new ProblemError(problemOf(response.status, error));
  return data as AsLists<T>;
}
