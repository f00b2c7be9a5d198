// Images built and run without a container engine: buildah builds, podman runs, over a Debian of mmdebstrap with the Node that runs the tests,
// for public bases may be out of reach. Layers are kept between runs; what a test starts is gone after it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { requireTool, TOOLS } from './process.ts';

const run = promisify(execFile);
const BASE = 'localhost/foretell-test-base';
const DEBIAN = join(TOOLS, 'image-base.tar');
/** Libraries are fetched and native modules compiled where nothing is kept from before. */
const BUILD_MS = 20 * 60_000;
/** What runs without systemd. */
const RUNTIME = ['--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
const MORE_OUTPUT = 64 * 1024 * 1024;

export interface ImageBuild {
  readonly target: string;
  readonly tag: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Folders beside the checkout, by the name that the Dockerfile gives them. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** Stands in the build's npm configuration; it must be found nowhere in the image. */
  readonly npmMarker: string;
}

export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

export interface Layer {
  readonly paths: readonly string[];
  /** Its files one after another. */
  readonly content: Buffer;
}

const tool = (name: string): string =>
  requireTool(name, [`/usr/bin/${name}`, `/usr/local/bin/${name}`, `/usr/sbin/${name}`]);

const call = async (name: string, ...args: readonly string[]): Promise<string> =>
  (await run(tool(name), args, { maxBuffer: MORE_OUTPUT, timeout: BUILD_MS })).stdout.trim();

export const buildah = (...args: readonly string[]): Promise<string> => call('buildah', ...args);
export const podman = (...args: readonly string[]): Promise<string> =>
  call('podman', ...RUNTIME, ...args);

/** A Debian with Node, its npm and headers where the public image has them. */
export async function requireBase(): Promise<void> {
  if (!existsSync(DEBIAN)) {
    const arriving = `${DEBIAN}.${process.pid}`;
    await call('mmdebstrap', '--quiet', '--variant=minbase', 'bookworm', arriving, '--format=tar');
    renameSync(arriving, DEBIAN);
  }
  const tag = `${BASE}:${process.version}`;
  if ((await buildah('images', '--quiet', '--filter', `reference=${tag}`)) !== '') return;
  const container = await buildah('from', 'scratch');
  await buildah('add', '--quiet', container, DEBIAN, '/');
  const prefix = dirname(dirname(process.execPath));
  await buildah('copy', '--quiet', container, process.execPath, '/usr/local/bin/node');
  const npm = join(prefix, 'lib/node_modules/npm');
  await buildah('copy', '--quiet', container, npm, '/usr/local/lib/node_modules/npm');
  const headers = join(prefix, 'include/node');
  await buildah('copy', '--quiet', container, headers, '/usr/local/include/node');
  const asInTheImage =
    'useradd --create-home --uid 1000 node && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm';
  await buildah('run', '--isolation', 'chroot', container, '--', 'sh', '-c', asInTheImage);
  await buildah('commit', '--quiet', '--format', 'docker', '--rm', container, tag);
}

/** Builds a target of the Dockerfile as an engine would. The machine's way to its npm registry goes in as secrets. */
export async function buildImage(build: ImageBuild): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'stack-image-'));
  try {
    const named = { BASE: `${BASE}:${process.version}`, ...build.args };
    await buildah(
      ...['build', '--isolation', 'chroot', '--format', 'docker', '--network', 'host', '--layers'],
      ...Object.entries(named).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...Object.entries(build.contexts ?? {}).flatMap(([name, path]) => [
        '--build-context',
        `${name}=${path}`,
      ]),
      ...(await npmSecrets(dir, build.npmMarker)),
      ...['--target', build.target, '--tag', build.tag, '.'],
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function npmSecrets(dir: string, marker: string): Promise<readonly string[]> {
  const own = join(homedir(), '.npmrc');
  const { stdout } = await run('npm', ['config', 'get', 'registry']);
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  const lines = [
    existsSync(own)
      ? readFileSync(own, 'utf8').replaceAll(/^(nodedir|prefix|cafile)=.*$/gm, '')
      : '',
    `registry=${stdout.trim()}`,
    `//registry.example.org/:_authToken=${marker}`,
    ...(certificates === undefined ? [] : ['cafile=/run/secrets/ca']),
  ];
  const file = join(dir, 'npmrc');
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const ca = certificates === undefined ? [] : ['--secret', `id=ca,src=${certificates}`];
  return ['--secret', `id=npmrc,src=${file}`, ...ca];
}

export async function configOf(tag: string): Promise<ImageConfig> {
  const [{ Config }] = JSON.parse(await podman('image', 'inspect', tag)) as [
    { Config: ImageConfig },
  ];
  const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', tag)) as {
    Docker: { config: ImageConfig };
  };
  return { ...Config, Healthcheck: Docker.config.Healthcheck };
}

/** Bytes over the base, uncompressed. */
export async function bytesOverBase(tag: string): Promise<number> {
  const size = async (image: string): Promise<number> =>
    Number(await podman('image', 'inspect', '--format', '{{.Size}}', image));
  return (await size(tag)) - (await size(`${BASE}:${process.version}`));
}

/** The layers over the base, each as it is pushed, and the configuration that is pushed with them. */
export async function layersOf(
  tag: string,
): Promise<{ readonly layers: readonly Layer[]; readonly configuration: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'stack-layers-'));
  try {
    await buildah('push', '--quiet', '--disable-compression', tag, `dir:${dir}`);
    const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as {
      readonly config: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    };
    const blob = (digest: string): string => join(dir, digest.replace(/^sha256:/, ''));
    const layers: Layer[] = [];
    for (const { digest } of manifest.layers.slice(1)) {
      const { stdout } = await run('tar', ['-tf', blob(digest)], { maxBuffer: MORE_OUTPUT });
      layers.push({ paths: stdout.trim().split('\n'), content: readFileSync(blob(digest)) });
    }
    return { layers, configuration: readFileSync(blob(manifest.config.digest), 'utf8') };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What every container of the tests is started with: nothing is writable but what the image and the test say, and no capability is left. */
const SEALED = [
  ...['--network', 'host', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'all'],
  ...['--security-opt', 'no-new-privileges', '--no-healthcheck'],
  ...['--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'],
];

/** Starts a container and answers its id. */
export const startContainer = (
  tag: string,
  env: Readonly<Record<string, string>>,
): Promise<string> => podman('run', '--detach', ...SEALED, ...variables(env), tag);

/** Runs a container to its end and answers what it printed, both streams. */
export async function runContainer(tag: string, ...command: readonly string[]): Promise<string> {
  const args = [...RUNTIME, 'run', '--rm', ...SEALED, tag, ...command];
  const { stdout, stderr } = await run(tool('podman'), args);
  return `${stdout}${stderr}`;
}

const variables = (env: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
