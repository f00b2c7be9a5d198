// The tables of the training benchmark in docs/performance.md, with the versions of the libraries that they compare with.
import { readFileSync } from 'node:fs';
import { writeTable } from '../document.ts';
import { machine } from '../machine.ts';
import type { TrainPart } from './parts.ts';
import { tableOf, type Row } from './row.ts';
import { REQUIREMENTS } from './workplace.ts';

export const writePart = (part: TrainPart, rows: readonly Row[]): Promise<void> =>
  writeTable(`train:${part}`, [tableOf(rows), conditions()].join('\n\n'));

function conditions(): string {
  const peers = readFileSync(REQUIREMENTS, 'utf8')
    .split('\n')
    .filter((line) => line.includes('=='))
    .map((line) => line.replace('==', ' '));
  return `${machine()}; ${peers.join(', ')}.`;
}
