// Where peers and our fits run, each fit in a process of its own: the pinned Python environment, the folder with the made-up set.
import { execFile, execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from '../../support/datasets.ts';
import { buildFitChild, fitInProcess } from '../../support/fit-process.ts';
import type { FitJob, PipelineJob, ReportOf } from '../../support/fit-job.ts';
import { loadGolden, type Golden } from '../../support/golden.ts';
import { SYNTH28_TEST, SYNTH28_TRAIN, synth28 } from '../../support/synth28.ts';

export const REQUIREMENTS = 'test/bench/python/requirements.txt';
const VENV = '.tools/peers';

export interface PeerJob {
  readonly library: 'lightgbm' | 'xgboost' | 'catboost' | 'scikit-learn';
  readonly learner: 'boosting' | 'forest' | 'logistic';
  readonly set: PipelineJob['set'];
  readonly threads: number;
  readonly fold: number | null;
  /** Whether categories are declared as such. */
  readonly native?: boolean;
  /** Of logistic regressions: whether imputing and standardising are part of the fit. */
  readonly pipeline?: boolean;
  /** Of forests. */
  readonly min_samples_leaf?: number;
}

export interface PeerReport {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Of LightGBM: what of it was binning. */
  readonly binCpuSeconds: number | null;
  readonly peakMegabytes: number;
  readonly auc: number;
  readonly logLoss: number;
}

export class Workplace {
  readonly golden: Golden = loadGolden();
  #arrays: string | null = null;

  /** Installs the peers where they are missing: complete when the requirements were installed to the end once and have not changed since. */
  static async open(): Promise<Workplace> {
    const installed = join(VENV, 'installed.txt');
    if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(REQUIREMENTS))) {
      say(`installing the Python peers in ${VENV}`);
      execFileSync('python3', ['-m', 'venv', VENV], { stdio: 'inherit' });
      const pip = ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
      execFileSync(join(VENV, 'bin/pip'), pip, { stdio: 'inherit' });
      copyFileSync(REQUIREMENTS, installed);
    }
    await buildFitChild();
    return new Workplace();
  }

  close(): void {
    if (this.#arrays !== null) rmSync(this.#arrays, { recursive: true, force: true });
  }

  /** One of our fits in a process of its own. */
  async ours<Job extends FitJob>(job: Job): Promise<ReportOf<Job>> {
    const [report] = await fitInProcess([job]);
    say(`  ours ${describe(job)}: ${JSON.stringify(report)}`);
    return report as ReportOf<Job>;
  }

  /** The same fit several times in one process: the first one compiles the code that the others find. */
  async oursAgain<Job extends FitJob>(job: Job, times: number): Promise<readonly ReportOf<Job>[]> {
    const reports = await fitInProcess(Array.from({ length: times }, () => job));
    say(`  ours ${describe(job)}, ${times} in one process: ${JSON.stringify(reports)}`);
    return reports;
  }

  /** One of a peer's. */
  async peer(job: PeerJob): Promise<PeerReport> {
    const data = job.set === 'synth28' ? this.arrays() : dirname(pathOf(job.set));
    const threads = String(job.threads);
    const { stdout } = await promisify(execFile)(
      join(VENV, 'bin/python'),
      [
        'test/bench/python/peers.py',
        JSON.stringify({ native: false, pipeline: false, ...job, data }),
      ],
      {
        env: {
          ...process.env,
          OMP_NUM_THREADS: threads,
          OPENBLAS_NUM_THREADS: threads,
          PYTHONWARNINGS: 'ignore',
        },
      },
    );
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PeerReport;
    say(`  ${job.library} ${describe(job)}: ${JSON.stringify(report)}`);
    return report;
  }

  /** synth28 as files of float32 and of labels, written once. */
  private arrays(): string {
    if (this.#arrays === null) {
      this.#arrays = mkdtempSync(join(tmpdir(), 'foretell-bench-'));
      for (const [name, part] of [
        ['train', SYNTH28_TRAIN],
        ['test', SYNTH28_TEST],
      ] as const) {
        const { x, y } = synth28(part);
        writeFileSync(join(this.#arrays, `${name}.f32`), x.data);
        writeFileSync(join(this.#arrays, `${name}.u8`), y);
      }
    }
    return this.#arrays;
  }
}

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const describe = (job: FitJob | PeerJob): string =>
  Object.entries(job)
    .filter(([key]) => !['kind', 'library', 'exportTo', 'parity'].includes(key))
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ');
