// Where npm run analyse reads from: the database of the settings, a file, or standard input.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import type { DatabaseConfig } from '../../config/load-config.ts';
import { logPages, newestAt } from '../../prediction/export/log-pages.ts';
import { withLog } from '../../prediction/export/open-log.ts';
import { addLines, addPages, type LogListener } from './analyse-log.ts';
import type { RowBuckets } from './row-buckets.ts';

/** In place of a path. */
const STANDARD = '-';

export interface LogInput {
  /** As messages call it. */
  readonly name: string;
  /** How much of it was read, 0 to 1; null where its size is not known. */
  share(): number | null;
  /** Rows of `version`, null for all. Ends with an AbortError when it is told to. */
  addTo(buckets: RowBuckets, version: string | null, listener: LogListener): Promise<void>;
}

export const databaseInput = (database: DatabaseConfig): LogInput => ({
  name: 'the database',
  share: () => null,
  addTo: (buckets, version, listener) =>
    withLog(database, async (rows) => {
      const { from } = buckets;
      const filter = { ...(from !== null && { from }), ...(version !== null && { version }) };
      await addPages(logPages(rows, filter, await newestAt(rows)), buckets, listener);
    }),
});

/** Throws the system's error where the file cannot be read. */
export async function fileInput(path: string, signal: AbortSignal): Promise<LogInput> {
  if (path === STANDARD) {
    return {
      name: 'standard input',
      share: () => null,
      addTo: (buckets, version, listener) =>
        addLines(addAbortSignal(signal, process.stdin), version, buckets, listener),
    };
  }
  const { size } = await stat(path);
  const stream = createReadStream(path, { signal });
  return {
    name: path,
    share: () => (size === 0 ? null : stream.bytesRead / size),
    addTo: (buckets, version, listener) => addLines(stream, version, buckets, listener),
  };
}
