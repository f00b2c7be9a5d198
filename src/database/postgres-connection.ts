// How PostgreSQL is reached: by the URL of the settings, whose password is read anew for each connection where the URL stands in a file.
import { readFile } from 'node:fs/promises';
import { parse, type ConnectionOptions } from 'pg-connection-string';
import type { DatabaseConfig } from '../config/load-config.ts';

type PostgresConfig = Extract<DatabaseConfig, { readonly kind: 'postgres' }>;

/** As pg's pool takes it. Connections that are open stay open: PostgreSQL asks for a password at their start only. */
export type PostgresConnection = Omit<ConnectionOptions, 'password'> & {
  readonly password: string | undefined | (() => Promise<string>);
};

export function postgresConnection({ url, urlFile }: PostgresConfig): PostgresConnection {
  const { password, ...rest } = parse(url);
  if (urlFile === undefined) return { ...rest, password };
  return { ...rest, password: () => passwordIn(urlFile) };
}

async function passwordIn(file: string): Promise<string> {
  return parse((await readFile(file, 'utf8')).trim()).password ?? '';
}
