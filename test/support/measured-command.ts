// A command of the workbench in a process of its own, and what that process took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { Readable } from 'node:stream';
import { cleanEnvironment } from './started-server.ts';

export interface MeasuredCommand {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Largest resident memory, MiB; NaN for a process that was killed, as of the next one. */
  readonly peakMegabytes: number;
  /** Bytes that the process read, those of its own program among them. */
  readonly readBytes: number;
  /** Of all its threads. */
  readonly processorSeconds: number;
}

type Usage = Pick<MeasuredCommand, 'peakMegabytes' | 'readBytes' | 'processorSeconds'>;
const KILLED: Usage = {
  peakMegabytes: Number.NaN,
  readBytes: Number.NaN,
  processorSeconds: Number.NaN,
};

/** node <args>, to its end. */
export async function measureCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<MeasuredCommand> {
  const usage = pathToFileURL(resolve('test/support/usage-at-exit.mjs')).href;
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', usage, ...args], {
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [[code], stdout, stderr, told] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
  ]);
  const seconds = (performance.now() - began) / 1000;
  return { code, stdout, stderr, seconds, ...(told === '' ? KILLED : (JSON.parse(told) as Usage)) };
}

/** As measureCommand; throws with what the command said where it exits with anything but 0. */
export async function measureSuccess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<MeasuredCommand> {
  const measured = await measureCommand(args, env);
  if (measured.code === 0) return measured;
  throw new Error(`node ${args.join(' ')} exited with ${measured.code}:\n${measured.stderr}`);
}
