// Serves the web console, as Vite built it: the page at / and its files below /assets, compressed when they were built.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../common/errors.ts';

/** Files below it carry a digest of their content in their names. */
export const CONSOLE_ASSETS = '/assets/';

/** dist/console, beside the compiled server; sources have none beside them. */
const BUILT = fileURLToPath(new URL('../../console', import.meta.url));

/** Where nobody built it (in development, in tests), / says how to. */
export function serveConsole(fastify: FastifyInstance, folder = BUILT): void {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) {
    fastify.get('/', () => {
      throw new AppError('NOT_FOUND', 'The console has not been built: `npm run build` does it.');
    });
    return;
  }
  fastify.get('/', async (_request, reply) =>
    reply
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(await readFile(page)),
  );
  void fastify.register(fastifyStatic, {
    root: join(folder, CONSOLE_ASSETS),
    prefix: CONSOLE_ASSETS,
    decorateReply: false,
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: '365d',
  });
}
