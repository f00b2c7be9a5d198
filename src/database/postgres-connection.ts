// How PostgreSQL is reached: by the URL of the settings, whose password is read anew for each connection where the URL stands in a file or in Vault.
import { parse, type ConnectionOptions } from 'pg-connection-string';
import type { DatabaseConfig } from '../config/load-config.ts';
import type { LiveSecret } from '../config/live-secret.ts';

type PostgresConfig = Extract<DatabaseConfig, { readonly kind: 'postgres' }>;

/** As pg's pool takes it. Connections that are open stay open: PostgreSQL asks for a password at their start only. */
export type PostgresConnection = Omit<ConnectionOptions, 'password'> & {
  readonly password: string | undefined | (() => Promise<string>);
};

export function postgresConnection({ url, liveUrl }: PostgresConfig): PostgresConnection {
  const { password, ...rest } = parse(url);
  if (liveUrl === undefined) return { ...rest, password };
  return { ...rest, password: () => passwordNow(liveUrl) };
}

async function passwordNow(url: LiveSecret): Promise<string> {
  await url.refresh();
  return parse(url.read()).password ?? '';
}
