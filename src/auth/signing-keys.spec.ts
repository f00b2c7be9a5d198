// Where the signing key comes from, on a real folder, and what a changed secret does.
import { createPublicKey, sign, verify } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
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
import { signingKeyOf } from './signing-key.ts';
import { SigningKeys } from './signing-keys.ts';

const SECRET = 'a secret of thirty-two characters';
const OTHER = 'another secret of so many characters';

describe('signingKeyOf', () => {
  it('makes the same key from the same secret, and another from another', () => {
    expect(signingKeyOf(SECRET).kid).toBe(signingKeyOf(SECRET).kid);
    expect(signingKeyOf(OTHER).kid).not.toBe(signingKeyOf(SECRET).kid);
  });

  it('publishes what verifies its signatures, and nothing private', () => {
    const { privateKey, jwk } = signingKeyOf(SECRET);
    const text = Buffer.from('a token');
    const published = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(verify('sha256', text, published, sign('sha256', text, privateKey))).toBe(true);
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

describe('SigningKeys', () => {
  let varDir: string;
  let opened: SigningKeys[] = [];
  beforeEach(() => {
    varDir = join(mkdtempSync(join(tmpdir(), 'key-')), 'var');
  });
  afterEach(() => {
    for (const keys of opened) keys.onModuleDestroy();
    opened = [];
    jest.useRealTimers();
    rmSync(join(varDir, '..'), { recursive: true });
  });
  const keysOf = (environment: Record<string, string> = {}): SigningKeys => {
    const keys = new SigningKeys(parseConfig({ VAR_DIR: varDir, ...environment }));
    opened.push(keys);
    return keys;
  };
  const kidOf = (keys: SigningKeys): string => keys.signing().kid;

  it('takes JWT_SECRET where that is set, and writes nothing', () => {
    expect(kidOf(keysOf({ JWT_SECRET: SECRET }))).toBe(signingKeyOf(SECRET).kid);
    expect(() => readdirSync(varDir)).toThrow('ENOENT');
  });

  it('generates a secret once, keeps it for its owner only, and finds it again', () => {
    const kid = kidOf(keysOf());
    expect(kidOf(keysOf())).toBe(kid);
    expect(readdirSync(varDir)).toEqual(['jwt-secret']);
    expect(statSync(join(varDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
    const kept = readFileSync(join(varDir, 'jwt-secret'), 'utf8');
    expect(kept).toMatch(/^[\w-]{64}\n$/);
    expect(signingKeyOf(kept.trim()).kid).toBe(kid);
  });

  it('refuses a damaged file', () => {
    keysOf();
    chmodSync(join(varDir, 'jwt-secret'), 0o600);
    writeFileSync(join(varDir, 'jwt-secret'), '');
    expect(() => keysOf()).toThrow(/jwt-secret is damaged; delete it/);
  });

  it('says what to do where VAR_DIR is not writable', () => {
    writeFileSync(varDir, 'a file');
    expect(() => keysOf()).toThrow(
      /cannot be read or made .* make VAR_DIR writable, or set JWT_SECRET/,
    );
  });

  describe('with JWT_SECRET_FILE', () => {
    let file: string;
    beforeEach(() => {
      mkdirSync(varDir);
      file = join(varDir, 'secret');
      writeFileSync(file, `${SECRET}\n`);
      jest.useFakeTimers();
    });

    it('signs by a changed secret, and verifies by the one before until its tokens have expired', async () => {
      const keys = keysOf({ JWT_SECRET_FILE: file, JWT_EXPIRES_IN: '60s' });
      const before = kidOf(keys);
      writeFileSync(file, `${OTHER}\n`);
      jest.advanceTimersByTime(6000);
      expect(kidOf(keys)).toBe(signingKeyOf(OTHER).kid);
      expect((await keys.find(before))?.kid).toBe(before);
      expect(keys.published().map(({ kid }) => kid)).toEqual([kidOf(keys), before]);
      jest.advanceTimersByTime(61_000);
      expect(await keys.find(before)).toBeNull();
      expect(keys.published().map(({ kid }) => kid)).toEqual([kidOf(keys)]);
    });

    it('looks at once for a key that another server has signed by, and not for each made-up one', async () => {
      const keys = keysOf({ JWT_SECRET_FILE: file });
      const other = signingKeyOf(OTHER).kid;
      // It has just looked on schedule.
      jest.advanceTimersByTime(5000);
      writeFileSync(file, OTHER);
      const found = await Promise.all([keys.find(other), keys.find(other)]);
      expect(found.map((key) => key?.kid)).toEqual([other, other]);
      writeFileSync(file, SECRET);
      expect(await keys.find('made up')).toBeNull();
      expect(kidOf(keys)).toBe(other);
    });

    it.each([
      [
        'too short',
        () => {
          writeFileSync(file, 'short');
        },
      ],
      [
        'gone',
        () => {
          rmSync(file);
        },
      ],
    ])('goes on with the key it has where the file is %s', (_, spoil) => {
      const keys = keysOf({ JWT_SECRET_FILE: file });
      spoil();
      jest.advanceTimersByTime(6000);
      expect(kidOf(keys)).toBe(signingKeyOf(SECRET).kid);
    });
  });
});
