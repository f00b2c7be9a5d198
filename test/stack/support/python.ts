// Runs a script of test/stack/python in one of the virtual environments of .tools: that of MLflow's server unless said.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { requireTool, TOOLS } from './process.ts';

export interface PythonResult {
  readonly exitCode: number;
  /** The last line that it printed, as JSON; null where it is none. */
  readonly report: unknown;
  readonly stderr: string;
}

/** Never rejects for an exit code: what a script says of bad data is a result. */
export function runPython(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  venv: 'mlflow' | 'clients' = 'mlflow',
): Promise<PythonResult> {
  const python = requireTool('python', [join(TOOLS, venv, 'bin/python')]);
  const environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    MLFLOW_DISABLE_TELEMETRY: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    ...env,
  };
  return new Promise((resolve) => {
    execFile(
      python,
      [join(__dirname, '../python', script), ...args],
      { env: environment },
      (error, stdout, stderr) => {
        resolve({
          exitCode: error === null ? 0 : Number(error.code ?? 1),
          report: lastJson(stdout),
          stderr,
        });
      },
    );
  });
}

function lastJson(output: string): unknown {
  const line = output.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? JSON.parse(line) : null;
}
