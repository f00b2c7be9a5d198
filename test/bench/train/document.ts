// Keeps the measured tables in docs/performance.md: each part between its own markers, everything around them written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { format, resolveConfig } from 'prettier';
import type { TrainPart } from './parts.ts';
import { tableOf, type Row } from './row.ts';
import { REQUIREMENTS } from './workplace.ts';

const DOCUMENT = 'docs/performance.md';

/** Replaces what stands between `<!-- train:PART:begin -->` and `<!-- train:PART:end -->`. */
export async function writePart(part: TrainPart, rows: readonly Row[]): Promise<void> {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- train:${part}:begin -->`, `<!-- train:${part}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no part between ${begin} and ${end}`);
  const measured = [tableOf(rows), conditions()].join('\n\n');
  const written = `${text.slice(0, from + begin.length)}\n\n${measured}\n\n${text.slice(to)}`;
  const style = await resolveConfig(DOCUMENT);
  writeFileSync(DOCUMENT, await format(written, { ...style, parser: 'markdown' }));
}

function conditions(): string {
  const processor = cpus()[0]?.model ?? 'unknown';
  const peers = readFileSync(REQUIREMENTS, 'utf8')
    .split('\n')
    .filter((line) => line.includes('=='))
    .map((line) => line.replace('==', ' '));
  return `Node ${process.version} on ${cpus().length} cores (${processor}); ${peers.join(', ')}.`;
}
