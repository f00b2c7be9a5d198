// Trains the default model once for all end-to-end suites: the real pipeline on data/wdbc.csv, into a folder of its own.
import { rmSync } from 'node:fs';
import { trainPipeline } from '../../ml/pipeline-run.ts';
import { TRAINED_DIR } from './trained-model.ts';

export default async function globalSetup(): Promise<void> {
  rmSync(TRAINED_DIR, { recursive: true, force: true });
  await trainPipeline({ paramsFile: 'params.yaml', environment: { VAR_DIR: TRAINED_DIR } });
}
