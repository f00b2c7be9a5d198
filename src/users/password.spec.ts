import { parseConfig } from '../config/load-config.ts';
import { isAcceptablePassword, Passwords } from './password.ts';

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
    const fastest = async (stored: string | null, password: string): Promise<number> => {
      let best = Infinity;
      for (let i = 0; i < 9; i++) {
        const began = performance.now();
        await passwords.matches(password, stored);
        best = Math.min(best, performance.now() - began);
      }
      return best;
    };
    const somebody = await fastest(hash, 'a wrong password');
    for (const ratio of [
      (await fastest(null, 'a wrong password')) / somebody,
      (await fastest(hash, 'p'.repeat(500))) / somebody,
    ]) {
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThan(1.4);
    }
  });
});
