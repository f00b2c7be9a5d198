// docker-compose.yml without an engine: its services as plain processes, each with the command, the variables, the mounts and the health check that
// the file gives it. What containers would bring is replaced here and nowhere else:
//   addresses       mlflow:5000 is 127.0.0.1 at a free port, also in the secrets that hold one; so is a service's own port where it says it
//   paths           each service has a folder as its root, in which what it mounts are links; a volume is a folder
//   images of ours  variables, entry point and command of their Dockerfile; the programs are those of this checkout (dist/)
//   others' images  the programs that are installed here (IMAGES)
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { alertmanagerProgram } from './alertmanager.ts';
import { loadProject, type Project, type Service } from './compose.ts';
import { readImage, type Image } from './dockerfile.ts';
import { startPostgres } from './postgres.ts';
import { prometheusProgram } from './prometheus.ts';
import { freePort } from '../../support/free-port.ts';
import { ServerProcess, TOOLS } from './process.ts';
import { readShortened } from './shortened-time.ts';

const execute = promisify(execFile);

/** They cannot be installed as plain programs. Prometheus names cAdvisor nevertheless. */
const NOT_HERE = ['grafana', 'cadvisor'];
/** Where each service listens. */
const PORTS: Readonly<Record<string, number>> = {
  ...{ api: 8000, mlflow: 5000, s3: 7070, postgres: 5432 },
  ...{ prometheus: 9090, alertmanager: 9093, cadvisor: 8080 },
};
const PATH = [
  ...[join(TOOLS, 'bin'), join(TOOLS, 'mlflow/bin'), resolve('deploy/mlflow')],
  process.env['PATH'] ?? '',
].join(':');
/** Of the application in its images. */
const WORKING_DIRECTORY = '/app';
const ONE_SHOT_MS = 600_000;
const LAST_LINES = 25;

/** What the images that are not built here bring; the addresses are their programs' defaults, said so that they can be replaced. */
const IMAGES: Readonly<Record<string, () => Image>> = {
  s3: () => ({ env: {}, entrypoint: [], command: [] }),
  postgres: () => ({
    env: { POSTGRES_USER: 'postgres', PGHOST: '127.0.0.1', PGPORT: '5432' },
    ...{ entrypoint: [], command: [] },
  }),
  prometheus: () => ({
    env: {},
    entrypoint: [prometheusProgram(), '--web.listen-address=0.0.0.0:9090'],
    command: [],
  }),
  alertmanager: () => ({
    env: {},
    entrypoint: [alertmanagerProgram(), '--web.listen-address=0.0.0.0:9093'],
    command: [],
  }),
};

interface Stoppable {
  stop(): Promise<void>;
}

export class PlainCompose {
  private readonly dir = mkdtempSync(join(tmpdir(), 'stack-composed-'));
  private readonly running = new Map<string, Stoppable>();

  private constructor(
    private readonly project: Project,
    /** By service. */
    private readonly ports: Readonly<Record<string, number>>,
  ) {
    for (const [name, { build, volumes = [] }] of Object.entries(project.services)) {
      if (NOT_HERE.includes(name)) continue;
      if (build !== undefined)
        for (const part of ['dist', 'package.json'])
          this.mount(name, join(WORKING_DIRECTORY, part), resolve(part));
      for (const { type, source, target } of volumes)
        this.mount(name, target, type === 'volume' ? this.volume(source) : source);
    }
  }

  /** Nothing of it runs yet; stop it afterwards. */
  static async open(): Promise<PlainCompose> {
    const ports = Object.keys(PORTS).map(async (name) => [name, await freePort()] as const);
    return new PlainCompose(loadProject(), Object.fromEntries(await Promise.all(ports)));
  }

  /** host:port. */
  address(service: string): string {
    return `127.0.0.1:${this.ports[service] ?? 0}`;
  }

  url(service: string): string {
    return `http://${this.address(service)}`;
  }

