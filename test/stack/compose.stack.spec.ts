// docker-compose.yml without an engine: it is what the specification asks for, it starts without a setting, every part says how it is watched and what
// it may take, the files that it mounts are there and their programs take them, and the steps that prepare it do so on a real PostgreSQL and S3.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { parse } from 'yaml';
import { amtool } from './support/alertmanager.ts';
import { COMPOSE_FILE, loadProject, type Project, type Service } from './support/compose.ts';
import { PlainCompose } from './support/plain-compose.ts';
import { promtool } from './support/prometheus.ts';

const TEXT = readFileSync(COMPOSE_FILE, 'utf8');
const OURS = ['api', 'trainer', 'mlflow', 'secrets', 'buckets'];
/** They end; the others run. */
const ONE_SHOTS = ['trainer', 'secrets', 'buckets'];
const PARTS = [
  'alertmanager',
  'api',
  'buckets',
  'cadvisor',
  'grafana',
  'mlflow',
  'postgres',
  'prometheus',
  's3',
  'secrets',
  'trainer',
];

let project: Project;
let services: readonly (readonly [string, Service])[];
beforeAll(() => {
  project = loadProject();
  services = Object.entries(project.services);
});

const environmentOf = (name: string): Readonly<Record<string, string>> =>
  project.services[name]?.environment ?? {};

it('is what the specification of compose asks for, and has every part', () => {
  expect(Object.keys(project.services).sort()).toEqual(PARTS);
});

