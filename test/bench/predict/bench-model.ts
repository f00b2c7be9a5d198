// The model that predictions are measured with: boosting of 200 trees over the 30 features of the default data.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { FileModelRegistry } from '../../../src/model/registry/file-model-registry.ts';
import { measureSuccess } from '../../support/measured-command.ts';

/** Leaves it as champion in the state folder `var` under `dir`; answers the path of its ONNX file. */
export async function trainBenchModel(dir: string): Promise<string> {
  const params = parse(readFileSync('params.yaml', 'utf8')) as Record<string, unknown>;
  const file = join(dir, 'params.yaml');
  writeFileSync(
    file,
    stringify({
      ...params,
      data: { path: resolve('data/wdbc.csv') },
      candidates: [{ learner: 'gradient_boosting', grid: { n_estimators: 200 } }],
      selection: { folds: 2, metric: 'log_loss' },
    }),
  );
  const varDir = join(dir, 'var');
  await measureSuccess(['dist/ml/train.js', '--params', file], { VAR_DIR: varDir });
  const registry = new FileModelRegistry(join(varDir, 'registry'));
  const bundle = await registry.fetchBundle(await registry.resolve('models:/foretell@champion'));
  return join(bundle, 'model.onnx');
}
