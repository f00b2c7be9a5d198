// The folder in which the stages of one model leave their files. Every write replaces a whole file: a stage that is killed leaves the
// previous one or none.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { refusalOf } from '../../src/common/disk-refusal.ts';
import { EXPLAINER_FILES, sha256 } from '../../src/model/model-bundle.ts';
import type { BundleExplainer } from '../bundle/write-bundle.ts';
import { ONNX_FILE, type StageName, type TrainingArtifact } from './artifacts.ts';
import type { Params } from '../params.ts';
import { StageError } from './stage-error.ts';

interface Artifact<T extends z.ZodType> {
  readonly file: string;
  /** The stage that writes it. */
  readonly by: StageName;
  readonly schema: T;
}

/** What the system says where a file stands in the place of a folder. */
const IN_THE_WAY = new Set(['ENOTDIR', 'EEXIST']);

export class Workspace {
  constructor(readonly dir: string) {}

  path(file: string): string {
    return join(this.dir, file);
  }

  /** The path of a file in a folder that is there. Throws StageError where it cannot be made. */
  async ready(file: string): Promise<string> {
    try {
      await mkdir(this.dir, { recursive: true });
      return this.path(file);
    } catch (cause) {
      throw this.unwritable(cause);
    }
  }

  async write(file: string, content: string | Uint8Array): Promise<void> {
    try {
      await mkdir(this.dir, { recursive: true });
      await writeFile(`${this.path(file)}.new`, content);
      await rename(`${this.path(file)}.new`, this.path(file));
    } catch (cause) {
      // Half of it would take the space that is missing.
      await rm(`${this.path(file)}.new`, { force: true }).catch(() => {});
      throw this.unwritable(cause);
    }
  }

  private unwritable(cause: unknown): unknown {
    const inTheWay = IN_THE_WAY.has((cause as NodeJS.ErrnoException).code ?? '');
    const why = inTheWay ? 'a file is in the way' : refusalOf(cause);
    if (why === null) return cause;
    const message = `cannot write to ${this.dir}: ${why}; mend that or set VAR_DIR`;
    return new StageError(message, { cause });
  }

  writeJson(file: string, value: unknown): Promise<void> {
    return this.write(file, `${JSON.stringify(value, null, 2)}\n`);
  }

  async read<T extends z.ZodType>({ file, by, schema }: Artifact<T>): Promise<z.output<T>> {
    const text = await this.bytes(file, by);
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(text)));
    if (!parsed.success)
      throw new StageError(`${this.path(file)} is not what ${by} writes: run ${by} again`);
    return parsed.data;
  }

  /** The model that train exported, which must be the one that training.json speaks of. */
  async readOnnx({
    onnx_sha256: digest,
  }: Pick<TrainingArtifact, 'onnx_sha256'>): Promise<Uint8Array> {
    return this.described(ONNX_FILE, digest);
  }

  /** What train says of how the model's answers are explained. */
  async readExplainer({
    explainer: { onnx_sha256: onnx, numbers_sha256: numbers, facts },
  }: Pick<TrainingArtifact, 'explainer'>): Promise<BundleExplainer> {
    return {
      onnx: await this.described(EXPLAINER_FILES.onnx, onnx),
      numbers: await this.described(EXPLAINER_FILES.numbers, numbers),
      facts,
    };
  }

  private async described(file: string, digest: string): Promise<Uint8Array> {
    const bytes = await this.bytes(file, 'train');
    expectSame('train', `${file} and its description`, sha256(bytes), digest);
    return bytes;
  }

  private async bytes(file: string, by: StageName): Promise<Uint8Array> {
    try {
      return await readFile(this.path(file));
    } catch (cause) {
      throw new StageError(`${this.path(file)} is missing: run ${by} first`, { cause });
    }
  }
}

/** Two facts that must agree before a stage may go on; where they do not, `stage` has to run again. */
export function expectSame(
  stage: StageName,
  what: string,
  found: unknown,
  expected: unknown,
): void {
  if (found !== expected)
    throw new StageError(`${what} do not belong together: run ${stage} again`);
}

/** The threshold's rule must be the one that the model was exported by. */
export function expectSameRule(
  { threshold_choice: { rule } }: Pick<TrainingArtifact, 'threshold_choice'>,
  { threshold }: Pick<Params, 'threshold'>,
): void {
  const sorted = (value: object): string =>
    JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  expectSame('train', 'the model and the threshold', sorted(rule), sorted(threshold));
}
