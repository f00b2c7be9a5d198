// Draws the secrets of docker-compose.yml once, and gives each reader a file that it alone can read. What was drawn is kept in one file of
// root's; the others are written from it at every start, so that a reader that is added gets its own.
// node make-secrets.mjs <folder>                          draws and writes
// node make-secrets.mjs <folder> webhook_token < file     keeps what Alertmanager is to be told by
import { randomBytes } from 'node:crypto';
import { chownSync, chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The account of each reader: our images', PostgreSQL's Debian image's, root. */
const OWNER = { foretell: 1000, mlflow: 1001, postgres: 999, alertmanager: 65534, root: 0 };
/** What deploy/alertmanager/alertmanager.yml reads; nobody can draw them. */
const GIVEN = ['smtp_password', 'slack_api_url', 'webhook_token'];
const DRAWN = 'drawn.json';
const NAMES = [
  'jwt',
  'admin',
  'database',
  'foretell_database',
  'mlflow_database',
  's3_access_key',
  's3_secret_key',
];

const [folder, given] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected the folder of the secrets');
if (given !== undefined && !GIVEN.includes(given))
  throw new Error(`expected one of ${GIVEN.join(', ')}`);

/** A whole file or none: a start that is killed leaves nothing half-written. */
function write(file, owner, content) {
  const incoming = join(folder, `.${file}.new`);
  rmSync(incoming, { force: true });
  writeFileSync(incoming, content, { mode: 0o400 });
  chmodSync(incoming, 0o400);
  // Where this is not root, as in a test, its files are its own.
  if (process.getuid() === 0) chownSync(incoming, OWNER[owner], OWNER[owner]);
  renameSync(incoming, join(folder, file));
}

function readDrawn() {
  try {
    return JSON.parse(readFileSync(join(folder, DRAWN), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Letters and digits: nothing that a URL or a shell reads as something else. 192 bits. */
const draw = () => randomBytes(24).toString('hex');

function writeAll() {
  const drawn = readDrawn();
  for (const name of NAMES) drawn[name] ??= draw();
  write(DRAWN, 'root', `${JSON.stringify(drawn, null, 2)}\n`);

  const s3 = `[default]\naws_access_key_id = ${drawn.s3_access_key}\naws_secret_access_key = ${drawn.s3_secret_key}\n`;
  const { foretell_database: foretell, mlflow_database: mlflow } = drawn;
  write('jwt_secret', 'foretell', drawn.jwt);
  write('admin_password', 'foretell', drawn.admin);
  write('database_url', 'foretell', `postgres://foretell:${foretell}@postgres:5432/foretell`);
  write('aws_credentials', 'foretell', s3);
  write(
    'mlflow_database_url',
    'mlflow',
    `postgresql+psycopg2://mlflow:${mlflow}@postgres:5432/mlflow`,
  );
  write('mlflow_aws_credentials', 'mlflow', s3);
  write('postgres_password', 'postgres', drawn.database);
  write('postgres_foretell_password', 'postgres', foretell);
  write('postgres_mlflow_password', 'postgres', mlflow);
  write('s3_access_key', 'root', drawn.s3_access_key);
  write('s3_secret_key', 'root', drawn.s3_secret_key);
}

if (given === undefined) writeAll();
else write(given, 'alertmanager', readFileSync(0, 'utf8').trim());
