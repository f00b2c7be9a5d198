// Whether every part of a CycloneDX list may be shipped in a product under MIT: node .ci/licences.mjs <file>. Exit code 1 where one may not.
import { readFileSync } from 'node:fs';

/** They ask for their notice, which node_modules keeps, and for nothing else. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
]);
/** Parts whose package.json does not say what their own licence file does; each with what was read where. */
const READ_BY_HAND = new Map([
  ['passport-strategy@1.0.0', 'MIT, by LICENSE: its package.json is older than the field'],
]);
const NOTHING = 'none that its package.json tells';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node .ci/licences.mjs <file of .ci/sbom.mjs>');
  process.exit(2);
}
const { components } = JSON.parse(readFileSync(file, 'utf8'));
const counts = new Map();
const refused = [];
for (const part of components) {
  const licence = licenceOf(part);
  counts.set(licence, (counts.get(licence) ?? 0) + 1);
  if (!isAllowed(licence) && !READ_BY_HAND.has(part['bom-ref']))
    refused.push(`${part['bom-ref']}: ${licence}`);
}
for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a))
  console.log(`${String(count).padStart(5)}  ${licence}`);
if (refused.length > 0) {
  console.error(
    `licences: these parts may not be shipped under MIT without being looked at:\n  ${refused.join('\n  ')}\n` +
      'Take another library; where its own licence file allows it after all, name the part and what was read in .ci/licences.mjs.',
  );
  process.exitCode = 1;
}

function licenceOf({ licenses = [] }) {
  const told = licenses.map(
    ({ license, expression }) => license?.id ?? license?.name ?? expression,
  );
  return told.length === 0 ? NOTHING : told.join(' AND ');
}

/** An SPDX expression without inner brackets: one of what OR divides, all of what AND joins. Anything else is refused. */
function isAllowed(expression) {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence)));
}
