// Alerts from the rule to who is told: the shipped rules, routes, templates and runbooks agree; and a real Prometheus that scrapes a real server
// and a real Alertmanager tell receivers of an error burst, of drift and of a killed server, and of the end of each. Rules and routes are the
// shipped ones at a clock that is 60 times faster (support/shortened-time.ts).
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { parse } from 'yaml';
import type { RawRow } from '../../src/features/feature-spec.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';
import { Random } from '../../src/statistics/random.ts';
import {
  ALERTMANAGER_DIR,
  amtool,
  startAlertmanager,
  type Alertmanager,
} from './support/alertmanager.ts';
import type { Notification } from './support/alert-receivers.ts';
import { PROMETHEUS_DIR, promtool, startPrometheus } from './support/prometheus.ts';
import type { PredictionLoad } from './support/prediction-load.ts';
import { freePort } from '../support/free-port.ts';

import { readShortened } from './support/shortened-time.ts';
import { untilTrue } from '../support/until.ts';
import { WatchedServer } from './support/watched-server.ts';

const TIMES = 60;
const OPERATIONS = resolve('docs/operations');
const RECEIVER_OF: Readonly<Record<string, string>> = {
  critical: 'page',
  warning: 'ticket',
  info: 'null',
};

interface Rule {
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
}

interface AlertRule extends Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly (AlertRule | (Rule & { readonly record: string }))[];
  }[];
}

interface UnitTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { alertname: string; exp_alerts: readonly unknown[] }[];
  }[];
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(PROMETHEUS_DIR, folder)).map((name) => join(PROMETHEUS_DIR, folder, name));

