// The state of a server with one trained model: trained once for a build, the data and the parameters, then copied for each server.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from './started-server.ts';

/** The build under test. */
export const DIST = resolve(process.env['FORETELL_DIST'] ?? 'dist');

const CACHE = 'node_modules/.cache/foretell-console';
/** What a trained model follows from. */
const TRAINERS = ['ml', 'src/features', 'src/model'];
const INPUTS = ['params.yaml', 'data/wdbc.csv'];

/** A folder to copy, never to start a server in. */
export async function trainedState(): Promise<string> {
  const folder = join(CACHE, digest());
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, 'training-'));
  await promisify(execFile)('node', [join(DIST, 'ml/train.js')], {
    env: cleanEnvironment({ VAR_DIR: unfinished }),
  });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another suite was faster.
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true });
  }
  return folder;
}

function digest(): string {
  const hash = createHash('sha256');
  const compiled = TRAINERS.flatMap((folder) =>
    readdirSync(join(DIST, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .sort()
      .map((name) => join(DIST, folder, name)),
  );
  for (const file of [...compiled, ...INPUTS]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
