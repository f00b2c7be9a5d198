// The request of the form as a program sends it: curl, Python, JavaScript. The token comes from the environment and is never part of it.
import type { Row, Value } from './features.ts';

export interface SnippetRequest {
  /** Of POST /predict, with its query. */
  readonly url: string;
  readonly features: Row;
  /** The caller's own reference; none where it is empty. */
  readonly key: string;
}

export const SNIPPET_LANGUAGES = ['curl', 'python', 'javascript'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

/** The environment variable that the programs read the access token, or an API key, from. */
export const TOKEN_VARIABLE = 'FORETELL_TOKEN';

export function snippetOf(language: SnippetLanguage, request: SnippetRequest): string {
  switch (language) {
    case 'curl':
      return curl(request);
    case 'python':
      return python(request);
    case 'javascript':
      return javascript(request);
  }
}

function curl({ url, features, key }: SnippetRequest): string {
  const body = JSON.stringify({ features, ...(key !== '' && { key }) }, null, 2);
  return [
    `curl --fail-with-body -sS ${shellText(url)} \\`,
    `  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  --data-raw ${shellText(body)}`,
  ].join('\n');
}

/** For a POSIX shell: between single quotes everything stands for itself, but the single quote. */
export const shellText = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const python = ({ url, features, key }: SnippetRequest): string =>
  `import os

import requests

response = requests.post(
    ${pythonText(url)},
    headers={"Authorization": f"Bearer {os.environ['${TOKEN_VARIABLE}']}"},
    json={
        "features": {
${lines(features, 12, ([name, value]) => `${pythonText(name)}: ${pythonValue(value)}`)}
        },${key === '' ? '' : `\n        "key": ${pythonText(key)},`}
    },
    timeout=10,
)
if not response.ok:
    raise SystemExit(response.text)
print(response.json())
`;

/** Every escape of JSON means the same in a Python text. */
const pythonText = (text: string): string => JSON.stringify(text);

const pythonValue = (value: Value): string => (value === null ? 'None' : JSON.stringify(value));

const javascript = ({ url, features, key }: SnippetRequest): string =>
  `const response = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: {
    Authorization: \`Bearer \${process.env.${TOKEN_VARIABLE}}\`,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({
    features: {
${lines(features, 6, ([name, value]) => `${memberName(name)}: ${JSON.stringify(value)}`)}
    },${key === '' ? '' : `\n    key: ${JSON.stringify(key)},`}
  }),
});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());
`;

/** Written plainly, this one name would set the object's prototype. */
const memberName = (name: string): string =>
  name === '__proto__' ? `['__proto__']` : JSON.stringify(name);

const lines = (
  features: Row,
  indent: number,
  write: (cell: readonly [string, Value]) => string,
): string =>
  Object.entries(features)
    .map((cell) => `${' '.repeat(indent)}${write(cell)},`)
    .join('\n');
