// A real Prometheus with the shipped configuration and rules at a faster clock, that scrapes one server.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../support/free-port.ts';
import { requireTool, ServerProcess } from './process.ts';
import { readShortened } from './shortened-time.ts';

export const PROMETHEUS_DIR = resolve('deploy/prometheus');

export const promtool = (): string => requireTool('promtool', places('promtool'));

export const prometheusProgram = (): string => requireTool('prometheus', places('prometheus'));

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus {
  /** What is pending or firing now. */
  alerts(): Promise<readonly ActiveAlert[]>;
  /** Whether it knows its server, which takes it 5 s, and does not take it for down. */
  hasScraped(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** host:port of the server to scrape, and of Alertmanager. */
  readonly target: string;
  readonly alertmanager: string;
  /** How much faster than production time passes. */
  readonly times: number;
}

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const command = prometheusProgram();
  const dir = mkdtempSync(join(tmpdir(), 'stack-prometheus-'));
  writeConfiguration(dir, options);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = new ServerProcess({
    name: 'prometheus',
    command,
    args: [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    logFile: join(dir, 'log'),
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  await server.start();
  const alerts = async (): Promise<readonly ActiveAlert[]> => {
    const answer = await fetch(`${url}/api/v1/alerts`);
    return ((await answer.json()) as { data: { alerts: ActiveAlert[] } }).data.alerts;
  };
  return {
    alerts,
    hasScraped: async () => {
      const answer = await fetch(`${url}/api/v1/query?query=up`);
      const { data } = (await answer.json()) as { data: { result: { value: unknown[] }[] } };
      const down = (await alerts()).filter(
        ({ labels }) => labels['alertname'] === 'PredictApiDown',
      );
      return data.result[0]?.value[1] === '1' && down.length === 0;
    },
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The folder of the shipped files again: who is scraped and who is told are the only values that change. */
function writeConfiguration(dir: string, { target, alertmanager, times }: PrometheusOptions): void {
  for (const folder of ['rules', 'targets']) mkdirSync(join(dir, folder));
  const main = readShortened(join(PROMETHEUS_DIR, 'prometheus.yml'), times);
  const alerting = main['alerting'] as Record<string, unknown>;
  alerting['alertmanagers'] = [{ static_configs: [{ targets: [alertmanager] }] }];
  writeFileSync(join(dir, 'prometheus.yml'), stringify(main));
  for (const file of readdirSync(join(PROMETHEUS_DIR, 'rules'))) {
    const rules = readShortened(join(PROMETHEUS_DIR, 'rules', file), times);
    writeFileSync(join(dir, 'rules', file), stringify(rules, { lineWidth: 0 }));
  }
  writeFileSync(join(dir, 'targets/foretell.yml'), stringify([{ targets: [target] }]));
}

const places = (name: string): readonly string[] => [`/usr/bin/${name}`, `/usr/local/bin/${name}`];
