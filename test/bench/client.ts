// What every benchmark asks of a started server: a token, a body to predict, its memory.
import type { StartedServer } from '../support/started-server.ts';

export const PASSWORD = 'bench-test-password';

export async function json<T>(response: Response): Promise<T> {
  if (!response.ok)
    throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The headers of a JSON request of the administrator. */
export async function signIn({ url }: StartedServer): Promise<Record<string, string>> {
  const body = new URLSearchParams({ username: 'admin', password: PASSWORD });
  const { access_token } = await json<{ access_token: string }>(
    await fetch(`${url}/token`, { method: 'POST', body }),
  );
  return { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
}

interface ModelInfo {
  readonly features: readonly { readonly name: string; readonly median: number }[];
}

/** A request body of training medians, as the OpenAPI example has it. */
export async function exampleBody(
  { url }: StartedServer,
  headers: Record<string, string>,
): Promise<string> {
  const info = await json<ModelInfo>(await fetch(`${url}/model-info`, { headers }));
  return JSON.stringify({
    features: Object.fromEntries(info.features.map(({ name, median }) => [name, median])),
  });
}

export async function residentMegabytes({ url }: StartedServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
}
