// Every command of the documentation, as it is written: run in the order of its page against the server that `npm start` starts in a folder without
// state, or named in ELSEWHERE with the reason and the place where the same is done. What is neither fails, and so does an entry that nothing matches.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PAGES, commandsOf, programsOf } from '../support/docs.ts';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';

interface Elsewhere {
  /** What the commands begin with or have in them. */
  readonly command: RegExp;
  /** The page that has them; any where it is not said. */
  readonly page?: string;
  /** Why they are not run here. */
  readonly why: string;
  /** A file that does the same, and words of it that show so. */
  readonly done?: readonly [file: string, words: string];
}

const ELSEWHERE: readonly Elsewhere[] = [
  {
    command: /^npm ci && npm start/,
    why: 'installs anew',
    done: ['test/stack/start.stack.spec.ts', 'npm start'],
  },
  {
    command: /^npm ci && npm test/,
    why: 'installs anew and runs every test',
    done: ['.ci/run', 'npm test'],
  },
  {
    command: /^npm ci$/,
    page: 'docs/contributing.md',
    why: 'installs anew',
    done: ['.ci/run', 'npm ci'],
  },
  { command: /^npm run dev$/, page: 'docs/contributing.md', why: 'goes on until it is ended' },
  {
    command: /\bdocker (compose|run --rm)\b/,
    why: 'needs Docker',
    done: ['test/stack/compose.stack.spec.ts', 'docker-compose.yml'],
  },
  {
    command: /^docker (build|run --read-only)\b/,
    why: 'needs Docker',
    done: ['test/stack/support/image.ts', '--target'],
  },
  { command: /^kind /, page: 'docs/operations/kubernetes.md', why: 'needs Docker' },
  {
    command: /^kubectl /,
    page: 'docs/operations/kubernetes.md',
    why: 'needs a cluster',
    done: ['test/stack/kubernetes.stack.spec.ts', 'kubectl'],
  },
  {
    command: /^npm run test:stack -- alerts/,
    why: 'is a suite beside this one',
    done: ['test/stack/alerts.stack.spec.ts', 'Alertmanager'],
  },
  {
    command: /mlflow\/webhooks/,
    page: 'docs/operations/model-lifecycle.md',
    why: 'needs MLflow',
    done: ['test/stack/lifecycle.stack.spec.ts', 'MODEL_VERSION_ALIAS'],
  },
  {
    command: /^npm run (init|validate|train|evaluate) -- |^MODEL_NAME=loans npm start/,
    page: 'docs/own-data.md',
    why: 'a tutorial with a suite of its own',
    done: ['test/stack/workbench-own-data.stack.spec.ts', 'docs/own-data.md'],
  },
  {
    command: /./,
    page: 'examples/credit/README.md',
    why: 'an example with a suite of its own',
    done: ['test/e2e/credit-example.spec.ts', 'examples/credit/README.md'],
  },
  {
    command: /^(alias )?dvc\b|\/dvc repro|^node dist\/ml\/register\.js|^git add data/,
    page: 'docs/reproduce.md',
    why: 'needs DVC and S3',
    done: ['test/stack/workbench-dvc.stack.spec.ts', 'docs/reproduce.md'],
  },
  {
    command: /^\.ci\/install-tools|^npm ci && npm run build/,
    page: 'docs/reproduce.md',
    why: 'installs anew',
    done: ['.ci/run', '.ci/install-tools'],
  },
  {
    command: /^export MLFLOW_TRACKING_URI|^spark-submit /,
    page: 'docs/scaling.md',
    why: 'needs Spark',
    done: ['test/stack/python/score_with_spark.py', 'local-cluster'],
  },
  {
    command: /get_deploy_client/,
    page: 'docs/serving.md',
    why: 'needs the client of MLflow',
    done: ['test/stack/python/use_clients.py', 'get_deploy_client'],
  },
  { command: /^SELECT /, page: 'docs/prediction-log.md', why: 'needs DuckDB' },
  {
    command: /^npm run load/,
    page: 'docs/performance.md',
    why: 'takes minutes',
    done: ['test/stack/load.stack.spec.ts', 'test/load/run.ts'],
  },
  {
    command: /^OTEL_EXPORTER_OTLP_ENDPOINT=/,
    page: 'docs/operations/tracing.md',
    why: 'goes on until it is ended',
    done: ['test/stack/tracing.stack.spec.ts', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  },
  {
    command: /vault kv patch|^deploy\/vault\/setup\.sh|deploy\/vault\/check\.mjs/,
    page: 'docs/operations/secrets.md',
    why: 'needs Vault or OpenBao',
    done: ['test/stack/vault.stack.spec.ts', 'check.mjs'],
  },
  {
    command: /^(cosign|gh attestation) /,
    page: 'docs/operations/images.md',
    why: 'needs a signed release',
    done: ['test/stack/delivery.stack.spec.ts', 'cosign sign'],
  },
];

/** What stands in the pages for what only the reader knows, and what stands here in its place. */
const standIns = (
  server: StartedServer,
  folder: string,
): readonly (readonly [string, string])[] => [
  ['localhost:8000', new URL(server.url).host],
  ['/elsewhere/', `${folder}/`],
  // The model of the tutorial is not served here, and no third version.
  ['models/loans/', 'models/foretell/'],
  ['version=3', 'version=1'],
  ['--version 3', '--version 1'],
  // A Python that has pandas.
  ['python3 features.py', `${resolve('.tools/mlflow/bin/python')} features.py`],
];

/** A stream is followed until it is ended: one that goes on for this long is well. */
const STREAM_SECONDS = 10;

/** curl fails where the answer is a problem, and nothing is installed into the modules of all; variables that pages take as given. */
const prelude = (password: string): string => `
set -o pipefail
curl() {
  case " $* " in
    *' -N '*) timeout ${STREAM_SECONDS} curl --fail-with-body "$@"; test $? = ${TIMED_OUT} ;;
    *) command curl --fail-with-body "$@" ;;
  esac
}
npm() {
  case $1 in
    ci | i | install) echo 'npm installs nothing here' >&2; false ;;
    *) command npm "$@" ;;
  esac
}
PASSWORD='${password}'
TOKEN=$(curl -s localhost:8000/token -d username=admin -d password="$PASSWORD" | node -p 'JSON.parse(fs.readFileSync(0)).access_token')
`;

/** A row far from all of training, until the search for anomalies has found it: pages take one as given. */
const ANOMALY = [
  `curl -s localhost:8000/docs-json | node -p 'JSON.stringify(JSON.parse(fs.readFileSync(0)).components.schemas.PredictRequest.example)' |
    sed 's/:\\([0-9]\\)/:99\\1/g' | curl -s localhost:8000/predict -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d @-`,
  `until curl -s 'localhost:8000/monitoring/anomalies?window=1h' -H "Authorization: Bearer $TOKEN" | grep '"kind"'; do sleep 1; done`,
];

/** Ends the shell of a page that does not end by itself, many times what one takes on an idle machine; what `timeout` exits with then. */
const PAGE_SECONDS = 800;
const TIMED_OUT = 124;
const PAGE_MS = (PAGE_SECONDS + 20) * 1000;

/** --fail-with-body ends with this where the status is 400 or above. */
const CURL_REFUSED = 22;

interface Block {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

const NOT_ENDED: Outcome = {
  code: TIMED_OUT,
  output: '',
  errors: 'it, or one before, did not end',
};

const run = promisify(execFile);

const entriesOf = ({ page, text }: Block): readonly Elsewhere[] =>
  ELSEWHERE.filter((entry) => entry.command.test(text) && (entry.page ?? page) === page);

const isHere = (block: Block): boolean => entriesOf(block).length === 0;

const titleOf = ({ page, line, text }: Block): string =>
  `${page}:${line} ${text.split('\n')[0]?.slice(0, 100) ?? ''}`;

/** The guide makes the files of rows that other pages take as given. */
const IN_ORDER = ['docs/api.md', ...PAGES.filter((page) => page !== 'docs/api.md')];
const COMMANDS = IN_ORDER.flatMap(commandsOf);
const PROGRAMS = IN_ORDER.flatMap(programsOf);

describe('the documentation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foretell-docs-'));
  let server: StartedServer;
  let password: string;

  beforeAll(async () => {
    layOut(folder);
    server = await startServer({ env: {}, cwd: folder });
    password = /Administrator +admin \/ (\S+)/.exec(server.output())?.[1] ?? '';
    for (const { code } of await outcomesOf(ANOMALY)) expect(code).toBe(0);
  }, PAGE_MS);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const outcomesOf = (commands: readonly string[]): Promise<readonly Outcome[]> =>
    runInTurn(folder, asRun(prelude(password)), commands.map(asRun));
  const asRun = (text: string): string =>
    standIns(server, folder).reduce((so, [written, here]) => so.replaceAll(written, here), text);

  for (const page of IN_ORDER) {
    const commands = COMMANDS.filter((command) => command.page === page && isHere(command));
    if (commands.length > 0)
      describe(page, () => {
        let outcomes: readonly Outcome[];
        beforeAll(async () => {
          for (const { file, text } of PROGRAMS.filter((program) => program.page === page))
            if (file !== undefined) writeFileSync(join(folder, file), asRun(text));
          outcomes = await outcomesOf(commands.map(({ text }) => text));
        }, PAGE_MS);

        it.each(commands.map((command, index) => [titleOf(command), command, index] as const))(
          '%s',
          (_title, { shown }, index) => {
            const { code, output, errors } = outcomes[index] ?? NOT_ENDED;
            const wanted = /"status": *[45]\d\d/.test(shown) ? CURL_REFUSED : 0;
            expect({ code, said: code === wanted ? '' : errors + output }).toEqual({
              code: wanted,
              said: '',
            });
            const answered = keysOf(output);
            expect([...keysOf(shown)].filter((key) => !answered.has(key))).toEqual([]);
          },
        );
      });
  }
});

