// What delivers a release: workflows that GitHub would run as they are meant, and the trial that decides whether a release stays.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PASSWORD, startConsole, type Console } from '../support/console.ts';
import { requireTool, TOOLS } from './support/process.ts';

const run = promisify(execFile);
const WORKFLOWS = '.github/workflows';

describe('the workflows', () => {
  it('are what actionlint takes', async () => {
    const actionlint = requireTool('actionlint', [join(TOOLS, 'bin/actionlint')]);
    await expect(run(actionlint, ['-color=false'])).resolves.toMatchObject({ stdout: '' });
  });

  it.each(readdirSync(WORKFLOWS))(
    '%s pins actions by commit, and begins without any right',
    (file) => {
      const text = readFileSync(join(WORKFLOWS, file), 'utf8');
      const actions = [...text.matchAll(/uses: (?!\.\/)(\S+)(.*)/g)];
      for (const [, action, note] of actions) {
        expect(action).toMatch(/@[0-9a-f]{40}$/);
        expect(note).toMatch(/# v\d/);
      }
      expect(text).toMatch(/^permissions: \{\}$/m);
      for (const [, script] of text.matchAll(/(deploy\/\S+\.(?:sh|mjs))/g))
        expect(() => readFileSync(script ?? '')).not.toThrow();
    },
  );
});

describe('deploy/release/smoke.mjs', () => {
  let server: Console;

  const smoke = (address: string, password: string): Promise<{ stdout: string }> =>
    run(process.execPath, [resolve('deploy/release/smoke.mjs'), address], {
      env: { ...process.env, SMOKE_USERNAME: 'ops', SMOKE_PASSWORD: password },
    });

  beforeAll(async () => {
    server = await startConsole({ users: { ops: 'operator' } });
  });
  afterAll(async () => {
    await server.stop();
  });

  it('passes a server that predicts and logs', async () => {
    const { stdout } = await smoke(server.url, PASSWORD);
    expect(stdout).toContain('answers by foretell, version 1, and logs it.');
  });

  it('fails where nobody can sign in', async () => {
    await expect(smoke(server.url, 'not the password')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('/token answers 401') as unknown,
    });
  });

  it('fails at a server that says it is ready and is not ours', async () => {
    const other = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    await expect(smoke(`http://127.0.0.1:${port}`, 'any')).rejects.toMatchObject({ code: 1 });
    other.close();
  });
});
