// npm run init -- data.csv --target column: drafts a params.yaml from a CSV or Parquet file and says what to look at in it.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, parse, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { isParquet } from './data/read-parquet.ts';
import { DraftError, draftParams } from './init/draft-params.ts';
import { profileColumns } from './init/profile-columns.ts';
import { DELIMITERS, sniffDelimiter, type Delimiter } from './init/sniff-delimiter.ts';
import { readParams } from './params.ts';
import { runCommand } from './stages/command.ts';

interface InitOptions {
  readonly target: string;
  readonly out: string;
  readonly delimiter?: Delimiter;
  readonly categorical: readonly string[];
  readonly force?: true;
}

function delimiterOf(text: string): Delimiter {
  const found = DELIMITERS.find((each) => each === (text === '\\t' ? '\t' : text));
  if (found === undefined) throw new InvalidArgumentError('expected , ; \\t or |');
  return found;
}

/** A name that a model can have, after the file that it learns from. */
function modelName(data: string): string {
  const name = parse(data)
    .name.replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'own' : name;
}

/** A path as it can be pasted into a shell. */
const inShell = (path: string): string =>
  /^[\w./~+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;

const command = new Command('init')
  .description(
    'Drafts a params file from a data file: kinds, ranges, categories, and what looks suspicious.',
  )
  .argument('<data>', 'a CSV file with a header, or a Parquet file')
  .requiredOption('--target <column>', 'the column to predict; two values')
  .option('--out <file>', 'where to write', 'my.yaml')
  .option(
    '--delimiter <char>',
    'one of , ; \\t | (default: found from the first lines)',
    delimiterOf,
  )
  .option('--categorical <columns...>', 'columns of numbers that are codes of categories', [])
  .option('--force', 'overwrite the file')
  .action(async (data: string, options: InitOptions) => {
    const { target, out, categorical, force } = options;
    if (existsSync(out) && force !== true)
      throw new DraftError(
        `${out} is there already: name another with --out, or overwrite it with --force`,
      );
    if (!existsSync(data)) throw new DraftError(`${data}: there is no such file`);
    const delimiter = options.delimiter ?? ((await isParquet(data)) ? ',' : sniffDelimiter(data));
    const profile = await profileColumns({ path: data, delimiter }, target);
    const unknown = categorical.filter(
      (name) => !profile.columns.some((each) => each.name === name),
    );
    if (unknown.length > 0)
      throw new DraftError(`--categorical: the header has no column ${unknown.join(', ')}`);
    const dataPath = relative(dirname(resolve(out)), resolve(data));
    const { yaml, remarks } = draftParams(profile, { dataPath, target, categorical });
    writeFileSync(out, yaml);
    const { features } = readParams(out);
    const lines = [
      `${out}: ${profile.rows} rows, ${features.length} features.`,
      ...(remarks.length === 0 ? [] : ['', 'Look at:', ...remarks.map((remark) => `  ${remark}`)]),
      '',
      `Next: npm run validate -- --params ${inShell(out)}`,
      `      npm run train -- --params ${inShell(out)} --name ${modelName(data)}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });

void runCommand(command);
