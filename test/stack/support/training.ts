// Training as a user runs it, on a small grid.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { cleanEnvironment } from '../../support/started-server.ts';

const run = promisify(execFile);

interface Params {
  readonly features: readonly { readonly name: string; readonly nullable: boolean }[];
}

/** The default params with one logistic regression, and one feature that may be missing; answers the file. */
export function quickParams(dir: string, C: number): string {
  const params = parse(readFileSync('params.yaml', 'utf8')) as Params;
  const file = join(dir, `params-${C}.yaml`);
  const changed = {
    ...params,
    data: { path: resolve('data/wdbc.csv') },
    features: params.features.map((feature) => ({
      ...feature,
      nullable: feature.name === 'mean texture',
    })),
    candidates: [{ learner: 'logistic_regression', grid: { C: [C, 2 * C] } }],
  };
  writeFileSync(file, stringify(changed));
  return file;
}

/** npm run train -- --params <file>, without the build; answers what it printed. */
export async function train(
  paramsFile: string,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout, stderr } = await run('node', ['dist/ml/train.js', '--params', paramsFile], {
    env: cleanEnvironment(settings),
  });
  return stdout + stderr;
}
