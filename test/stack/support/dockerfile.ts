// What a container of an image is started with, read from its Dockerfile without building it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from './compose.ts';

export interface Image {
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** uid:gid */
  readonly user?: string;
}

/** What a Dockerfile sets for the target, or for its last stage. Variables that a build computes are those of the tools' folders and of a baked model. */
export function readImage({ context, dockerfile, target }: Build): Image {
  const text = readFileSync(join(context, dockerfile), 'utf8').replaceAll('\\\n', ' ');
  const stages = text.split(/^FROM /m).map((stage) => stage.split('\n'));
  const stageOf = (name: string): readonly string[] | undefined =>
    stages.find(([from = '']) => from.endsWith(` AS ${name}`));
  const last = target === undefined ? stages.at(-1) : stageOf(target);
  const [base = ''] = last?.[0]?.split(' ') ?? [];
  const lines = [...(stageOf(base) ?? []), ...(last ?? [])];
  const of = (instruction: string): readonly string[] =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1));
  const listOf = (instruction: string): readonly string[] =>
    JSON.parse(of(instruction).at(-1) ?? '[]') as string[];
  const variables = of('ENV').flatMap((line) => [...line.matchAll(/(\w+)=([^\s$]*)(?=\s|$)/g)]);
  const user = of('USER').at(-1);
  return {
    env: Object.fromEntries(variables.map(([, key = '', value = '']) => [key, value])),
    // As process 1 of a container only.
    entrypoint: listOf('ENTRYPOINT').filter((word) => !['tini', '--'].includes(word)),
    command: listOf('CMD'),
    ...(user === undefined ? {} : { user }),
  };
}
