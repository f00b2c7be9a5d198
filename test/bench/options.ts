// What the command line of `npm run bench` asks for.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    times: { type: 'string' },
    workers: { type: 'string' },
    seed: { type: 'string' },
    rows: { type: 'string' },
    minutes: { type: 'string' },
  },
});

function whole(
  name: 'rounds' | 'seconds' | 'times' | 'workers' | 'seed' | 'rows' | 'minutes',
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name}: expected a whole number above 0`);
  return Number(text);
}

export const options = Object.freeze({
  help: values.help,
  /** Suites by name; none: all. */
  suites: positionals,
  /** Parts of a suite that has parts; none: all. */
  only: values.only.flatMap((names) => names.split(',')),
  /** Of predict: how often each server is measured; its figures are medians. */
  rounds: whole('rounds'),
  /** Of predict, overload and live: how long each load lasts. */
  seconds: whole('seconds'),
  /** Of crash: how often the server is killed. */
  times: whole('times'),
  /** Of crash: processes behind the port (WORKERS). */
  workers: whole('workers'),
  /** Of crash: what the instants of the kills follow from. */
  seed: whole('seed'),
  /** Of batch: rows of the long file. */
  rows: whole('rows'),
  /** Of console: how long Live stays open. */
  minutes: whole('minutes'),
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
