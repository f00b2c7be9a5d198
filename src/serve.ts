// One process that serves: the application, its port, its end.
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Siblings } from './common/siblings.ts';
import type { Config, ServerConfig } from './config/load-config.ts';
import { createApp } from './create-app.ts';
import { greeting } from './greeting.ts';

export interface OpenServer {
  /** The greeting, once requests are answered. Throws with what to do where the port is taken. */
  readonly listen: () => Promise<string>;
  /** Fastify stops accepting and answers what is in flight, then the modules close: scorer, database. Last the login at Vault. */
  readonly drain: () => Promise<void>;
}

export interface ServeOptions {
  /** The other processes behind the same port; none unless given. */
  readonly siblings?: Siblings;
  /** What this process follows in Vault, from here on its own to close. */
  readonly secrets?: ServerConfig['secrets'];
}

export async function openServer(
  config: Config,
  { siblings, secrets = null }: ServeOptions = {},
): Promise<OpenServer> {
  try {
    const app = await createApp(config, siblings);
    await secrets?.follow({ log: new Logger('Vault') });
    return {
      listen: async () => greeting(app, await listen(app, config.server)),
      drain: async () => {
        await app.close();
        await secrets?.close();
      },
    };
  } catch (error) {
    await secrets?.close();
    throw error;
  }
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
