// The commit of the code that is running, for the lineage of a model.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** null outside a git checkout, before the first commit and where git is not installed. */
export async function gitCommit(): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--verify', 'HEAD'], { timeout: 5_000 });
    return stdout.trim();
  } catch {
    return null;
  }
}
