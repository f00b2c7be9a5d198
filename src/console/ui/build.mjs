// Builds the console, unless it was built of the same sources: every npm command builds first, and a server that runs hands these files out.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const UI = import.meta.dirname;
const ROOT = join(UI, '../../..');
const PAGE = join(ROOT, 'dist/console/index.html');
/** Says of what the console in dist was built. */
const SOURCES = join(ROOT, 'dist/console-sources.sha256');

const digest = digestOfSources();
if (!existsSync(PAGE) || builtOf() !== digest) {
  rmSync(SOURCES, { force: true });
  // Loaded where there is something to build.
  const { build } = await import('vite');
  await build({ root: UI, configFile: join(UI, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(SOURCES, digest);
}

function builtOf() {
  return existsSync(SOURCES) ? readFileSync(SOURCES, 'utf8') : null;
}

/** Of the console's files and of the libraries that npm installed. */
function digestOfSources() {
  const files = readdirSync(UI, { recursive: true, encoding: 'utf8' })
    .map((name) => join(UI, name))
    .filter((path) => statSync(path).isFile());
  const hash = createHash('sha256');
  for (const path of [...files.sort(), join(ROOT, 'node_modules/.package-lock.json')])
    hash.update(`${relative(ROOT, path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}
