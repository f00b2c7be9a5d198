// npm run evaluate -- --model models:/m@champion --data new.csv: a registered version on new rows. Without --model the stage `evaluate` of
// dvc.yaml.
import { writeFileSync } from 'node:fs';
import { loadConfig } from '../src/config/load-config.ts';
import { describeEvaluation, evaluateVersion } from './evaluation/evaluate-version.ts';
import { runSingleStage } from './stages/single-stage.ts';
import { evaluate } from './stages/evaluate.ts';
import { runCommand, versionCommand, type VersionCommandOptions } from './stages/command.ts';

const evaluating = versionCommand(
  'evaluate',
  'Measures a registered version on labelled rows of a CSV file.',
).action(async ({ model, data, delimiter, missing, positive, out }: VersionCommandOptions) => {
  const found = await evaluateVersion({
    config: await loadConfig(),
    model,
    data,
    delimiter,
    missing,
    positive: positive ?? null,
  });
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(found, null, 2)}\n`);
  process.stdout.write(describeEvaluation(found));
});

const ofVersion = process.argv.some((argument) =>
  /^(--model|--data|--help|-h)(=|$)/.test(argument),
);
void (ofVersion
  ? runCommand(evaluating)
  : runSingleStage('evaluate', 'Measures the exported model on the held-out rows.', evaluate));
