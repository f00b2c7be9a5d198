// Keeps a number of workers alive: starts them, replaces those that die, ends them all.
import cluster, { type Worker } from 'node:cluster';
import { Logger } from '@nestjs/common';
import { LostConnections } from './lost-connections.ts';
import { Peer } from './peer.ts';
import { RestartDelay } from './restart-delay.ts';

export interface CrewOptions {
  readonly size: number;
  /** What is other in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A worker was started, and can be asked as soon as it answers. */
  readonly joins: (worker: Peer) => void;
  readonly listens: (worker: Peer) => void;
  readonly gone: (worker: Peer) => void;
}

/** The first worker ended before it listened; where it ended by itself it has said why. */
export class FirstWorkerError extends Error {
  override readonly name = 'FirstWorkerError';
  constructor(readonly end: WorkerEnd) {
    super(`the first worker ended before it answered requests (${inWords(end)})`);
  }
}

interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

interface Member {
  readonly worker: Worker;
  readonly peer: Peer;
  readonly startedAt: number;
  /** Its greeting. Rejects where it ends before. */
  readonly listening: Promise<string>;
  readonly ended: Promise<WorkerEnd>;
}

export class Crew {
  readonly #options: CrewOptions;
  readonly #logger = new Logger('Workers');
  readonly #members = new Set<Member>();
  /** Those that answer requests, the eldest first: it does what one must do. */
  readonly #listening: Member[] = [];
  readonly #lostConnections = new LostConnections();
  #ending = false;
  #badEnds = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the greeting of the first when each of the others listens, or has failed once: the first makes what there is to make
   * only once (migrations, administrator, signing key). Throws FirstWorkerError.
   */
  async start(): Promise<string> {
    const first = this.#fork();
    const greeting = await first.listening;
    this.#keep(first, new RestartDelay());
    const others = Array.from({ length: this.#options.size - 1 }, () => {
      const member = this.#fork();
      this.#keep(member, new RestartDelay());
      return member.listening;
    });
    await Promise.allSettled(others);
    return greeting;
  }

  /** Resolves when all have answered what they had in flight and are gone; answers whether all ended well. */
  async end(): Promise<boolean> {
    this.#ending = true;
    while (this.#members.size > 0)
      await Promise.all(
        [...this.#members].map(async ({ peer, ended }) => {
          await peer.ask('drain').catch(() => null);
          await ended;
        }),
      );
    return this.#badEnds === 0;
  }

  #fork(): Member {
    const worker = cluster.fork(this.#options.env);
    // Its channel breaks when it dies; whoever was waiting for an answer hears of that from the peer.
    worker.on('error', () => {});
    this.#lostConnections.watch(worker.process);
    const peer = new Peer(worker.process);
    const ended = new Promise<WorkerEnd>((resolve) => {
      worker.once('exit', (code: number | null, signal: string | null) => {
        resolve({ code, signal });
      });
    });
    const member: Member = {
      worker,
      peer,
      ended,
      startedAt: performance.now(),
      listening: new Promise((resolve, reject) => {
        peer.answer('listening', (greeting: string) => {
          this.#listens(member);
          resolve(greeting);
        });
        void ended.then((end) => {
          reject(new FirstWorkerError(end));
        });
      }),
    };
    this.#members.add(member);
    void ended.then((end) => {
      this.#gone(member, end);
    });
    this.#options.joins(peer);
    return member;
  }

  /** Puts another one in its place when it ends. */
  #keep(member: Member, delay: RestartDelay): void {
    member.listening.catch(() => null);
    void member.ended.then((end) => {
      if (this.#ending) return;
      const waitMs = delay.afterLifeOf(performance.now() - member.startedAt);
      this.#logger.warn(
        `Worker ${pidOf(member)} ended (${inWords(end)}); another one starts ${waitMs === 0 ? 'now' : `in ${waitMs / 1000} s`}`,
      );
      setTimeout(() => {
        if (!this.#ending) this.#keep(this.#fork(), delay);
      }, waitMs);
    });
  }

  #listens(member: Member): void {
    this.#listening.push(member);
    this.#options.listens(member.peer);
    if (this.#listening[0] === member) appoint(member);
  }

  #gone(member: Member, { code }: WorkerEnd): void {
    this.#members.delete(member);
    if (this.#ending && code !== 0) this.#badEnds += 1;
    const at = this.#listening.indexOf(member);
    if (at >= 0) this.#listening.splice(at, 1);
    const eldest = this.#listening[0];
    if (at === 0 && eldest !== undefined) appoint(eldest);
    this.#options.gone(member.peer);
  }
}

function appoint({ peer }: Member): void {
  // One that dies meanwhile is followed by the next.
  peer.ask('appoint').catch(() => null);
}

const pidOf = ({ worker }: Member): number => worker.process.pid ?? 0;

const inWords = ({ code, signal }: WorkerEnd): string => signal ?? `exit code ${code ?? 'unknown'}`;
