// What callers send: single predictions by token and by API key, some explained, small CSV files, and now and then what the console reads.
import { Random } from '../../src/statistics/random.ts';
import { exampleBody, json, signIn } from '../bench/client.ts';
import type { Request } from '../bench/predict/generator.ts';
import type { StartedServer } from '../support/started-server.ts';

export interface Kind extends Request {
  readonly name: string;
  /** Of each thousand requests. */
  readonly perThousand: number;
  /** Its answer carries ids of predictions, each of which has to be in the log. */
  readonly acknowledging: boolean;
}

/** The single predictions whose latency is judged: an explanation takes longer by nature. */
export const PREDICTIONS: ReadonlySet<string> = new Set(['by token', 'by API key']);

const CSV_ROWS = 20;
const SEED = 11;

export async function mixOf(server: StartedServer): Promise<readonly Kind[]> {
  const headers = await signIn(server);
  const body = await exampleBody(server, headers);
  const { authorization = '' } = headers;
  const byKey = { 'x-api-key': await createKey(server, headers), 'content-type': JSON_TYPE };
  const predict = { method: 'POST', path: '/predict', body, acknowledging: true } as const;
  const read = {
    method: 'GET',
    headers: { authorization },
    body: '',
    acknowledging: false,
  } as const;
  return [
    { ...predict, name: 'by token', perThousand: 780, headers },
    { ...predict, name: 'by API key', perThousand: 150, headers: byKey },
    { ...predict, name: 'explained', perThousand: 40, path: '/predict?explain=true', headers },
    {
      ...predict,
      name: 'CSV file',
      perThousand: 15,
      path: '/predict/batch',
      headers: { authorization, 'content-type': 'text/csv' },
      body: csvOf(body),
    },
    { ...read, name: 'list of predictions', perThousand: 10, path: '/predictions?limit=20' },
    { ...read, name: 'summary', perThousand: 5, path: '/monitoring/summary?window=15m' },
  ];
}

/** The order in which they are sent, by index: shuffled once and the same in every run. */
export function deckOf(kinds: readonly Kind[]): readonly number[] {
  const deck = kinds.flatMap(({ perThousand }, kind) => Array<number>(perThousand).fill(kind));
  const random = Random.of(SEED);
  for (let i = deck.length - 1; i > 0; i--) {
    const j = random.nextInt(i + 1);
    [deck[i], deck[j]] = [deck[j] as number, deck[i] as number];
  }
  return deck;
}

const JSON_TYPE = 'application/json';

async function createKey(
  { url }: StartedServer,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const body = JSON.stringify({ name: 'load', scopes: ['predict'] });
  const answer = await fetch(`${url}/api-keys`, { method: 'POST', headers, body });
  return (await json<{ key: string }>(answer)).key;
}

function csvOf(body: string): string {
  const { features } = JSON.parse(body) as { features: Readonly<Record<string, number>> };
  const row = Object.values(features).join(',');
  return `${[Object.keys(features).join(','), ...Array<string>(CSV_ROWS).fill(row)].join('\n')}\n`;
}