it('every variable has a default and stands in its page', () => {
  const page = readFileSync('docs/operations/compose.md', 'utf8');
  const variables = [...TEXT.matchAll(/(?<!\$)\$(?:\{(\w+)(:-)?|(\w+))/g)];
  expect(variables.length).toBeGreaterThan(10);
  for (const [at, name, byDefault] of variables) {
    expect([at, byDefault]).toEqual([at, ':-']);
    expect(page).toContain(`\`${name ?? ''}\``);
  }
});

it('every part says how it is watched and what it may take; those that end are not watched', () => {
  for (const [name, { healthcheck, deploy, restart }] of services) {
    const { cpus, memory, pids } = deploy.resources.limits;
    expect([name, Number(cpus) > 0, /^\d+[mg]$|^\d+$/.test(memory), pids > 0]).toEqual([
      name,
      true,
      true,
      true,
    ]);
    const ends = ONE_SHOTS.includes(name);
    if (!ends) expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
    expect([name, restart]).toEqual([
      name,
      ends ? expect.stringMatching(/^(no|on-failure:3)$/) : 'unless-stopped',
    ]);
  }
});

it('publishes the api, and the others to this machine alone', () => {
  const published = services.flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port.host_ip}:${port.published} -> ${port.target}`),
  );
  expect(published.sort()).toEqual([
    'alertmanager 127.0.0.1:9093 -> 9093',
    'api 0.0.0.0:8000 -> 8000',
    'grafana 127.0.0.1:3000 -> 3000',
    'mlflow 127.0.0.1:5000 -> 5000',
    'prometheus 127.0.0.1:9090 -> 9090',
  ]);
});

it('confines everything but cAdvisor, and what is built here to its volumes', () => {
  for (const [name, service] of services) {
    if (name === 'cadvisor') continue;
    expect([name, service.cap_drop, service.security_opt, service.privileged]).toEqual([
      name,
      ['ALL'],
      ['no-new-privileges:true'],
      undefined,
    ]);
    if (OURS.includes(name)) expect([name, service.read_only]).toEqual([name, true]);
  }
  expect(
    services.filter(([, { cap_add: added }]) => added !== undefined).map(([name]) => name),
  ).toEqual(['secrets']);
});

it('pulls images by a version, and builds its own from files that are here', () => {
  for (const [name, { image, build }] of services) {
    if (build === undefined)
      expect([name, image]).toEqual([name, expect.stringMatching(/:v?\d+\.\d+/)]);
    else {
      const dockerfile = readFileSync(join(build.context, build.dockerfile), 'utf8');
      if (build.target !== undefined) expect(dockerfile).toContain(` AS ${build.target}\n`);
    }
  }
});

it('starts each part after those that it needs are there', () => {
  for (const [name, { depends_on: needed = {} }] of services)
    for (const [other, { condition }] of Object.entries(needed))
      if (condition !== 'service_started')
        expect([name, other, condition]).toEqual([
          name,
          other,
          ONE_SHOTS.includes(other) ? 'service_completed_successfully' : 'service_healthy',
        ]);
  const [api, mlflow] = [project.services['api'], project.services['mlflow']];
  expect(Object.keys(api?.depends_on ?? {})).toEqual(['buckets', 'mlflow', 'postgres', 'secrets']);
  expect(Object.keys(mlflow?.depends_on ?? {})).toEqual(['buckets', 'postgres', 'secrets']);
});

it('every file that it mounts is here, and cannot be changed by who reads it', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes);
  const ours = mounts.filter(
    ({ type, source }) => type === 'bind' && source.startsWith(resolve('.')),
  );
  expect(ours.length).toBeGreaterThan(8);
  for (const { source, read_only: readOnly } of ours) {
    expect([source, existsSync(source)]).toEqual([source, true]);
    expect([source, readOnly]).toEqual([source, true]);
  }
  const named = mounts.filter(({ type }) => type === 'volume').map(({ source }) => source);
  expect([...new Set(named)].sort()).toEqual(Object.keys(project.volumes).sort());
  expect(statSync('deploy/compose/postgres-init.sh').mode & 0o111).not.toBe(0);
});

it('holds no secret: every one is read from a file that is drawn at the first start', () => {
  const drawn = drawSecrets();
  const named = [...TEXT.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name ?? '');
  expect([...new Set(named)].filter((name) => !(name in drawn))).toEqual([]);
  for (const [name, service] of services)
    for (const [key, value] of Object.entries(service.environment ?? {}))
      if (/PASSWORD|SECRET|TOKEN|CREDENTIALS|DATABASE_URL|STORE_URI/.test(key))
        expect([name, key, value]).toEqual([
          name,
          key,
          expect.stringMatching(/^(\/run\/secrets\/\w+|admin|)$/),
        ]);
  expect(environmentOf('grafana')['GF_SECURITY_ADMIN_PASSWORD']).toBe('admin');
});

/** What the part `secrets` leaves, by the file's name. */
function drawSecrets(): Readonly<Record<string, string>> {
  const dir = mkdtempSync(join(tmpdir(), 'stack-secrets-'));
  const draw = (): Readonly<Record<string, string>> => {
    execFileSync('node', ['deploy/compose/make-secrets.mjs', dir]);
    const names = readdirSync(dir);
    for (const name of names)
      expect([name, statSync(join(dir, name)).mode & 0o777]).toEqual([name, 0o400]);
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
  };
  try {
    const first = draw();
    expect(draw()).toEqual(first);
    return first;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('the watching parts', () => {
  const mounted = (name: string, target: string): string => {
    const found = project.services[name]?.volumes?.find((volume) => volume.target === target);
    if (found === undefined) throw new Error(`${name} has nothing at ${target}`);
    return found.source;
  };
  const addresses = (): readonly string[] =>
    services.flatMap(([name, { networks = {} }]) => [
      name,
      ...Object.values(networks).flatMap((network) => network?.aliases ?? []),
    ]);

  it('Prometheus takes its files, and scrapes and tells parts that are here', () => {
    const folder = mounted('prometheus', '/etc/prometheus');
    const file = join(folder, 'prometheus.yml');
    expect(execFileSync(promtool(), ['check', 'config', file], { encoding: 'utf8' })).toContain(
      'SUCCESS',
    );
    const { scrape_configs: jobs, alerting } = parse(readFileSync(file, 'utf8')) as {
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly file_sd_configs: readonly { readonly files: readonly string[] }[];
      }[];
      readonly alerting: {
        readonly alertmanagers: readonly {
          readonly static_configs: readonly { readonly targets: readonly string[] }[];
        }[];
      };
    };
    expect(jobs.map(({ job_name: name }) => name)).toEqual(['foretell', 'cadvisor']);
    const scraped = jobs.flatMap(({ file_sd_configs: lists }) =>
      lists
        .flatMap(({ files }) => files)
        .flatMap((name) => {
          const groups = parse(readFileSync(join(folder, name), 'utf8')) as readonly {
            readonly targets: readonly string[];
          }[];
          return groups.flatMap(({ targets }) => targets);
        }),
    );
    const told = alerting.alertmanagers.flatMap(({ static_configs: lists }) =>
      lists.flatMap(({ targets }) => targets),
    );
    expect([...scraped, ...told]).toEqual(['foretell:8000', 'cadvisor:8080', 'alertmanager:9093']);
    for (const address of [...scraped, ...told])
      expect(addresses()).toContain(address.split(':')[0]);
  });

  it('Alertmanager takes its files', () => {
    const file = join(mounted('alertmanager', '/etc/alertmanager'), 'alertmanager.yml');
    const checked = execFileSync(amtool(), ['check-config', file], { encoding: 'utf8' });
    expect(checked).toContain('SUCCESS');
  });

  it('Grafana finds Prometheus, and its dashboards where they are provisioned from', () => {
    expect(environmentOf('grafana')['PROMETHEUS_URL']).toBe('http://prometheus:9090');
    const provisioning = mounted('grafana', '/etc/grafana/provisioning');
    const { providers } = parse(
      readFileSync(join(provisioning, 'dashboards/foretell.yml'), 'utf8'),
    ) as { readonly providers: readonly { readonly options: { readonly path: string } }[] };
    for (const { options } of providers)
      expect(readdirSync(mounted('grafana', options.path)).length).toBeGreaterThan(0);
  });

  it('cAdvisor keeps the label by which the dashboards choose the api', () => {
    expect(project.services['cadvisor']?.command).toContain(
      '--whitelisted_container_labels=com.docker.compose.service',
    );
    const dashboard = readFileSync('deploy/grafana/dashboards/foretell-service.json', 'utf8');
    expect(dashboard).toContain(String.raw`container_label_com_docker_compose_service=\"api\"`);
  });
});

describe('the parts that prepare it', () => {
  let stack: PlainCompose;
  beforeAll(async () => {
    stack = await PlainCompose.open();
    await stack.run('secrets');
  });
  afterAll(async () => {
    await stack.stop();
  });

  it('PostgreSQL gets a database and an owner for the server and for MLflow, by the drawn passwords', async () => {
    await stack.up('postgres');
    for (const [service, file] of [
      ['api', 'database_url'],
      ['mlflow', 'mlflow_database_url'],
    ] as const) {
      const url = stack.read(service, `/run/secrets/${file}`).replace('+psycopg2', '');
      await query(url, 'CREATE TABLE kept (number int)');
    }
  });

  it('S3 gets its buckets, once, by the credentials as a file', async () => {
    await stack.up('s3');
    expect(await stack.run('buckets')).toBe('bucket mlflow made\nbucket foretell made\n');
    expect(await stack.run('buckets')).toBe('bucket mlflow was there\nbucket foretell was there\n');
  });
});

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
