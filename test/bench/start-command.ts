// How `npm start` runs the compiled server, without the build before it: what is measured is what people run.
import { readFileSync } from 'node:fs';

/** `node <flags> dist/src/main.js`, as package.json's script has it. */
export function startCommand(...flags: readonly string[]): [string, ...string[]] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  const [, own] = /^exec node (.*?dist\/src\/main\.js)\b/.exec(scripts.start) ?? [];
  if (own === undefined)
    throw new Error('expected the script start to be: exec node <flags> dist/src/main.js ...');
  return [process.execPath, ...flags, ...own.split(' ')];
}
