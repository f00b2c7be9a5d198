// The password policy and bcrypt around it.
import bcrypt from 'bcrypt';
import { parseConfig } from '../config/load-config.ts';
import { isAcceptablePassword, Passwords } from './password.ts';

/** `$2b$08$` and 22 characters. */
const SALT_LENGTH = 29;
const HASH = /^\$2b\$08\$[./\w]{53}$/;

describe('passwords', () => {
  it.each([
    ['twelve chars', true],
    ['eleven char', false],
    ['😀'.repeat(12), true],
    ['😀'.repeat(11), false],
    ['p'.repeat(72), true],
    ['p'.repeat(73), false],
    [undefined, false],
  ])('are counted in characters below and in bytes above (%p)', (password, acceptable) => {
    expect(isAcceptablePassword(password)).toBe(acceptable);
  });

  const passwords = new Passwords(parseConfig({ BCRYPT_COST: '8' }));

  it('are hashed with the configured cost, and match only themselves', async () => {
    const hash = await passwords.hash('correct horse battery');
    expect(hash).toMatch(/^\$2b\$08\$/);
    expect(await passwords.matches('correct horse battery', hash)).toBe(true);
    expect(await passwords.matches('correct horse batterY', hash)).toBe(false);
    expect(await passwords.matches('correct horse battery', null)).toBe(false);
  });

  it('are refused rather than cut, and read whole past a NUL', async () => {
    expect(() => passwords.hash('p'.repeat(73))).toThrow('at most 72 bytes');
    const longest = await passwords.hash('p'.repeat(72));
    expect(await passwords.matches('p'.repeat(73), longest)).toBe(false);
    const withNul = await passwords.hash('before\0after it');
    expect(await passwords.matches('before\0something', withNul)).toBe(false);
  });

  it.each<[string, boolean, string]>([
    ['nobody', false, 'a wrong password'],
    ['somebody by a wrong password', true, 'a wrong password'],
    ['somebody by one too long for bcrypt', true, 'p'.repeat(500)],
  ])('cost %s one full comparison', async (_, exists, password) => {
    const hash = exists ? await passwords.hash('correct horse battery') : null;
    const compare = jest.spyOn(bcrypt, 'compare');
    expect(await passwords.matches(password, hash)).toBe(false);
    expect(compare).toHaveBeenCalledTimes(1);
    const [, compared = ''] = compare.mock.calls[0] ?? [];
    compare.mockRestore();
    // bcrypt refuses a malformed salt without working on it; one that it takes costs 2^8 rounds.
    expect(bcrypt.getRounds(compared)).toBe(8);
    expect(await bcrypt.hash(password, compared.slice(0, SALT_LENGTH))).toMatch(HASH);
  });
});
