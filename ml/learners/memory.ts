// Whether a fit will fit into memory, asked before it starts: an error with both numbers instead of a process that is killed.
import { freemem } from 'node:os';
import { FitError } from './learner.ts';

const MIB = 2 ** 20;

/** Bytes that this process may still take: the container's limit where there is one (Node >= 20.13), else what the machine has free. */
const availableBytes = (): number => process.availableMemory?.() ?? freemem();

/** Throws FitError where `bytes` are more than there are. */
export function expectMemory(
  learner: string,
  bytes: number,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  available = availableBytes(),
): void {
  if (bytes <= available) return;
  throw new FitError(
    `${learner} on ${rows} rows and ${columns} columns would take about ${Math.ceil(bytes / MIB)} MiB, ` +
      `${Math.floor(available / MIB)} MiB are available: take fewer rows or columns, fewer threads, or more memory`,
  );
}
