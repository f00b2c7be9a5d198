// npm run bench [-- suite ...]: runs the named benchmarks, or all of them. Compare figures only within one run.
const SUITES = ['start', 'swap'] as const;

const asked = process.argv.slice(2);
if (asked.includes('--help')) {
  process.stdout.write(`Usage: npm run bench -- [suite ...]\nSuites: ${SUITES.join(', ')}\n`);
} else {
  const unknown = asked.filter((name) => !(SUITES as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(`unknown suite: ${unknown.join(', ')}; there are ${SUITES.join(', ')}`);
  for (const name of SUITES)
    if (asked.length === 0 || asked.includes(name)) await import(`./${name}.ts`);
}
