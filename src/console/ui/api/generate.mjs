// Writes schema.d.ts, the types of the HTTP API, from the OpenAPI document of a server without a model: what holds whichever model is served.
// `--check` writes nothing and fails where the file is not what it would write. Run after `npm run build`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTs, { astToString } from 'openapi-typescript';
import { parseConfig } from '../../../../dist/src/config/load-config.js';
import { createApp } from '../../../../dist/src/create-app.js';

const FILE = new URL('schema.d.ts', import.meta.url);
const HEADER =
  '// The types of the HTTP API, made by `npm run generate` from its OpenAPI document. Not to be edited.\n\n';

const varDir = mkdtempSync(join(tmpdir(), 'foretell-schema-'));
const app = await createApp(
  parseConfig({ VAR_DIR: varDir, DRIFT_EVERY: 'off', LOG_LEVEL: 'error' }),
);
try {
  const { body } = await app.getHttpAdapter().getInstance().inject('/docs-json');
  const text = HEADER + astToString(await openapiTs(JSON.parse(body), { immutable: true }));
  if (!process.argv.includes('--check')) writeFileSync(FILE, text);
  else if (readFileSync(FILE, 'utf8') !== text) {
    console.error('src/console/ui/api/schema.d.ts is not that of the API: npm run generate');
    process.exitCode = 1;
  }
} finally {
  await app.close();
  rmSync(varDir, { recursive: true, force: true });
}
