// The images: built as the Dockerfile says, without a daemon; what is in them and what is not; `serve` started as an orchestrator starts it, with a
// model that it carries, and stopped.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import {
  buildImage,
  bytesOverBase,
  configOf,
  layersOf,
  podman,
  requireBase,
  runContainer,
  startContainer,
  type ImageConfig,
  type Layer,
} from './support/image.ts';
import { freePort } from '../support/free-port.ts';
import { requireTool, TOOLS } from './support/process.ts';
import { untilTrue } from '../support/until.ts';

const MOST_BYTES = 350e6;
const SERVE = 'localhost/foretell-serve-test';
const TRAIN = 'localhost/foretell-train-test';
/** The same in every build: buildah 1.28 takes a kept label for that of another argument. */
const LABELS = {
  VERSION: '1.4.0',
  REVISION: '0123456789abcdef',
  SOURCE: 'https://git.example.org/foretell',
};
const MARKER = randomUUID();
const PASSWORD = 'the admin of the image tests';
const ROW = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const BUILD_MS = 30 * 60_000;

let dir: string;

/** A registry on disk whose champion is the second version of two. */
async function registryWithTwo(): Promise<string> {
  const folder = join(dir, 'registry');
  const registry = new FileModelRegistry(folder);
  for (const bias of [0, 1]) {
    const bundleDir = join(dir, `bundle-${bias}`);
    await writeTinyBundle(bundleDir, { bias });
    // As whoever trains may have it; the server is another account.
    for (const file of readdirSync(bundleDir)) chmodSync(join(bundleDir, file), 0o600);
    chmodSync(bundleDir, 0o700);
    await registry.register({ name: 'tiny', bundleDir, runId: null });
  }
  await registry.setAlias('tiny', 'champion', '2');
  return folder;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stack-image-'));
  await requireBase();
  await buildImage({
    target: 'serve',
    tag: SERVE,
    args: {
      MODEL_URI: 'models:/tiny@champion',
      MODEL_NAME: 'tiny',
      MODEL_VERSION: '2',
      ...LABELS,
    },
    contexts: { registry: await registryWithTwo() },
    npmMarker: MARKER,
  });
  await buildImage({ target: 'train', tag: TRAIN, args: LABELS, npmMarker: MARKER });
}, BUILD_MS);

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

it('the Dockerfiles pass hadolint', () => {
  const hadolint = requireTool('hadolint', [join(TOOLS, 'hadolint/bin/hadolint')]);
  execFileSync(hadolint, ['Dockerfile', 'deploy/mlflow/Dockerfile'], { stdio: 'pipe' });
});

it('an image is tagged by the version of the software and of the model', () => {
  const tag = (...args: readonly string[]): string =>
    execFileSync('deploy/image/tag.sh', args, { encoding: 'utf8' }).trim();
  expect(tag('v1.4.0', 'models:/churn/7')).toBe('v1.4.0-model7');
  expect(tag('v1.4.0')).toBe('v1.4.0');
  expect(() => tag('v1.4.0', 'models:/churn@champion')).toThrow(/a version by its number/);
});

