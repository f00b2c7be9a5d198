// The request as programs send it, run by the real shell and the real Node.
import { execFileSync } from 'node:child_process';
import { rowOf } from './features.ts';
import { shellText, SNIPPET_LANGUAGES, snippetOf, TOKEN_VARIABLE } from './snippets.ts';

const ODD = `it's "x" $HOME \`id\` \\ %s\n!`;
const REQUEST = {
  url: `http://localhost:8000/predict?explain=true`,
  features: rowOf([
    [ODD, 1.5],
    ['__proto__', ODD],
    ['none', null],
    ['small', 1e-7],
  ]),
  key: ODD,
};
const BODY = { features: Object.entries(REQUEST.features), key: ODD };
const sent = (json: string): unknown => {
  const { features, key } = JSON.parse(json) as { features: object; key: string };
  return { features: Object.entries(features), key };
};

describe('snippetOf', () => {
  it('quotes for the shell whatever a name holds', () => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellText(ODD)}`], { encoding: 'utf8' })).toBe(
      ODD,
    );
  });

  it('has the shell hand the request to curl as it is, with the token of the environment', () => {
    const script = `curl() { for each in "$@"; do printf '%s\\036' "$each"; done; }\n${snippetOf('curl', REQUEST)}`;
    const env = { [TOKEN_VARIABLE]: 'secret' };
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\u001e');
    expect(words).toContain(REQUEST.url);
    expect(words).toContain('Authorization: Bearer secret');
    expect(sent(words[words.indexOf('--data-raw') + 1] ?? '')).toEqual(BODY);
  });

  it('writes JavaScript that sends the request', () => {
    const fake =
      'globalThis.fetch = async (url, init) => ({ ok: true, json: async () => JSON.stringify([url, init]) });\n';
    const printed = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', fake + snippetOf('javascript', REQUEST)],
      { encoding: 'utf8', env: { [TOKEN_VARIABLE]: 'secret' } },
    );
    const [url, init] = JSON.parse(printed) as [string, { body: string }];
    expect(url).toBe(REQUEST.url);
    expect(init).toMatchObject({ method: 'POST', headers: { Authorization: 'Bearer secret' } });
    expect(sent(init.body)).toEqual(BODY);
  });

  it('writes Python with None for what is missing and texts that Python reads alike', () => {
    const python = snippetOf('python', REQUEST);
    expect(python).toContain(`            "none": None,\n            "small": 1e-7,\n`);
    expect(python).toContain(`"key": ${JSON.stringify(ODD)},`);
    expect(python).toContain(`os.environ['${TOKEN_VARIABLE}']`);
  });

  it('leaves out a reference that is not given', () => {
    for (const language of SNIPPET_LANGUAGES)
      expect(snippetOf(language, { ...REQUEST, key: '' })).not.toMatch(/"key"|\bkey:/);
  });
});
