// Where the signing key comes from, on a real folder.
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../config/load-config.ts';
import { SigningKey } from './signing-key.ts';

describe('SigningKey', () => {
  let varDir: string;
  beforeEach(() => {
    varDir = join(mkdtempSync(join(tmpdir(), 'key-')), 'var');
  });
  afterEach(() => {
    rmSync(join(varDir, '..'), { recursive: true });
  });
  const key = (environment: Record<string, string> = {}): string =>
    new SigningKey(parseConfig({ VAR_DIR: varDir, ...environment })).value;

  it('is JWT_SECRET where that is set, and writes nothing', () => {
    const secret = 'a secret of thirty-two characters';
    expect(key({ JWT_SECRET: secret })).toBe(secret);
    expect(() => readdirSync(varDir)).toThrow('ENOENT');
  });

  it('is generated once, kept for its owner only, and found again', () => {
    const generated = key();
    expect(generated).toHaveLength(64);
    expect(key()).toBe(generated);
    expect(readdirSync(varDir)).toEqual(['jwt-secret']);
    expect(statSync(join(varDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(varDir, 'jwt-secret'), 'utf8')).toBe(`${generated}\n`);
  });

  it('is not a damaged file', () => {
    key();
    chmodSync(join(varDir, 'jwt-secret'), 0o600);
    writeFileSync(join(varDir, 'jwt-secret'), '');
    expect(() => key()).toThrow(/jwt-secret is damaged; delete it/);
  });

  it('says what to do where VAR_DIR is not writable', () => {
    writeFileSync(varDir, 'a file');
    expect(() => key()).toThrow(
      /cannot be read or made .* make VAR_DIR writable, or set JWT_SECRET/,
    );
  });
});
