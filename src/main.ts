// Process entry: config, application, listen, drain on SIGTERM. No logic.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './create-app.ts';
import { messageOf } from './common/errors.ts';
import { loadConfig, type Config } from './config/load-config.ts';
import { greeting } from './greeting.ts';

async function main(): Promise<void> {
  const config = loadConfig();
  const app = await createApp(config);
  process.once('SIGTERM', () => void drain(app));
  process.once('SIGINT', () => void drain(app));
  process.stdout.write(greeting(app, await listen(app, config.server)));
}

/** The address that people can open. Throws with what to do where the port is taken. */
async function listen(
  app: NestFastifyApplication,
  { port, host }: Config['server'],
): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} is in use; stop the other server or set PORT`, { cause: error });
  }
  return (await app.getUrl()).replace(
    /\/\/(127\.0\.0\.1|\[::1\]|0\.0\.0\.0|\[::\])(?=:)/,
    '//localhost',
  );
}

/** Fastify stops accepting and answers what is in flight, then the modules close: scorer, database. */
async function drain(app: NestFastifyApplication): Promise<void> {
  await app.close().catch(fail);
  process.exit(0);
}

/** One line that says what to do, exit code 1. */
function fail(error: unknown): never {
  process.stderr.write(`foretell: ${messageOf(error)}\n`);
  process.exit(1);
}

main().catch(fail);
