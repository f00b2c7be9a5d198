// Drives the generator: one process, warm from one phase to the next, on another core than the servers where the system can do that.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pinned, requestText } from '../bench/predict/generator.ts';
import type { StartedServer } from '../support/started-server.ts';
import { deckOf, type Kind } from './mix.ts';
import type { Answer, LoadSeen, PhaseRecord } from './record.ts';

const GENERATOR = join(import.meta.dirname, 'generator.mjs');

export interface Phase<Name extends string> {
  readonly server: Name;
  /** How many connections there are to send on. */
  readonly callers: number;
  /** null: as fast as it is answered. */
  readonly perSecond: number | null;
  readonly seconds: number;
  /** How long a request waits for a caller who is free. */
  readonly patienceMs: number;
}

interface Told extends Omit<LoadSeen, 'answers'> {
  readonly answers: readonly (readonly [
    kind: number,
    plannedMs: number,
    tookMs: number,
    status: number,
  ])[];
}

type Line = { readonly second: Told } | { readonly end: { readonly startedAt: number } };

export class Load<Name extends string> {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;

  constructor(
    servers: Readonly<Record<Name, StartedServer>>,
    private readonly kinds: readonly Kind[],
  ) {
    const [program, ...args] = pinned(1, [process.execPath, GENERATOR]);
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    const targets = Object.entries<StartedServer>(servers).map(([name, { url, pid }]) => {
      const { hostname: host, port } = new URL(url);
      const requests = kinds.map((kind) => requestText(url, kind));
      return [name, { host, port: Number(port), pid, requests }];
    });
    this.order({
      servers: Object.fromEntries(targets) as object,
      deck: deckOf(kinds),
      acknowledging: kinds.map(({ acknowledging }) => acknowledging),
    });
  }

  /** `onSecond` is told what happened since the last time. */
  async run(
    phase: Phase<Name>,
    onSecond: (seen: LoadSeen) => void = () => undefined,
  ): Promise<PhaseRecord> {
    this.order(phase);
    const all: LoadSeen[] = [];
    for (;;) {
      const line = await this.next();
      if ('end' in line) return { ...phase, ...line.end, ...togetherOf(all) };
      const seen = { ...line.second, answers: line.second.answers.map(this.named) };
      all.push(seen);
      onSecond(seen);
    }
  }

  close(): void {
    this.child.kill('SIGKILL');
  }

  private order(order: object): void {
    this.child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  private async next(): Promise<Line> {
    const line = await this.lines.next();
    if (line.done === true) throw new Error('the load generator ended before its phase');
    return JSON.parse(line.value) as Line;
  }

  private readonly named = ([
    kind,
    plannedMs,
    tookMs,
    status,
  ]: Told['answers'][number]): Answer => ({
    kind: this.kinds[kind]?.name ?? '',
    plannedMs,
    tookMs,
    status,
  });
}

function togetherOf(all: readonly LoadSeen[]): LoadSeen {
  const sum = (of: (seen: LoadSeen) => number): number =>
    all.reduce((total, seen) => total + of(seen), 0);
  return {
    answers: all.flatMap(({ answers }) => answers),
    ids: all.flatMap(({ ids }) => ids),
    notSent: sum(({ notSent }) => notSent),
    withoutRetryAfter: sum(({ withoutRetryAfter }) => withoutRetryAfter),
    cpuUs: sum(({ cpuUs }) => cpuUs),
  };
}
