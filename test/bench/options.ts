// What the command line of `npm run bench` asks for.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});

export const options = Object.freeze({
  help: values.help,
  /** Suites by name; none: all. */
  suites: positionals,
  /** Parts of a suite that has parts; none: all. */
  only: values.only.flatMap((names) => names.split(',')),
});

/** The named ones, all where none is named; throws where one is not among them. */
export function chosen<Name extends string>(
  what: string,
  names: readonly string[],
  all: readonly Name[],
): readonly Name[] {
  const unknown = names.filter((name) => !(all as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(`unknown ${what}: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return names.length === 0 ? all : all.filter((name) => names.includes(name));
}
