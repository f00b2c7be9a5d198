// Who Alertmanager tells in the tests: a webhook, Slack's incoming webhook and a mail server, which keep what they are told. Each asks for its secret.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { MailSession } from './mail-session.ts';

export interface ToldAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Version 4 of Alertmanager's webhook. */
export interface Notification {
  readonly version: string;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly ToldAlert[];
}

export interface SlackMessage {
  readonly channel: string;
  readonly attachments: readonly {
    readonly title: string;
    readonly title_link: string;
    readonly text: string;
    readonly color: string;
  }[];
}

const WEBHOOK_TOKEN = 'the token of the webhook';
const SLACK_PATH = '/slack/the-secret-path';
const MAIL_PASSWORD = 'the password of the mail server';

export class AlertReceivers {
  readonly notifications: Notification[] = [];
  readonly slack: SlackMessage[] = [];
  /** As they came: headers and parts. */
  readonly mails: string[] = [];
  /** Whatever came without its secret or to no receiver. */
  readonly refused: string[] = [];

  private constructor(
    private readonly http: Server,
    private readonly smtp: TcpServer,
  ) {}

  static async listen(): Promise<AlertReceivers> {
    const [http, smtp] = [createServer(), createTcpServer()];
    const receivers = new AlertReceivers(http, smtp);
    http.on('request', (request: IncomingMessage, response) => {
      void receivers.take(request).then((status) => response.writeHead(status).end());
    });
    smtp.on('connection', (socket) => {
      new MailSession(socket, MAIL_PASSWORD, (mail) => receivers.mails.push(mail));
    });
    for (const server of [http, smtp])
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return receivers;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.http)}`;
  }

  get mailAddress(): string {
    return `127.0.0.1:${portOf(this.smtp)}`;
  }

  /** Files of /run/secrets. */
  get secrets(): Readonly<Record<string, string>> {
    return {
      webhook_token: WEBHOOK_TOKEN,
      slack_api_url: this.url + SLACK_PATH,
      smtp_password: MAIL_PASSWORD,
    };
  }

  /** What the webhook was told, each once: `page firing PredictApiDown critical`. */
  told(): readonly string[] {
    const lines = this.notifications.flatMap(({ receiver, alerts }) =>
      alerts.map(({ status, labels }) =>
        [receiver, status, labels['alertname'], labels['severity']].join(' '),
      ),
    );
    return [...new Set(lines)];
  }

  /** Whether one was told as `told` writes it. */
  hasTold(line: string): boolean {
    return this.told().includes(line);
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    for (const server of [this.http, this.smtp])
      await new Promise((closed) => server.close(closed));
  }

  private async take(request: IncomingMessage): Promise<number> {
    const { url = '', headers } = request;
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (url.startsWith('/webhook/') && headers.authorization === `Bearer ${WEBHOOK_TOKEN}`)
      this.notifications.push(JSON.parse(body) as Notification);
    else if (url === SLACK_PATH) this.slack.push(JSON.parse(body) as SlackMessage);
    else {
      this.refused.push(url);
      return 403;
    }
    return 200;
  }
}

const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port;
