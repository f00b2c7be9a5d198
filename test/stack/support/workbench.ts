// The commands of the workbench as processes of their own over a folder with data, params and state.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { openModel, proveModel, type RunnableModel } from '../../../src/model/open-model.ts';
import { FileModelRegistry } from '../../../src/model/registry/file-model-registry.ts';
import { SEARCH_JOURNAL } from '../../../ml/stages/artifacts.ts';
import { measureCommand, type MeasuredCommand } from '../../support/measured-command.ts';
import { cleanEnvironment } from '../../support/started-server.ts';

export class Workbench {
  readonly dir = mkdtempSync(join(tmpdir(), 'workbench-'));

  /** State goes to `varDir`; a folder beside the data unless said. */
  constructor(private readonly varDir?: string) {}

  path(name: string): string {
    return join(this.dir, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** The default params, or those of another file of the project, with some keys changed; answers the file. */
  params(name: string, changes: object, from = 'params.yaml'): string {
    const params = parse(readFileSync(from, 'utf8')) as object;
    return this.write(
      name,
      stringify({ ...params, data: { path: resolve('data/wdbc.csv') }, ...changes }),
    );
  }

  run(command: string, params: string, ...args: readonly string[]): Promise<MeasuredCommand> {
    return measureCommand([...argsOf(command, params), ...args], { VAR_DIR: this.state });
  }

  /** Starts a command that a signal will end. */
  start(command: string, params: string): InterruptedCommand {
    const env = cleanEnvironment({ VAR_DIR: this.state });
    return new InterruptedCommand(
      spawn(process.execPath, argsOf(command, params), {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
  }

  /** Folds that the search under way has written down. */
  foldsDone(): number {
    const journal = join(this.pipelineDir, SEARCH_JOURNAL);
    if (!existsSync(journal)) return 0;
    return readFileSync(journal, 'utf8').trimEnd().split('\n').length - 1;
  }

  get state(): string {
    return this.varDir ?? this.path('var');
  }

  get pipelineDir(): string {
    return join(this.state, 'pipeline', MODEL);
  }

  get registry(): FileModelRegistry {
    return new FileModelRegistry(join(this.state, 'registry'));
  }

  /** Versions by number, oldest first, each opened and proved by its golden rows as a server would before it serves it. */
  async provenVersions(): Promise<readonly string[]> {
    const versions = (await this.registry.listVersions(MODEL)).toReversed();
    for (const version of versions) {
      const model = await openModel(await this.registry.fetchBundle(version));
      await proveModel(model);
      await model.scorer.release();
    }
    return versions.map(({ version }) => version);
  }

  /** Whoever asks for it releases it. */
  async champion(name = MODEL): Promise<RunnableModel> {
    const version = await this.registry.resolve(`models:/${name}@champion`);
    return openModel(await this.registry.fetchBundle(version));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const MODEL = 'foretell';
const argsOf = (command: string, params: string): string[] => [
  `dist/ml/${command}.js`,
  '--params',
  params,
];

export class InterruptedCommand {
  private text = '';
  private readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;

  constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  get stderr(): string {
    return this.text;
  }

  /** Rejects with what the command said where it ends first. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.child.exitCode !== null) throw new Error(`it ended too early:\n${this.text}`);
      await pause(5);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code, or the signal that ended it. */
  async end(): Promise<number | string | null> {
    const [code, signal] = await this.ended;
    return code ?? signal;
  }
}
