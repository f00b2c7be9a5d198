// What a writer of the log adds to rows in their transaction: their block of the chain, and what they change in its roll-ups.
import { RollupBook } from '../rollups/rollup-book.ts';
import type { RollupUpsert } from '../rollups/rollup-columns.ts';
import type { RollupRow } from '../rollups/rollup.ts';
import { blockOfRows } from './block-of-rows.ts';
import { LogChain, newStream, type LogBlock } from './log-chain.ts';
import { LOG_COLUMNS, type Cell } from './row-columns.ts';

/** A stream that has been silent for longer has ended: whoever prunes the chain knows without asking the writer. */
export const SILENCE_MS = 86_400_000;

export interface StreamAddition {
  readonly block: LogBlock;
  readonly rollups: readonly RollupUpsert[];
}

export class LogStream {
  readonly #book = new RollupBook(newStream());
  #chain = new LogChain();
  #under: LogBlock | null = null;

  /** For the cells of one row or more. Tell what became of it before the next. */
  add(cells: readonly Cell[]): StreamAddition {
    const content = blockOfRows(cells);
    const { head } = this.#chain;
    if (head !== null && content.firstAt - head.lastAt > SILENCE_MS) this.#chain = new LogChain();
    const block = this.#chain.next(content);
    this.#under = block;
    return { block, rollups: this.#book.add(rollupRows(cells)) };
  }

  /** The last addition was stored. */
  kept(): void {
    if (this.#under !== null) this.#chain.kept(this.#under);
    this.#book.kept();
  }

  /** It was not, or nobody knows: another stream goes on, and what may be stored is the end of this one. */
  dropped(): void {
    this.#chain = new LogChain();
    this.#book.dropped();
  }
}

const at = (name: string): number => LOG_COLUMNS.findIndex((column) => column.name === name);
const AT = {
  createdAt: at('created_at'),
  modelName: at('model_name'),
  modelVersion: at('model_version'),
  probability: at('probability'),
  label: at('label'),
  threshold: at('threshold'),
  warnings: at('warnings'),
  durationMs: at('duration_ms'),
  cpuPercent: at('cpu_percent'),
  memoryBytes: at('memory_bytes'),
} as const;

function rollupRows(cells: readonly Cell[]): RollupRow[] {
  const rows: RollupRow[] = [];
  for (let row = 0; row < cells.length; row += LOG_COLUMNS.length)
    rows.push({
      createdAt: cells[row + AT.createdAt] as number,
      modelName: cells[row + AT.modelName] as string,
      modelVersion: cells[row + AT.modelVersion] as string,
      probability: cells[row + AT.probability] as number,
      label: cells[row + AT.label] as string,
      threshold: cells[row + AT.threshold] as number,
      warnings: cells[row + AT.warnings] as string,
      durationMs: cells[row + AT.durationMs] as number,
      cpuPercent: cells[row + AT.cpuPercent] as number,
      memoryBytes: cells[row + AT.memoryBytes] as number,
    });
  return rows;
}
