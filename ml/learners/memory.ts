// Whether a fit will fit into memory, asked before it starts: an error with both numbers instead of a process that is killed.
import { FitError } from './learner.ts';

const MIB = 2 ** 20;

/** Throws FitError where `bytes` are more than there are. */
export function expectMemory(
  learner: string,
  bytes: number,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  /** Bytes that this process may still take: up to the container's limit where there is one, else what the machine has free. */
  available = process.availableMemory(),
): void {
  if (bytes <= available) return;
  throw new FitError(
    `${learner} on ${rows} rows and ${columns} columns would take about ${Math.ceil(bytes / MIB)} MiB, ` +
      `${Math.floor(available / MIB)} MiB are available: take fewer rows or columns, fewer threads, or more memory`,
  );
}
