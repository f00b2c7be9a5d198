// Files of uploads that this process, in which the server is, has open: they have no name, and are there as long as they are open. Only Linux tells.
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const HANDLES = '/proc/self/fd';

export const TELLS_OPEN_FILES = existsSync(HANDLES);

export const openUploads = (): readonly string[] =>
  TELLS_OPEN_FILES
    ? readdirSync(HANDLES)
        .map((handle) => pathOf(join(HANDLES, handle)))
        .filter((path) => path.includes('foretell-batch-'))
    : [];

function pathOf(handle: string): string {
  try {
    return readlinkSync(handle);
  } catch {
    return 'closed by now';
  }
}
