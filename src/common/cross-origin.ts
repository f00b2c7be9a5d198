// CORS: closed, but for the origins that CORS_ORIGINS names. No cookies are used, so credentials are never allowed.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a script of another origin may read beside the body. */
const READABLE = [
  'X-Request-Id',
  'X-Model-Version',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
];
const REMEMBERED_SECONDS = 600;

/** Call after the hooks of every answer were added: it answers preflights by itself. */
export function openToOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    // Not onRequest, where Nest would run it before our own hooks.
    hook: 'preParsing',
    origin: [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: READABLE,
    maxAge: REMEMBERED_SECONDS,
    strictPreflight: false,
  });
}
