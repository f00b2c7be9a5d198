// The models that predictions are measured with, over the 30 features of the default data: boosting of 200 trees, or a linear one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { FileModelRegistry } from '../../../src/model/registry/file-model-registry.ts';
import { measureSuccess } from '../../support/measured-command.ts';

export const BOOSTING = { learner: 'gradient_boosting', grid: { n_estimators: 200 } };
export const LINEAR = { learner: 'logistic_regression', grid: {} };

/** Leaves it as champion in the state folder `var` under `dir`; answers the path of its ONNX file. */
export async function trainBenchModel(dir: string, candidate: object): Promise<string> {
  const params = parse(readFileSync('params.yaml', 'utf8')) as Record<string, unknown>;
  const file = join(dir, 'params.yaml');
  writeFileSync(
    file,
    stringify({
      ...params,
      data: { path: resolve('data/wdbc.csv') },
      candidates: [candidate],
      selection: { folds: 2, metric: 'log_loss' },
    }),
  );
  const varDir = join(dir, 'var');
  await measureSuccess(['dist/ml/train.js', '--params', file], { VAR_DIR: varDir });
  const registry = new FileModelRegistry(join(varDir, 'registry'));
  const bundle = await registry.fetchBundle(await registry.resolve('models:/foretell@champion'));
  return join(bundle, 'model.onnx');
}
