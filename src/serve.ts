// One process that serves: the application, its port, its end.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Siblings } from './common/siblings.ts';
import type { Config } from './config/load-config.ts';
import { createApp } from './create-app.ts';
import { greeting } from './greeting.ts';

export interface OpenServer {
  /** The greeting, once requests are answered. Throws with what to do where the port is taken. */
  readonly listen: () => Promise<string>;
  /** Fastify stops accepting and answers what is in flight, then the modules close: scorer, database. */
  readonly drain: () => Promise<void>;
}

/** `siblings`: the other processes behind the same port; none unless given. */
export async function openServer(config: Config, siblings?: Siblings): Promise<OpenServer> {
  const app = await createApp(config, siblings);
  return {
    listen: async () => greeting(app, await listen(app, config.server)),
    drain: () => app.close(),
  };
}

/** The address that people can open. */
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
