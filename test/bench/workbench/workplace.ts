// Where the commands of the workbench are measured: a folder of its own for what they write, and drafts of the data sets by init itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathOf, type DataSetName } from '../../support/datasets.ts';
import { measureSuccess, type MeasuredCommand } from '../../support/measured-command.ts';

export class Workplace {
  readonly dir = mkdtempSync(join(tmpdir(), 'foretell-bench-'));

  path(name: string): string {
    return join(this.dir, name);
  }

  get varDir(): string {
    return this.path('var');
  }

  /** One command as its npm script runs it, without the build. */
  command(name: string, ...args: readonly string[]): Promise<MeasuredCommand> {
    return measureSuccess([`dist/ml/${name}.js`, ...args], { VAR_DIR: this.varDir });
  }

  /** Drafts params for a file of a known target; the draft stands beside the other files of this folder. */
  async draft(data: string, target: string): Promise<Draft> {
    const file = this.path('draft.yaml');
    const measured = await this.command('init', data, '--target', target, '--out', file, '--force');
    return { file, measured };
  }

  /** The same for a data set of the project. */
  draftOf(set: DataSetName): Promise<Draft> {
    return this.draft(pathOf(set), 'y');
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

interface Draft {
  readonly file: string;
  readonly measured: MeasuredCommand;
}
