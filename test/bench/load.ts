// Puts a server under load from another process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
}

/** Of every request: when it began (epoch milliseconds) and how long it took. */
export interface LoadRecord {
  readonly startedAt: number[];
  readonly tookMs: number[];
  /** Requests not answered with 200, by status; 0 is no answer. */
  readonly failed: Record<number, number>;
}

export interface Load {
  /** Ends it and answers what happened. */
  readonly stop: () => Promise<LoadRecord>;
  /** Ends it in any case. */
  readonly kill: () => void;
}

export function startLoad(order: LoadOrder): Load {
  const generator = join(import.meta.dirname, 'load-generator.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', generator], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    stop: async () => {
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
      return JSON.parse(output) as LoadRecord;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
