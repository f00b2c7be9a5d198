// Keeps measured tables in docs/performance.md, each between marks of its own, and everything around them as it was written by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { machine } from './machine.ts';

const DOCUMENT = 'docs/performance.md';
const RESULTS = 'var/bench';

/** Replaces what stands between `<!-- MARK:begin -->` and `<!-- MARK:end -->`. */
export async function writeTable(mark: string, markdown: string): Promise<void> {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- ${mark}:begin -->`, `<!-- ${mark}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no part between ${begin} and ${end}`);
  const written = `${text.slice(0, from + begin.length)}\n\n${markdown}\n\n${text.slice(to)}`;
  const style = await resolveConfig(DOCUMENT);
  writeFileSync(DOCUMENT, await format(written, { ...style, parser: 'markdown' }));
}

/** The table into the document, and what was measured as JSON into var/bench; both say on which machine and when. */
export async function writeResults(mark: string, table: string, measured: object): Promise<void> {
  const when = new Date().toISOString().slice(0, 10);
  await writeTable(mark, `${table}\n\n${machine()}; ${when}.`);
  mkdirSync(RESULTS, { recursive: true });
  const record = { machine: machine(), when, ...measured };
  const file = join(RESULTS, `${mark.replace(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}
