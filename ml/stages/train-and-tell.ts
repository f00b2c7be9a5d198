// All stages with progress on stderr and the summary on stdout.
import { trainPipeline } from '../pipeline-run.ts';
import { interruptSignal, type StageCommandOptions } from './command.ts';
import { StreamReporter } from './reporter.ts';
import { summarise } from './summary.ts';

export async function trainAndTell({ params, name, threads }: StageCommandOptions): Promise<void> {
  const reporter = new StreamReporter(process.stderr);
  try {
    const signal = interruptSignal();
    const trained = await trainPipeline({ paramsFile: params, name, threads, reporter, signal });
    process.stdout.write(summarise(trained));
  } finally {
    reporter.end();
  }
}
