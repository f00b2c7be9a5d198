// Writes what the product is made of as a CycloneDX list of parts: node .ci/sbom.mjs <file>. npm makes it from package-lock.json, so nothing is installed for it.
// Parts are what production installs, and what is compiled into the console. npm's own `--omit dev` leaves out what development needs as well
// (@nestjs/common, zod), so the parts are those that the product reaches in the list of everything.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CONSOLE = 'src/console/ui';
/** In the console's folder, but not in the page. */
const NOT_SHIPPED = /\.spec\.tsx?$|^vite\.config\.ts$/;
/** The library of an import: neither a file of ours nor a module of Node's. */
const LIBRARY = /(?:from|import\()\s*'((?:@[^/']+\/)?[^@./':][^/':]*)(?:\/[^']*)?'/g;
const NPM_LIST = 'sbom --package-lock-only --sbom-format cyclonedx --loglevel error'.split(' ');
const MOST_BYTES = 64 * 1024 * 1024;

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node .ci/sbom.mjs <file>');
  process.exit(2);
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const product = `${manifest.name}@${manifest.version}`;
const everything = JSON.parse(
  execFileSync('npm', NPM_LIST, {
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
);
const needs = new Map(everything.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
const shipped = reachedFrom(directParts());
needs.set(product, directParts());
const { metadata } = everything;
const list = {
  ...everything,
  // npm takes the name of the folder.
  metadata: { ...metadata, component: { ...metadata.component, name: manifest.name } },
  components: everything.components.filter((part) => shipped.has(part['bom-ref'])),
  dependencies: [product, ...shipped].map((ref) => ({ ref, dependsOn: needs.get(ref) ?? [] })),
};
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`);
console.log(`${list.components.length} parts in ${file}`);

/** What package.json installs in production, and what the sources of the console import. */
function directParts() {
  const libraries = new Set([...Object.keys(manifest.dependencies), ...consoleLibraries()]);
  return [...libraries].map((name) => {
    const part = needs.get(product).find((ref) => ref.startsWith(`${name}@`));
    if (part === undefined) throw new Error(`${name} is imported and not in package.json`);
    return part;
  });
}

function consoleLibraries() {
  return readdirSync(CONSOLE, { recursive: true })
    .filter((path) => /\.tsx?$/.test(path) && !NOT_SHIPPED.test(path))
    .flatMap((path) => [...readFileSync(join(CONSOLE, path), 'utf8').matchAll(LIBRARY)])
    .map(([, library]) => library);
}

function reachedFrom(parts) {
  const reached = new Set(parts);
  // A set's loop comes to what is added while it runs.
  for (const part of reached) for (const needed of needs.get(part) ?? []) reached.add(needed);
  return reached;
}
