// Builds the console into dist/console: one page, hashed files, each also compressed, so that the server only hands them out.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Where `npm run dev:console` finds the API, and what of its own addresses belongs to it. */
const API = process.env['FORETELL_URL'] ?? 'http://localhost:8000';
const API_ROUTES =
  '^/(token|users|api-keys|predict|predictions|feedback|jobs|model-info|models|runs|monitoring|docs|docs-json)($|[/?])';

/** Below it, compression saves nothing. */
const SMALLEST = 1024;

const compress = (): Plugin => ({
  name: 'compress',
  writeBundle({ dir = '' }, bundle) {
    for (const name of Object.keys(bundle)) {
      if (!/\.(js|css|svg)$/.test(name)) continue;
      const file = join(dir, name);
      const content = readFileSync(file);
      if (content.length < SMALLEST) continue;
      const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
      writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
      writeFileSync(`${file}.gz`, gzipSync(content));
    }
  },
});

export default defineConfig({
  // Relative, so that the console also works below a prefix of a proxy.
  base: './',
  build: {
    outDir: '../../../dist/console',
    emptyOutDir: true,
    // The page's policy allows no data: scripts or styles, and an inlined image is no smaller.
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    // Libraries mark their modules for servers that render; there is none here.
    rolldownOptions: { checks: { moduleLevelDirective: false, bundlerTimings: false } },
  },
  plugins: [compress()],
  server: { proxy: { [API_ROUTES]: API } },
});
