// How `npm start` runs the compiled server, without the build before it: what is measured is what people run.
import { readFileSync } from 'node:fs';

/** `env <variables> node <flags> dist/src/main.js`, as package.json's script has it. */
export function startCommand(...flags: readonly string[]): [string, ...string[]] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  const [, variables, own] =
    /^exec env (.*?) node (.*?dist\/src\/main\.js)\b/.exec(scripts.start) ?? [];
  if (variables === undefined || own === undefined)
    throw new Error(
      'expected the script start to be: exec env <variables> node <flags> dist/src/main.js ...',
    );
  return ['env', ...variables.split(' '), process.execPath, ...flags, ...own.split(' ')];
}
