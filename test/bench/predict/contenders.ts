// The servers of the table, from an empty answer to the whole product, each with one thing more than the one before.
import { join } from 'node:path';
import { startCommand } from '../start-command.ts';
import type { Stage } from './stage.ts';

export interface Contender {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Asked for once, by who starts it: ours get a copy of the stage's state. */
  readonly env: () => Readonly<Record<string, string>>;
}

/** Those that goals are about. */
export const BARE = 'bare Fastify, a constant';
export const WITHOUT_LOG = 'ours, `PREDICTION_LOG=off`';
export const EVERYTHING = 'ours, `acknowledged`: everything on';

const FEATURES = '30';

export function contenders(stage: Stage): readonly Contender[] {
  const script = (name: string, ...args: readonly string[]): Contender['command'] => [
    process.execPath,
    join(import.meta.dirname, name),
    ...args,
  ];
  const bare = (name: string, ...args: readonly string[]): Contender => ({
    name,
    command: script('bare-server.mjs', ...args),
    env: () => ({}),
  });
  const parts = (name: string, step: string): Contender => ({
    name,
    command: script('parts-server.mjs', step),
    env: () => stage.environmentOfItsOwn(step, { PREDICTION_LOG: 'off' }),
  });
  const ours = (name: string, mode: string): Contender => ({
    name,
    command: startCommand(),
    env: () => stage.environmentOfItsOwn(mode, { PREDICTION_LOG: mode }),
  });
  return [
    bare(BARE, 'constant'),
    bare('Fastify and ONNX Runtime, one run a request', 'each', stage.model, FEATURES),
    bare('the same, requests of one turn share a run', 'shared', stage.model, FEATURES),
    parts('Fastify with our strict JSON, validation and model', 'model'),
    parts('the same, and the token', 'token'),
    parts('the same, and the counts of predictions', 'service'),
    ours(WITHOUT_LOG, 'off'),
    ours('ours, `async`', 'async'),
    ours(EVERYTHING, 'acknowledged'),
  ];
}