  /** Where here is what the service has at the path. */
  path(service: string, path: string): string {
    return join(this.dir, service, path);
  }

  read(service: string, path: string): string {
    return readFileSync(this.path(service, path), 'utf8');
  }

  /** The service has the file or folder at the path from now on. */
  mount(service: string, path: string, source: string): void {
    const link = this.path(service, path);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(source, link);
  }

  /** The configuration that is mounted at the path, at a faster clock; `set` sets what its operator would. */
  speedUp(
    service: string,
    path: string,
    times: number,
    set: (file: Record<string, unknown>) => void = () => undefined,
  ): void {
    const [shipped, faster] = [this.path(service, path), join(this.dir, 'faster', service)];
    cpSync(shipped, faster, { recursive: true, dereference: true });
    for (const name of readdirSync(faster, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.yml')) continue;
      const file = readShortened(join(faster, name), times);
      set(file);
      writeFileSync(join(faster, name), this.here(service, stringify(file, { lineWidth: 0 })));
    }
    this.mount(service, path, faster);
  }

  /** Until it has ended, as `docker compose run --rm service args` does; answers what it printed. */
  async run(service: string, args?: readonly string[], input = ''): Promise<string> {
    const [command = '', ...rest] = this.commandOf(service, args);
    const options = { ...this.surroundings(service), timeout: ONE_SHOT_MS };
    const printed = await new Promise<string>((ended, failed) => {
      const child = execFile(command, rest, options, (error, stdout, stderr) => {
        appendFileSync(this.logOf(service), stdout + stderr);
        if (error === null) ended(stdout);
        else failed(new Error(error.message, { cause: error }));
      });
      // Who does not read it may be gone by now; what became of it is told by its exit.
      child.stdin?.on('error', () => undefined).end(input);
    });
    if (service === 'secrets') this.moveAddresses();
    return printed;
  }

  /** Until it is healthy, as docker-compose.yml says what that is. */
  async up(service: string): Promise<void> {
    if (service === 'postgres') return this.upPostgres();
    const [command = '', ...args] = this.commandOf(service);
    const server = new ServerProcess({
      name: service,
      ...{ command, args },
      ...this.surroundings(service),
      logFile: this.logOf(service),
      // Its launcher lingers for ten seconds after SIGTERM.
      signal: service === 'mlflow' ? 'SIGKILL' : 'SIGTERM',
      ready: () => this.isHealthy(service),
    });
    this.running.set(service, server);
    await server.start();
  }

  async down(service: string): Promise<void> {
    await this.running.get(service)?.stop();
    this.running.delete(service);
  }

  async isHealthy(service: string): Promise<boolean> {
    const [, command = '', ...args] = this.serviceOf(service).healthcheck?.test ?? [];
    const moved = args.map((arg) => this.here(service, arg));
    await execute(command, moved, this.surroundings(service));
    return true;
  }

  /** What the programs printed last. */
  output(): string {
    return Object.keys(this.project.services)
      .filter((name) => existsSync(this.logOf(name)))
      .map((name) => `--- ${name}\n${lastLines(readFileSync(this.logOf(name), 'utf8'))}`)
      .join('\n');
  }

  /** Files that a service names under the path and that do not belong to its account; only root can give files away. */
  foreignFiles(path: string): readonly string[] {
    return Object.keys(this.project.services).flatMap((name) => {
      const user = this.serviceOf(name).user ?? this.imageOf(name).user;
      const named = JSON.stringify(this.serviceOf(name)).matchAll(RegExp(`${path}/\\w+`, 'g'));
      return [...named]
        .filter(([file]) => `${statSync(this.path(name, file)).uid}` !== user?.split(':')[0])
        .map(([file]) => `${name} ${file}`);
    });
  }

  /** In the reverse order of the starts. */
  async stop(): Promise<void> {
    for (const name of [...this.running.keys()].toReversed()) await this.down(name);
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** What PostgreSQL's image does at a first start: the cluster by the password's file, then the scripts that are mounted. */
  private async upPostgres(): Promise<void> {
    const { cwd, env } = this.surroundings('postgres');
    const server = await startPostgres({
      user: env['POSTGRES_USER'] ?? '',
      password: readFileSync(env['POSTGRES_PASSWORD_FILE'] ?? '', 'utf8'),
      port: this.ports['postgres'] ?? 0,
      initdbArgs: [env['POSTGRES_INITDB_ARGS'] ?? ''],
    });
    this.running.set('postgres', server);
    const { password: PGPASSWORD } = new URL(server.url);
    const SECRETS = this.path('postgres', '/run/secrets');
    const scripts = this.path('postgres', '/docker-entrypoint-initdb.d');
    for (const script of readdirSync(scripts))
      await execute(join(scripts, script), {
        cwd,
        env: { ...env, PGPASSWORD, PGDATABASE: 'postgres', SECRETS },
      });
    await this.isHealthy('postgres');
  }

  private serviceOf(name: string): Service {
    const service = this.project.services[name];
    if (service === undefined) throw new Error(`docker-compose.yml has no ${name}`);
    return service;
  }

  private imageOf(name: string): Image {
    const { build } = this.serviceOf(name);
    if (build !== undefined) return readImage(build);
    return IMAGES[name]?.() ?? { env: {}, entrypoint: [], command: [] };
  }

  private commandOf(name: string, args?: readonly string[]): readonly string[] {
    const { entrypoint, command } = this.serviceOf(name);
    const image = this.imageOf(name);
    return [...(entrypoint ?? image.entrypoint), ...(args ?? command ?? image.command)].map(
      (word) => this.here(name, word),
    );
  }

  private surroundings(name: string): {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  } {
    const { build, environment = {} } = this.serviceOf(name);
    const set = Object.entries({ ...this.imageOf(name).env, ...environment });
    const env = Object.fromEntries(set.map(([key, value]) => [key, this.here(name, value)]));
    const cwd = this.path(name, build === undefined ? '/' : WORKING_DIRECTORY);
    return { cwd, env: { PATH, HOME: this.dir, ...env } };
  }

  /** A text of the service, with the addresses and the paths of this machine. */
  private here(service: string, text: string): string {
    let moved = this.moved(text).replaceAll('0.0.0.0', '127.0.0.1');
    const own = String(PORTS[service]);
    const port = String(this.ports[service]);
    moved = moved
      .replaceAll(RegExp(`(?<=\\s):${own}\\b`, 'g'), `127.0.0.1:${port}`)
      .replaceAll(RegExp(`(?<=^|[=:])${own}\\b`, 'g'), port);
    const { volumes = [] } = this.serviceOf(service);
    for (const { target } of volumes)
      moved = moved.replaceAll(RegExp(`(?<![\\w/.-])${target}(?![\\w.-])`, 'g'), () =>
        this.path(service, target),
      );
    return moved;
  }

  /** A text with the services' addresses of this machine. */
  private moved(text: string): string {
    let moved = text;
    for (const [service, port] of Object.entries(PORTS))
      for (const name of this.namesOf(service))
        moved = moved.replaceAll(RegExp(`\\b${name}:${port}\\b`, 'g'), this.address(service));
    return moved;
  }

  private namesOf(service: string): readonly string[] {
    const networks = Object.values(this.serviceOf(service).networks ?? {});
    return [service, ...networks.flatMap((network) => network?.aliases ?? [])];
  }

  /** Those of databases stand in secrets. */
  private moveAddresses(): void {
    const folder = this.volume('secrets');
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      if (this.moved(text) === text) continue;
      chmodSync(file, 0o600);
      writeFileSync(file, this.moved(text));
      chmodSync(file, 0o400);
    }
  }

  private volume(name: string): string {
    const folder = join(this.dir, 'volumes', name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private logOf(service: string): string {
    return join(this.dir, `${service}.log`);
  }
}

const lastLines = (text: string): string => text.split('\n').slice(-LAST_LINES).join('\n');
