// The secret behind the signing key where none is set: generated once and kept under VAR_DIR, readable by its owner only.
import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../common/errors.ts';
import { ConfigError } from '../config/load-config.ts';
import { MIN_SECRET_LENGTH } from './signing-key.ts';

const SECRET_BYTES = 48;

/** What the file holds; makes it where there is none. Throws ConfigError where it can neither be read nor made. */
export function requireSecret(path: string): string {
  let secret: string;
  try {
    secret = readSecret(path) ?? makeSecret(path);
  } catch (error) {
    throw new ConfigError(
      `the signing key ${path} cannot be read or made (${messageOf(error)}); make VAR_DIR writable, or set JWT_SECRET`,
    );
  }
  if (secret.length < MIN_SECRET_LENGTH)
    throw new ConfigError(
      `the signing key ${path} is damaged; delete it (all must log in again), or set JWT_SECRET`,
    );
  return secret;
}

function readSecret(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Writes the secret aside and links it into place: of two servers that start together one wins, and neither sees half a file. */
function makeSecret(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, path);
    return secret;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8').trim();
  } finally {
    rmSync(aside);
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