it('every program in the documentation is run by a command of its page or elsewhere', () => {
  const idle = PROGRAMS.filter(
    (program) =>
      isHere(program) &&
      !COMMANDS.some(
        ({ page, text }) =>
          page === program.page && program.file !== undefined && text.includes(program.file),
      ),
  );
  expect(idle.map(titleOf)).toEqual([]);
});

it('what is not run here is there, for one reason, and is done where the table says', () => {
  const blocks = [...COMMANDS, ...PROGRAMS];
  expect(blocks.filter((block) => entriesOf(block).length > 1).map(titleOf)).toEqual([]);
  expect(
    ELSEWHERE.filter((entry) => !blocks.some((block) => entriesOf(block).includes(entry))),
  ).toEqual([]);
  for (const { done } of ELSEWHERE)
    if (done !== undefined) expect(readFileSync(done[0], 'utf8')).toContain(done[1]);
});

/** A checkout that was installed and built: nothing of it is written to. */
function layOut(folder: string): void {
  for (const name of ['node_modules', 'dist', 'data', 'params.yaml', 'examples', 'deploy'])
    symlinkSync(resolve(name), join(folder, name));
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
  const scripts = { ...manifest.scripts, build: 'true' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts }));
}

/** One shell for all commands, so that what one sets the next one has. */
async function runInTurn(
  folder: string,
  before: string,
  commands: readonly string[],
): Promise<readonly Outcome[]> {
  const outcomes = mkdtempSync(join(tmpdir(), 'foretell-docs-outcomes-'));
  const at = (index: number, what: string): string => join(outcomes, `${index}.${what}`);
  const script = commands.map(
    (text, index) =>
      `{ ${text}\n} > ${at(index, 'output')} 2> ${at(index, 'errors')}\necho $? > ${at(index, 'code')}\n`,
  );
  try {
    // `timeout` ends a server that a page started, too.
    await run('timeout', [String(PAGE_SECONDS), 'bash', '-c', before + script.join('')], {
      cwd: folder,
      env: cleanEnvironment({}),
    }).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== TIMED_OUT) throw error;
    });
    return commands.map((_, index) =>
      existsSync(at(index, 'code'))
        ? {
            code: Number(readFileSync(at(index, 'code'), 'utf8')),
            output: readFileSync(at(index, 'output'), 'utf8'),
            errors: readFileSync(at(index, 'errors'), 'utf8'),
          }
        : NOT_ENDED,
    );
  } finally {
    rmSync(outcomes, { recursive: true });
  }
}

/** Names of members, of JSON that may be cut short by three dots. */
const keysOf = (json: string): ReadonlySet<string> =>
  new Set([...json.matchAll(/"([^"\n]*\w[^"\n]*)"\s*:/g)].map(([, key = '']) => key));
