// Where global-setup.ts leaves the default model, trained once for all suites of a run.
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TRAINED_DIR = join(tmpdir(), 'foretell-trained-for-tests');
/** The registry to serve it from: REGISTRY_DIR of a server under test. */
export const TRAINED_REGISTRY = join(TRAINED_DIR, 'registry');