const RULE_FILES = filesOf('rules');
const RULES = RULE_FILES.flatMap((file) =>
  (parse(readFileSync(file, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules),
).filter((rule) => 'alert' in rule);
const UNIT_TESTS = filesOf('tests')
  .flatMap((file) => (parse(readFileSync(file, 'utf8')) as UnitTests).tests)
  .flatMap(({ alert_rule_test: tests }) => tests);
const ALERTS = [...new Set(RULES.map(({ alert }) => alert))];

/** PredictApiDown: predict-api-down. */
const pageOf = (alert: string): string =>
  alert.replaceAll(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** With its severity and windows, where it has them. */
const titleOf = ({ alert, labels }: AlertRule): string =>
  [alert, ...Object.values(labels)].join(' ');

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });

describe('the shipped rules', () => {
  it('are taken by Prometheus, with its configuration', () => {
    const checked = run(promtool(), 'check', 'config', join(PROMETHEUS_DIR, 'prometheus.yml'));
    expect(checked).toContain(`${RULE_FILES.length} rule files found`);
  });

  it('pass their unit tests', () => {
    expect(run(promtool(), 'test', 'rules', ...filesOf('tests'))).toContain('SUCCESS');
  });

  it.each(ALERTS)('%s has a case in which it fires and one in which it is silent', (alert) => {
    const cases = UNIT_TESTS.filter(({ alertname }) => alertname === alert);
    const [firing, silent] = [
      cases.some(({ exp_alerts: e }) => e.length > 0),
      cases.some(({ exp_alerts: e }) => e.length === 0),
    ];
    expect({ firing, silent }).toEqual({ firing: true, silent: true });
  });

  it.each(RULES.map((rule) => [titleOf(rule), rule] as const))(
    '%s says how severe it is, what it is about in fixed words, what was seen, and where its runbook is',
    (_, { alert, labels, annotations }) => {
      expect(Object.keys(RECEIVER_OF)).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/^[^{]+\.$/);
      expect(annotations['description']).toMatch(/\{\{.*\}\}.*\.$/);
      expect(annotations['runbook_url']).toBe(`{{ $externalLabels.runbooks }}/${pageOf(alert)}.md`);
    },
  );

  it('bound no bucket by a whole number, which Prometheus 2 and 3 write differently', () => {
    for (const file of RULE_FILES) expect(readFileSync(file, 'utf8')).not.toMatch(/\ble="\d+"/);
  });

  it('have a runbook each, every runbook has its alert, and the index names all', () => {
    const pages = readdirSync(OPERATIONS).filter((name) => name.startsWith('predict-api-'));
    expect(pages.toSorted()).toEqual(ALERTS.map((alert) => `${pageOf(alert)}.md`).toSorted());
    const index = readFileSync(join(OPERATIONS, 'README.md'), 'utf8');
    expect(ALERTS.filter((alert) => !index.includes(`[${alert}](${pageOf(alert)}.md)`))).toEqual(
      [],
    );
    const sections = ['# ', '## What it means', '## How to look', '## What to do'];
    for (const page of pages) {
      const text = readFileSync(join(OPERATIONS, page), 'utf8');
      expect([page, sections.filter((section) => !text.includes(section))]).toEqual([page, []]);
    }
  });

  it('keep everything but their durations when their clock is made faster', () => {
    for (const file of RULE_FILES) {
      const shipped = parse(readFileSync(file, 'utf8')) as RuleFile;
      const faster = readShortened(file, TIMES) as unknown as RuleFile;
      expect(withoutDurations(faster)).toEqual(withoutDurations(shipped));
      expect(JSON.stringify(faster)).not.toMatch(/\[\d+[mhd]\]|"(for|keep_firing_for)":"\d+[mhd]"/);
    }
  });
});

function withoutDurations({ groups }: RuleFile): readonly unknown[] {
  return groups.flatMap(({ rules }) =>
    rules.map((rule) => ({
      ...rule,
      for: typeof rule.for,
      keep_firing_for: typeof rule.keep_firing_for,
      expr: rule.expr.replaceAll(/\[\w+\]|\boffset \w+/g, ''),
    })),
  );
}

describe('the shipped routes', () => {
  const file = join(ALERTMANAGER_DIR, 'alertmanager.yml');

  it('are taken by Alertmanager, with the templates', () => {
    const checked = run(amtool(), 'check-config', file);
    for (const found of ['2 inhibit rules', '3 receivers', '1 templates', 'SUCCESS'])
      expect(checked).toContain(found);
  });

  const receiverOf = (labels: Readonly<Record<string, string>>): string => {
    const matchers = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return run(amtool(), 'config', 'routes', 'test', `--config.file=${file}`, ...matchers).trim();
  };

  it.each(RULES.map((rule) => [titleOf(rule), rule] as const))(
    '%s goes where its severity says',
    (_, { alert, labels }) => {
      const receiver = receiverOf({ ...labels, alertname: alert, job: 'foretell' });
      expect(receiver).toBe(RECEIVER_OF[labels['severity'] ?? '']);
    },
  );

  it.each([
    ['info', 'null'],
    ['none', 'ticket'],
  ])('an alert of severity %s goes to %s', (severity, receiver) => {
    expect(receiverOf({ alertname: 'Other', severity })).toBe(receiver);
  });
});

describe('what Alertmanager tells', () => {
  let alertmanager: Alertmanager;
  beforeEach(async () => {
    alertmanager = await startAlertmanager(TIMES, await freePort());
  });
  afterEach(async () => {
    await alertmanager.stop();
  });

  const alert = (alertname: string, severity: string, job: string | null = 'foretell') => ({
    alertname,
    severity,
    ...(job !== null && { job }),
  });

  it('is no ticket about what somebody is paged for, nothing else of a job that is down, and everything of other jobs', async () => {
    const burn = 'PredictApiErrorBudgetBurn';
    await alertmanager.post([alert(burn, 'critical'), alert('PredictApiDown', 'critical', 'down')]);
    const tells = (count: number): Promise<number> =>
      untilTrue(() => Promise.resolve(alertmanager.receivers.told().length >= count), 10_000);
    await tells(2);
    await alertmanager.post([
      alert(burn, 'warning'),
      alert('PredictApiMemory', 'warning', 'down'),
      alert('PredictApiPredictionLogFailing', 'critical', 'down'),
      alert(burn, 'warning', 'other'),
      alert('PredictApiMemory', 'warning'),
      alert('Unlabelled', 'warning', null),
      alert('Chatter', 'info'),
    ]);
    await tells(5);
    // What must not be told would come as soon.
    await pause(3000);
    expect(alertmanager.receivers.told().toSorted()).toEqual([
      'page firing PredictApiDown critical',
      'page firing PredictApiErrorBudgetBurn critical',
      'ticket firing PredictApiErrorBudgetBurn warning',
      'ticket firing PredictApiMemory warning',
      'ticket firing Unlabelled warning',
    ]);
    const jobs = alertmanager.receivers.notifications.map(({ groupLabels }) => [
      groupLabels['alertname'],
      groupLabels['job'] ?? null,
    ]);
    expect(jobs).toEqual(
      expect.arrayContaining([
        [burn, 'other'],
        ['PredictApiMemory', 'foretell'],
      ]),
    );
    expect(jobs).not.toContainEqual(['PredictApiMemory', 'down']);
  });
});

/** A server that Prometheus scrapes, and the Alertmanager that is told. */
interface Stack {
  readonly server: WatchedServer;
  readonly alertmanager: Alertmanager;
}

async function watched(
  server: WatchedServer,
  test: (stack: Stack) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const prometheus = await startPrometheus({
    target: server.address,
    alertmanager: `127.0.0.1:${port}`,
    times: TIMES,
  });
  // Before Prometheus knows its server it misses one, for as long as five minutes are here: nobody is there to be told.
  await untilTrue(() => prometheus.hasScraped(), 30_000);
  const alertmanager = await startAlertmanager(TIMES, port);
  try {
    await test({ server, alertmanager });
  } catch (error) {
    const seen = { told: alertmanager.receivers.told(), alerts: await prometheus.alerts() };
    throw new Error(`${String(error)}\n${JSON.stringify(seen, null, 1)}`, { cause: error });
  } finally {
    await prometheus.stop();
    await alertmanager.stop();
    await server.stop();
  }
}

const ROW = { 'mean radius': 13, 'mean texture': 18, side: 'left' };

/** True of a server on a machine that does much else: they say nothing about what a test is there for. */
const OF_A_BUSY_MACHINE = /PredictApi(LatencyBudgetBurn|EventLoopLag)/;

/** Until the receivers know. */
const told = ({ alertmanager: { receivers } }: Stack, line: string): Promise<number> =>
  untilTrue(() => Promise.resolve(receivers.hasTold(line)), 90_000);

/** All that the receivers know, each once. */
const allTold = ({ alertmanager: { receivers } }: Stack): readonly string[] =>
  receivers.told().filter((line) => !OF_A_BUSY_MACHINE.test(line));

/** The first notification about an alert. */
const firstOf = ({ receivers }: Alertmanager, alert: string): Notification | undefined =>
  receivers.notifications.find(({ groupLabels }) => groupLabels['alertname'] === alert);

describe('a server that is watched', () => {
  it('pages when it is killed and when its log refuses, by webhook, Slack and e-mail, and says when either is over', async () => {
    const server = await WatchedServer.start({ DRIFT_EVERY: 'off' });
    await watched(server, async (stack) => {
      const { receivers } = stack.alertmanager;
      await withLoad(server.load(ROW, 2), (calm) => answered(calm, 200));

      await server.kill();
      await told(stack, 'page firing PredictApiDown critical');
      await server.up();
      await told(stack, 'page resolved PredictApiDown critical');
      expect(allTold(stack)).toEqual([
        'page firing PredictApiDown critical',
        'page resolved PredictApiDown critical',
      ]);
      expect(firstOf(stack.alertmanager, 'PredictApiDown')).toMatchObject({
        version: '4',
        receiver: 'page',
        groupLabels: { alertname: 'PredictApiDown', job: 'foretell' },
        alerts: [
          {
            labels: {
              alertname: 'PredictApiDown',
              instance: server.address,
              job: 'foretell',
              severity: 'critical',
            },
            annotations: {
              description: `Prometheus has not been able to scrape ${server.address} of foretell for 5 minutes.`,
              runbook_url: expect.stringMatching(/^https:.*\/predict-api-down\.md$/) as string,
            },
          },
        ],
      });
      expectRendered(stack.alertmanager, 'PredictApiDown');

      const before = allTold(stack).length;
      await errorBurst(stack);
      expect(allTold(stack).slice(before).toSorted()).toEqual([
        'page firing PredictApiErrorBudgetBurn critical',
        'page firing PredictApiPredictionLogFailing critical',
        'page resolved PredictApiErrorBudgetBurn critical',
        'page resolved PredictApiPredictionLogFailing critical',
      ]);
      expect(receivers.refused).toEqual([]);
    });
  }, 900_000);

  it('opens a ticket when its inputs drift, and says when they no longer do', async () => {
    const rows = population();
    // Twice the interval, and the evaluation is stale: time enough on a busy machine.
    const settings = { DRIFT_EVERY: '10s', DRIFT_WINDOW: '15m' };
    const server = await WatchedServer.start(settings, { trainingRows: rows });
    await watched(server, async (stack) => {
      const some = rows.slice(0, 600);
      await server.predictBatch(some);
      const noDrift = /^model_dataset_drift_detected\{.*\} 0$/m;
      await untilTrue(async () => noDrift.test(await server.metrics()), 60_000);
      expect(allTold(stack)).toEqual([]);

      const shifted = some.map((row) => ({
        ...row,
        'mean radius': Number(row['mean radius']) + 3,
        'mean texture': Number(row['mean texture']) + 4,
      }));
      await server.predictBatch(shifted);
      await told(stack, 'ticket firing PredictApiDatasetDrift warning');
      expect(firstOf(stack.alertmanager, 'PredictApiDatasetDrift')).toMatchObject({
        receiver: 'ticket',
        groupLabels: { alertname: 'PredictApiDatasetDrift', job: 'foretell', model: 'foretell' },
        alerts: [{ labels: { version: '1', severity: 'warning' } }],
      });

      // The shifted rows stay in the window and are outweighed.
      for (let i = 0; i < 5; i++) await server.predictBatch(rows);
      await told(stack, 'ticket resolved PredictApiDatasetDrift warning');
      expect(allTold(stack)).toEqual([
        'ticket firing PredictApiDatasetDrift warning',
        'ticket resolved PredictApiDatasetDrift warning',
      ]);
      expectRendered(stack.alertmanager, 'PredictApiDatasetDrift');
    });
  }, 900_000);
});

/** Another process holds the database until the pages are out; then calls go well again. */
async function errorBurst(stack: Stack): Promise<void> {
  const { server } = stack;
  await withLoad(server.load(ROW, 4), (calm) => answered(calm, 500));

  const other = new Database(server.databaseFile);
  other.exec('BEGIN IMMEDIATE');
  const burst = server.load(ROW, 8);
  try {
    await told(stack, 'page firing PredictApiErrorBudgetBurn critical');
    await told(stack, 'page firing PredictApiPredictionLogFailing critical');
  } finally {
    // Before the lock goes: a call that it held up and that succeeds is a slow one.
    await burst.stop();
    other.close();
  }
  expect(burst.refused.every(({ status }) => status === 503)).toBe(true);

  await withLoad(server.load(ROW, 16), async () => {
    await told(stack, 'page resolved PredictApiErrorBudgetBurn critical');
    await told(stack, 'page resolved PredictApiPredictionLogFailing critical');
  });
}

async function withLoad(
  load: PredictionLoad,
  during: (load: PredictionLoad) => Promise<unknown>,
): Promise<void> {
  try {
    await during(load);
  } finally {
    await load.stop();
  }
}

const answered = (load: PredictionLoad, rows: number): Promise<number> =>
  untilTrue(() => Promise.resolve(load.acknowledged.length >= rows), 60_000);

/** The same in Slack and by mail: who, what, since when, and where to read on. */
function expectRendered({ receivers }: Alertmanager, alert: string): void {
  const title = new RegExp(`^\\[(FIRING:1|RESOLVED)\\] (critical|warning) ${alert}, foretell`);
  const runbook = new RegExp(`^https://\\S+/${pageOf(alert)}\\.md$`);
  const [attachment] = receivers.slack
    .flatMap(({ attachments }) => attachments)
    .filter((each) => title.test(each.title));
  expect(attachment).toMatchObject({
    title: expect.stringMatching(title) as string,
    title_link: expect.stringMatching(runbook) as string,
    text: expect.stringMatching(/Since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC.*Runbook/s) as string,
  });
  const subjectOf = (mail: string): string =>
    /^Subject: (.*)$/m.exec(mail.replaceAll('\r', ''))?.[1] ?? '';
  const mail = receivers.mails.find((each) => title.test(subjectOf(each))) ?? '';
  expect(subjectOf(mail)).toMatch(title);
  for (const part of ['text/plain', 'text/html', `${pageOf(alert)}.md`, 'job=3Dforetell'])
    expect(mail.replaceAll(/=\r?\n/g, '')).toContain(part);
}

/** Rows that training saw: a seeded draw, large enough that chance moves no column by a tenth of its spread. */
function population(): readonly RawRow[] {
  const random = Random.of(9);
  const uniform = (): number => (random.nextInt(1e6) + 0.5) / 1e6;
  const normal = (mean: number, sd: number): number => mean + sd * normalQuantile(uniform());
  return Array.from({ length: 2000 }, () => ({
    'mean radius': Math.min(40, Math.max(1, normal(14, 3))),
    'mean texture': normal(19, 4),
    side: uniform() < 0.6 ? 'left' : 'right',
  }));
}
