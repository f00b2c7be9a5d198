// The key that signs access tokens: JWT_SECRET, or one that is generated once and kept under VAR_DIR, readable by its owner only.
import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { Config, ConfigError } from '../config/load-config.ts';

const KEY_BYTES = 48;
const MIN_LENGTH = 32;

@Injectable()
export class SigningKey {
  readonly value: string;

  /** Throws ConfigError where the key can neither be read nor made. */
  constructor(config: Config) {
    this.value = config.auth.jwtSecret ?? keptKey(config.varDir);
  }
}

function keptKey(varDir: string): string {
  const path = join(varDir, 'jwt-secret');
  try {
    const key = readKey(path) ?? makeKey(varDir, path);
    if (key.length >= MIN_LENGTH) return key;
  } catch (error) {
    throw new ConfigError(
      `the signing key ${path} cannot be read or made (${messageOf(error)}); make VAR_DIR writable, or set JWT_SECRET`,
    );
  }
  throw new ConfigError(
    `the signing key ${path} is damaged; delete it (all must log in again), or set JWT_SECRET`,
  );
}

function readKey(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Writes the key aside and links it into place: of two servers that start together one wins, and neither sees half a file. */
function makeKey(varDir: string, path: string): string {
  mkdirSync(varDir, { recursive: true });
  const key = randomBytes(KEY_BYTES).toString('base64url');
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, `${key}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, path);
    return key;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8').trim();
  } finally {
    rmSync(aside);
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
