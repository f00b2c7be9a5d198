// `npm run promote` without a server: the gate, the alias and the history in the database of the settings.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publish } from '../../test/support/prediction-server.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { withHistory } from '../../src/governance/open-history.ts';
import { openRegistry } from '../../src/model/registry/open-registry.ts';
import { promoteVersion, type Outcome } from './promote-version.ts';

describe('promoteVersion', () => {
  let varDir: string;
  beforeEach(async () => {
    varDir = mkdtempSync(join(tmpdir(), 'promote-'));
    await publish(varDir);
  });
  afterEach(() => {
    rmSync(varDir, { recursive: true });
  });

  const config = (settings: Readonly<Record<string, string>> = {}) =>
    parseConfig({ VAR_DIR: varDir, ...settings });
  const promote = (version: string, reason: string | null = null): Promise<Outcome> =>
    promoteVersion({ config: config(), version, force: reason !== null, reason });
  const champion = async (): Promise<string> =>
    (await openRegistry(config().registry).resolve('models:/foretell@champion')).version;
  const events = () =>
    withHistory(config().database, async (history) => (await history.list('foretell', 10)).items);

  it('moves the alias where the gate passes, prints each check, and writes it down', async () => {
    await publish(varDir, {}, 'challenger');
    const { promoted, lines } = await promote('2');
    expect(promoted).toBe(true);
    expect(lines.at(-1)).toBe('champion of foretell is version 2 now (was 1)');
    expect(lines.some((line) => line.startsWith('passed  roc_auc_vs_champion'))).toBe(true);
    expect(await champion()).toBe('2');
    expect(await events()).toMatchObject([
      { kind: 'alias_moved', version: '2', fromVersion: '1', actor: 'cli', cause: 'promotion' },
    ]);
  });

  it('moves nothing where the gate refuses, and says which check failed; with a reason it does', async () => {
    await publish(varDir, { sign: -1 }, 'challenger');
    const { promoted, lines } = await promote('2');
    expect(promoted).toBe(false);
    expect(lines.some((line) => line.startsWith('FAILED  roc_auc_vs_champion'))).toBe(true);
    expect(await champion()).toBe('1');
    const forced = await promote('2', 'a drill');
    expect(forced.lines.at(-1)).toMatch(/\(was 1\), against the gate$/);
    expect(await champion()).toBe('2');
    expect(await events()).toMatchObject([
      { kind: 'alias_moved', cause: 'forced_promotion', reason: 'a drill' },
      { kind: 'promotion_refused', actor: 'cli' },
    ]);
  });

  it('moves nothing where the history cannot be written', async () => {
    await publish(varDir, {}, 'challenger');
    const away = config({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    const order = { config: away, version: '2', force: false, reason: null };
    await expect(promoteVersion(order)).rejects.toThrow('start it, or correct DATABASE_URL');
    expect(await champion()).toBe('1');
  });

  it.each([
    ['a version that does not exist', '9', 'MODEL_NOT_FOUND'],
    ['a word for a version', 'latest', 'INVALID_INPUT'],
    ['the champion itself', '1', 'CONFLICT'],
  ])('refuses %s', async (_, version, code) => {
    await expect(promote(version)).rejects.toMatchObject({ code });
  });
});
