// Reads uploads in tests: from texts in chunks of any size, and flat, so that two readings can be compared.
import { AppError } from '../../src/common/errors.ts';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { ServedFeature } from '../../src/features/feature-spec.ts';
import type { BatchFormat } from '../../src/prediction/batch/batch-format.ts';
import { readBlocks } from '../../src/prediction/batch/read-blocks.ts';
import { START, type Position, type RowBlock } from '../../src/prediction/batch/row-block.ts';
import type { RowContract } from '../../src/prediction/batch/row-contract.ts';
import type { UploadSource } from '../../src/prediction/batch/upload-source.ts';

export const contractOf = (features: readonly ServedFeature[]): RowContract => ({
  features,
  encoder: compileEncoder(features),
});

/** `chunk`: bytes of each. */
export function textSource(text: string | Buffer, chunk = Infinity): UploadSource {
  const bytes = Buffer.from(text as string);
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream
    async *stream(fromByte) {
      for (let at = fromByte; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
    file: null,
    bytes: bytes.length,
  };
}

/** A row as it was read: its cells, warnings and input, or why it was refused and in which line. */
export type ReadRow = { readonly index: number } & (
  | {
      readonly cells: readonly number[];
      readonly warned: readonly string[];
      readonly input: unknown;
    }
  | { readonly line: number | null; readonly errors: readonly unknown[] }
);

export interface Reading {
  readonly rows: readonly ReadRow[];
  readonly ends: readonly Position[];
  /** How it ended where it did not end well. */
  readonly fault: AppError | null;
}

export async function readAll(
  format: BatchFormat,
  source: UploadSource,
  contract: RowContract,
  { from = START, keepInputs = false } = {},
): Promise<Reading> {
  const rows: ReadRow[] = [];
  const ends: Position[] = [];
  try {
    for await (const block of readBlocks(format, source, contract, { from, keepInputs })) {
      rows.push(...rowsOf(block, contract.features.length));
      ends.push(block.end);
    }
  } catch (fault) {
    if (!(fault instanceof AppError)) throw fault;
    return { rows, ends, fault };
  }
  return { rows, ends, fault: null };
}

function rowsOf(block: RowBlock, width: number): ReadRow[] {
  expect(block.cells).toHaveLength(block.count * width);
  const refused = new Map(block.refused.map((row) => [row.at, row]));
  expect([...refused.keys()]).toEqual([...refused.keys()].sort((a, b) => a - b));
  return Array.from({ length: block.count }, (_, at) => {
    const index = block.first + at;
    const refusal = refused.get(at);
    if (refusal) return { index, line: refusal.line, errors: refusal.errors };
    const cells = [...block.cells.subarray(at * width, (at + 1) * width)];
    const warned = (block.warnings.get(at) ?? []).map(({ feature }) => feature);
    const input: unknown = block.inputs === null ? null : JSON.parse(block.inputs[at] ?? '');
    return { index, cells, warned, input };
  });
}