describe('the image serve', () => {
  let config: ImageConfig;
  let layers: readonly Layer[];
  beforeAll(async () => {
    config = await configOf(SERVE);
    ({ layers } = await layersOf(SERVE));
  });

  const paths = (): readonly string[] => layers.flatMap((layer) => layer.paths);
  const found = (pattern: RegExp): readonly string[] =>
    paths().filter((path) => pattern.test(path));

  it('is at most 350 MB larger than its base', async () => {
    const bytes = await bytesOverBase(SERVE);
    process.stdout.write(`serve is ${(bytes / 1e6).toFixed(0)} MB over its base\n`);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('says what it is, and that it is not root', () => {
    expect(config).toMatchObject({
      User: '1000:1000',
      StopSignal: 'SIGTERM',
      Entrypoint: ['tini', '--'],
      Labels: {
        'org.opencontainers.image.version': '1.4.0',
        'org.opencontainers.image.revision': '0123456789abcdef',
        'org.opencontainers.image.source': 'https://git.example.org/foretell',
        'foretell.model.name': 'tiny',
        'foretell.model.version': '2',
      },
    });
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: { readonly start: string };
    };
    const pools = config.Env.find((variable) => variable.startsWith('MALLOC_ARENA_MAX='));
    expect(scripts.start).toContain(`exec env ${pools} ${config.Cmd.join(' ')}`);
  });

  it('has the application and the console, and neither trainers nor sources', () => {
    expect(found(/^app\/dist\/(src\/main\.js|console\/index\.html)$/)).toHaveLength(2);
    expect(found(/^app\/(dist\/ml|ml|src|test|data)\b/)).toEqual([]);
    expect(found(/\.(map|d\.[cm]?ts)$|^app\/dist\/.*\.tsbuildinfo$/)).toEqual([]);
  });

  it('has the libraries that its list of parts names, and none of development alone', () => {
    const list = join(dir, 'sbom.cdx.json');
    execFileSync('node', ['.ci/sbom.mjs', list]);
    const { components } = JSON.parse(readFileSync(list, 'utf8')) as {
      readonly components: readonly { readonly 'bom-ref': string }[];
    };
    const parts = new Set(components.map((part) => part['bom-ref']));
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean; version: string }>>;
    };
    // Folders inside a package that have a package.json of their own are none that npm installed.
    const installed = paths()
      .flatMap((path) => /^app\/(node_modules\/.*)\/package\.json$/.exec(path)?.[1] ?? [])
      .filter((path) => path in packages);
    const named = installed.map(
      (path) => `${path.replace(/.*node_modules\//, '')}@${packages[path]?.version}`,
    );
    process.stdout.write(
      `serve has ${new Set(named).size} libraries, each in its list of ${parts.size} parts\n`,
    );
    expect(installed.length).toBeGreaterThan(100);
    expect(named.filter((part) => !parts.has(part))).toEqual([]);
    expect(installed.filter((name) => packages[name]?.dev === true)).toEqual([]);
    expect(installed.filter((name) => /\/(typescript|jest|vite|eslint)$/.test(name))).toEqual([]);
  });

  it('has of native libraries what this platform runs', () => {
    const native = found(/onnxruntime-node\/bin\/napi-v\d+\/\w+\/\w+\/$/);
    expect(native.map((path) => path.split('/').slice(-3).join('/'))).toEqual([
      `${process.platform}/${process.arch}/`,
    ]);
    expect(found(/better-sqlite3\/(deps|src)\//)).toEqual([]);
  });

  it('has no cache of a package manager, and no package manager of Node', () => {
    expect(
      found(/_cacache|^root\/\.npm|^var\/(cache\/apt|lib\/apt\/lists)\/.*[^/]$|^tmp\/./),
    ).toEqual([]);
    expect(found(/^usr\/local\/(lib\/node_modules|bin\/npm)/)).toEqual([]);
    expect(paths()).toEqual(expect.arrayContaining(['usr/local/lib/.wh.node_modules']));
  });

  it('serves the version that it carries with nothing writable but its volume, is healthy, and ends at SIGTERM', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const container = await startContainer(SERVE, {
      HOST: '127.0.0.1',
      PORT: `${port}`,
      JWT_SECRET: randomUUID().repeat(2),
      ADMIN_PASSWORD: PASSWORD,
    });
    try {
      const isReady = async (): Promise<boolean> => (await fetch(`${url}/health/ready`)).ok;
      await untilTrue(() => isReady().catch(() => false), 60_000);
      expect(await predictOnce(url)).toMatchObject({ model: { name: 'tiny', version: '2' } });
      expect((await (await fetch(url)).text()).toLowerCase()).toContain('<!doctype html>');

      const [kind, ...check] = config.Healthcheck.Test;
      expect(kind).toBe('CMD');
      await podman('exec', container, ...check);
      expect(await podman('exec', container, 'id', '-u')).toBe('1000');
      for (const path of ['/app/new', '/etc/new', '/opt/foretell/registry/new'])
        await expect(podman('exec', container, 'touch', path)).rejects.toThrow(/Read-only/);

      const began = performance.now();
      await podman('stop', '--time', '60', container);
      expect(performance.now() - began).toBeLessThan(50_000);
      expect(await podman('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0');
    } finally {
      await podman('rm', '--force', '--volumes', container);
    }
  });

  it('refuses to start without its secrets, in a line', async () => {
    await expect(runContainer(SERVE)).rejects.toThrow(/JWT_SECRET.*ADMIN_PASSWORD/);
  });
});

it.each([SERVE, TRAIN])('%s has no secret in any layer, nor in its configuration', async (tag) => {
  const { layers, configuration } = await layersOf(tag);
  const paths = layers.flatMap((layer) => layer.paths);
  const secretFile =
    /(^|\/)(\.npmrc|\.env|\.netrc|id_(rsa|ed25519)|.*\.(pem|key|p12))$|^run\/secrets\/./;
  expect(paths.filter((path) => secretFile.test(path))).toEqual([]);
  const keys = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{32}/;
  for (const text of [configuration, ...layers.map(({ content }) => content.toString('latin1'))]) {
    expect(text.includes(MARKER)).toBe(false);
    expect(keys.test(text)).toBe(false);
  }
});

it('the image train trains on the data that it carries, sealed, and registers a version that names its commit', async () => {
  expect((await configOf(TRAIN)).Cmd).toEqual(['dist/ml/train.js']);
  const programs = ['dist/ml/train.js', 'dist/ml/registry.js show'];
  const inTurn = programs.map((program) => `sh('node ${program}', { stdio: 'inherit' });`);
  const trained = await runContainer(
    TRAIN,
    '-e',
    `const { execSync: sh } = require('node:child_process'); ${inTurn.join(' ')}`,
  );
  expect(trained).toMatch(/569 rows/);
  expect(trained).toMatch(/Registered foretell, version 1, alias champion/);
  expect(trained).toMatch(new RegExp(`git commit +${LABELS.REVISION}`));
});

async function predictOnce(url: string): Promise<unknown> {
  const login = await fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'admin', password: PASSWORD }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ features: ROW }),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}
