// A real Alertmanager with the shipped configuration and templates at a faster clock, that tells receivers of the test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { AlertReceivers } from './alert-receivers.ts';
import { requireTool, ServerProcess } from './process.ts';
import { readShortened } from './shortened-time.ts';

export const ALERTMANAGER_DIR = resolve('deploy/alertmanager');

export const amtool = (): string =>
  requireTool('amtool', ['/usr/bin/amtool', '/usr/local/bin/amtool']);

export const alertmanagerProgram = (): string =>
  requireTool('alertmanager', [
    '/usr/bin/prometheus-alertmanager',
    '/usr/bin/alertmanager',
    '/usr/local/bin/alertmanager',
  ]);

export interface Alertmanager {
  /** host:port. */
  readonly address: string;
  readonly receivers: AlertReceivers;
  /** Alerts as Prometheus would send them; they go on for longer than any test. */
  post(alerts: readonly Readonly<Record<string, string>>[]): Promise<void>;
  stop(): Promise<void>;
}

export interface AlertmanagerConfiguration {
  readonly global: Record<string, unknown>;
  readonly receivers: readonly {
    readonly name: string;
    readonly webhook_configs?: readonly { url: string }[];
  }[];
  templates: readonly string[];
}

/** `times`: how much faster than production time passes. */
export async function startAlertmanager(times: number, port: number): Promise<Alertmanager> {
  const command = alertmanagerProgram();
  const dir = mkdtempSync(join(tmpdir(), 'stack-alertmanager-'));
  const receivers = await AlertReceivers.listen();
  writeConfiguration(dir, receivers, times);
  const address = `127.0.0.1:${port}`;
  const server = new ServerProcess({
    name: 'alertmanager',
    command,
    args: [
      `--config.file=${join(dir, 'alertmanager.yml')}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    logFile: join(dir, 'log'),
    ready: async () => (await fetch(`http://${address}/-/ready`)).ok,
  });
  await server.start();
  return {
    address,
    receivers,
    post: async (alerts) => {
      const endsAt = new Date(Date.now() + 3_600_000).toISOString();
      const { status } = await fetch(`http://${address}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts.map((labels) => ({ labels, endsAt }))),
      });
      if (status !== 200) throw new Error(`Alertmanager answered ${status}`);
    },
    stop: async () => {
      await server.stop();
      await receivers.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The shipped file again: addresses, TLS and the folder of secrets are the only values that change. */
function writeConfiguration(dir: string, receivers: AlertReceivers, times: number): void {
  const shipped = readShortened(join(ALERTMANAGER_DIR, 'alertmanager.yml'), times);
  const moved = JSON.stringify(shipped).replaceAll('/run/secrets/', `${dir}/`);
  const configuration = JSON.parse(moved) as AlertmanagerConfiguration;
  tell(receivers, configuration);
  configuration.templates = [join(ALERTMANAGER_DIR, 'templates/*.tmpl')];
  writeFileSync(join(dir, 'alertmanager.yml'), stringify(configuration));
  for (const [name, secret] of Object.entries(receivers.secrets))
    writeFileSync(join(dir, name), secret);
}

/** Sets the addresses that an operator sets, to the receivers', and TLS, which they have not. */
export function tell(receivers: AlertReceivers, configuration: AlertmanagerConfiguration): void {
  configuration.global['smtp_smarthost'] = receivers.mailAddress;
  configuration.global['smtp_require_tls'] = false;
  for (const { name, webhook_configs: webhooks = [] } of configuration.receivers)
    for (const webhook of webhooks) webhook.url = `${receivers.url}/webhook/${name}`;
}
