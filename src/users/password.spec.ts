// The password policy and bcrypt around it.
import { parseConfig } from '../config/load-config.ts';
import { isAcceptablePassword, Passwords } from './password.ts';

/** The stored hash, null for nobody, and the password tried. */
type Attempt = readonly [hash: string | null, password: string];

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

  it('take as long to check for nobody as for somebody', async () => {
    const hash = await passwords.hash('correct horse battery');
    const somebody: Attempt = [hash, 'a wrong password'];
    const attempts: Attempt[] = [somebody, [null, 'a wrong password'], [hash, 'p'.repeat(500)]];
    // The fastest of many, in turns: what else the machine does meanwhile only ever adds.
    const fastest = new Map<Attempt, number>();
    for (let round = 0; round < 25; round++) {
      for (const attempt of attempts) {
        const began = performance.now();
        await passwords.matches(attempt[1], attempt[0]);
        const took = performance.now() - began;
        fastest.set(attempt, Math.min(took, fastest.get(attempt) ?? Infinity));
      }
    }
    for (const took of fastest.values()) {
      // One step of cost more or less would be a factor of 2.
      const ratio = took / (fastest.get(somebody) ?? 0);
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });
});
