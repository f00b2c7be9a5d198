// What delivers a release: workflows that GitHub would run as they are meant, and the trial that decides whether a release stays.
import { execFile, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { PASSWORD, startConsole, type Console } from '../support/console.ts';
import { requireTool, TOOLS } from './support/process.ts';

const run = promisify(execFile);
const { R_OK, X_OK } = constants;
const WORKFLOWS = '.github/workflows';
const WRONG_PASSWORD = 'not the password';

interface Job {
  readonly uses?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}

describe('the workflows', () => {
  it('are what actionlint takes', async () => {
    const actionlint = requireTool('actionlint', [join(TOOLS, 'bin/actionlint')]);
    await expect(run(actionlint, ['-color=false'])).resolves.toMatchObject({ stdout: '' });
  });

  const texts = readdirSync(WORKFLOWS).map(
    (file) => [file, readFileSync(join(WORKFLOWS, file), 'utf8')] as const,
  );
  const actionsOf = (text: string): readonly (readonly string[])[] =>
    [...text.matchAll(/uses: (?!\.\/)(\S+)@(\S+)(.*)/g)].map(([, ...parts]) => parts);

  it.each(texts)('%s pins actions by commit, and begins without any right', (_, text) => {
    for (const [, commit, note] of actionsOf(text)) {
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
      expect(note).toMatch(/# v\d/);
    }
    expect(text).toMatch(/^permissions: \{\}$/m);
  });

  it.each(texts)('%s bounds the time and the rights of each job', (_, text) => {
    const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };
    for (const job of Object.values(jobs)) {
      expect(Object.keys(job.permissions)).toContain('contents');
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(120);
    }
  });

  it.each(texts)('%s runs scripts that are here and may be run', (_, text) => {
    const scripts = [...text.matchAll(/(?:deploy\/\S+\.(?:sh|mjs)|\.ci\/[\w.-]+)/g)];
    for (const [script] of scripts) accessSync(script, script.endsWith('.mjs') ? R_OK : X_OK);
  });

  it('have one version of each action', () => {
    const versions = new Map<string, Set<string>>();
    for (const [action = '', commit = ''] of texts.flatMap(([, text]) => actionsOf(text)))
      versions.set(action, (versions.get(action) ?? new Set()).add(commit));
    expect(versions.size).toBeGreaterThan(5);
    expect([...versions].filter(([, { size }]) => size > 1)).toEqual([]);
  });
});

/** The environment with the programs of a folder before all others. */
const withPrograms = (
  dir: string,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> => ({
  ...process.env,
  PATH: `${dir}${delimiter}${process.env['PATH']}`,
  ...env,
});

let server: Console;
beforeAll(async () => {
  server = await startConsole({ users: { ops: 'operator' } });
});
afterAll(async () => {
  await server.stop();
});

describe('deploy/release/smoke.mjs', () => {
  const smoke = (address: string, password: string): Promise<{ stdout: string }> =>
    run(process.execPath, [resolve('deploy/release/smoke.mjs'), address], {
      env: { ...process.env, SMOKE_USERNAME: 'ops', SMOKE_PASSWORD: password },
    });

  it('passes a server that predicts and logs', async () => {
    const { stdout } = await smoke(server.url, PASSWORD);
    expect(stdout).toContain('answers by foretell, version 1, and logs it.');
  });

  it('fails where nobody can sign in', async () => {
    await expect(smoke(server.url, WRONG_PASSWORD)).rejects.toMatchObject({
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

describe('deploy/image/push.sh', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stack-push-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** Runs it where docker and cosign only write down what they are asked, and fail at $REFUSED; the digest of an image is told by its name. */
  function push(refused = '') {
    const calls = join(dir, 'calls');
    for (const name of ['docker', 'cosign']) {
      const lines = [
        '#!/usr/bin/env bash',
        `echo "${name} $*" >>"$CALLS"`,
        'case "$*" in *RepoDigests*) echo "any@sha256:${@: -1}" ;; esac',
        '[ -z "$REFUSED" ] || case "$*" in "$REFUSED"*) exit 1 ;; esac',
      ];
      writeFileSync(join(dir, name), lines.join('\n'), { mode: 0o755 });
    }
    const args = ['ghcr.io/acme/foretell', 'v1', 'parts.json', 'image.json'];
    const env = withPrograms(dir, { CALLS: calls, REFUSED: refused });
    const done = spawnSync('deploy/image/push.sh', args, { env, encoding: 'utf8' });
    const asked = readFileSync(calls, 'utf8').split('\n');
    return { ...done, asked: asked.filter((call) => /^docker push|^cosign/.test(call)) };
  }

  it('pushes what was built, signs it by its digest, and tells both', () => {
    const { status, stdout, asked } = push();
    const digest = 'sha256:ghcr.io/acme/foretell:v1';
    const told = [`image=ghcr.io/acme/foretell:v1@${digest}`, `digest=${digest}`];
    expect([status, stdout.trim().split('\n')]).toEqual([0, told]);
    expect(asked).toEqual([
      'docker push ghcr.io/acme/foretell:v1',
      `cosign sign --yes ghcr.io/acme/foretell@${digest}`,
      'docker push ghcr.io/acme/foretell-train:v1',
      'cosign sign --yes ghcr.io/acme/foretell-train@sha256:ghcr.io/acme/foretell-train:v1',
      `cosign attest --yes --type cyclonedx --predicate parts.json ghcr.io/acme/foretell@${digest}`,
      `cosign attest --yes --type cyclonedx --predicate image.json ghcr.io/acme/foretell@${digest}`,
    ]);
  });

  it.each([
    'push ghcr.io/acme/foretell:',
    'push ghcr.io/acme/foretell-train:',
    'sign --yes ghcr.io/acme/foretell@',
    'attest',
  ])('tells no image where %s fails', (refused) => {
    expect(push(refused)).toMatchObject({ status: 1, stdout: '' });
  });
});

/** A kubectl that renders as the real one does, writes down what it is asked, and refuses what $REFUSED is a part of. */
const CLUSTER = `#!/usr/bin/env bash
case $1 in kustomize) exec "$KUBECTL" "$@" ;; esac
echo "$*" >>"$CALLS"
case "$*" in
  apply*) cp "\${@: -1}" "$APPLIED" ;;
  *' get deployment '*) printf %s "$BEFORE" ;;
esac
[ -z "$REFUSED" ] || case "$*" in *"$REFUSED"*) echo "refused by the cluster" >&2; exit 1 ;; esac
`;

describe('deploy/release/rollout.sh', () => {
  const OURS = '--namespace foretell';
  const FORWARD = [
    `${OURS} get deployment foretell --ignore-not-found --output jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}`,
    `${OURS} delete job foretell-migrate --ignore-not-found`,
    'apply --filename MANIFESTS',
    `${OURS} wait --for=condition=complete job/foretell-migrate --timeout=15m`,
    `${OURS} rollout status deployment/foretell --timeout=10m`,
  ];
  const BACK = [
    `${OURS} rollout undo deployment/foretell --to-revision=4`,
    `${OURS} rollout status deployment/foretell --timeout=5m`,
  ];

  interface Rollout {
    readonly exitCode: number | null;
    readonly output: string;
    readonly calls: readonly string[];
    readonly images: readonly string[];
  }

  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stack-rollout-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function rollout({
    overlay = 'production',
    image = 'ghcr.io/acme/foretell:v1.4.0',
    refused = '',
    before = '4',
    password = PASSWORD,
  }): Rollout {
    const kubectl = requireTool('kubectl', ['/usr/bin/kubectl', '/usr/local/bin/kubectl']);
    const [calls, applied] = [join(dir, 'calls'), join(dir, 'applied.yaml')];
    writeFileSync(join(dir, 'kubectl'), CLUSTER, { mode: 0o755 });
    const env = withPrograms(dir, {
      ...{ KUBECTL: kubectl, CALLS: calls, APPLIED: applied, REFUSED: refused, BEFORE: before },
      ...{ SMOKE_USERNAME: 'ops', SMOKE_PASSWORD: password },
    });
    const args = [overlay, image, server.url];
    const done = spawnSync('deploy/release/rollout.sh', args, { env, encoding: 'utf8' });
    const asked = readFileSync(calls, 'utf8').replace(/(--filename) \S+/, '$1 MANIFESTS');
    const images = [...readFileSync(applied, 'utf8').matchAll(/image: (\S+)/g)];
    return {
      exitCode: done.status,
      output: done.stdout + done.stderr,
      calls: asked.trim().split('\n'),
      images: images.map(([, name = '']) => name).sort((a, b) => a.localeCompare(b)),
    };
  }

  it('applies the release, waits for its migration and its pods, tries it, and says that it is live', () => {
    const { exitCode, output, calls, images } = rollout({});
    expect([exitCode, calls]).toEqual([0, FORWARD]);
    expect(output).toContain('answers by foretell, version 1, and logs it.');
    expect(output).toContain('ghcr.io/acme/foretell:v1.4.0 is live');
    expect(images).toEqual([
      ...['ghcr.io/acme/foretell-train:v1.4.0'],
      ...['ghcr.io/acme/foretell:v1.4.0', 'ghcr.io/acme/foretell:v1.4.0'],
    ]);
  });

  it('waits for no migration where the overlay has none', () => {
    const { exitCode, calls } = rollout({ overlay: 'dev' });
    const expected = FORWARD.filter((call) => !call.includes(' wait '));
    expect(exitCode).toBe(0);
    expect(calls).toEqual(expected.map((call) => call.replace(OURS, `${OURS}-dev`)));
  });

  it.each([
    ['apply', 'not everything can be applied', 3],
    ['job/foretell-migrate', 'the migration does not end well', 4],
    ['--timeout=10m', 'the new pods do not become ready', 5],
  ])('goes back where the cluster refuses %s, and says that %s', (refused, told, asked) => {
    const { exitCode, output, calls } = rollout({ refused });
    expect([exitCode, calls]).toEqual([1, [...FORWARD.slice(0, asked), ...BACK]]);
    expect(output).toContain(`${told}; going back to the release before`);
    expect(output).not.toContain('is live');
  });

  it('goes back where the release does not do its work', () => {
    const { exitCode, output, calls } = rollout({ password: WRONG_PASSWORD });
    expect([exitCode, calls]).toEqual([1, [...FORWARD, ...BACK]]);
    expect(output).toContain('/token answers 401');
    expect(output).toContain('the new release does not do its work; going back');
  });

  it('has nothing to go back to at the first release, and says so', () => {
    const { exitCode, output, calls } = rollout({ before: '', password: WRONG_PASSWORD });
    expect([exitCode, calls]).toEqual([1, FORWARD]);
    expect(output).toContain('there is no release before');
  });

  it.each([
    ['registry:5000/acme/predict:v1.4.0@sha256:0a', 'registry:5000/acme/predict-train:v1.4.0'],
    ['ghcr.io/acme/foretell:v1.4.0-model7', 'ghcr.io/acme/foretell-train:v1.4.0'],
    ['registry:5000/foretell@sha256:0a', 'ghcr.io/example/foretell-train:v0.1.0'],
  ])('serves %s and trains by %s', (image, train) => {
    const { exitCode, images } = rollout({ image });
    expect(exitCode).toBe(0);
    expect(new Set(images)).toEqual(new Set([image, train]));
  });
});
