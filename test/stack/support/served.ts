// The product as a process of its own, as an operator meets it: settings in, HTTP out.
import { startServer, type StartedServer } from '../../support/started-server.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';

export interface Answered<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface PredictedRow {
  readonly features: Readonly<Record<string, number | string | null>>;
  readonly probability: number;
}

interface ModelInfo {
  readonly version: string;
  readonly run_id: string;
  readonly features: readonly {
    readonly name: string;
    readonly median: number;
    readonly min: number;
    readonly max: number;
    readonly nullable: boolean;
  }[];
}

type RunningServer = Pick<StartedServer, 'url' | 'output' | 'stop'>;

export class Served {
  private constructor(
    private readonly server: RunningServer,
    readonly token: string,
  ) {}

  /** Starts `node dist/src/main.js`; stop it afterwards. */
  static async start(settings: Readonly<Record<string, string>>): Promise<Served> {
    const server = await startServer({
      env: { ADMIN_PASSWORD, BCRYPT_COST: '4', ...settings },
      command: ['node', 'dist/src/main.js'],
    });
    return Served.signIn(server, ADMIN_PASSWORD);
  }

  /** A server that runs, as its administrator sees it. */
  static async signIn(server: RunningServer, password: string): Promise<Served> {
    const body = new URLSearchParams({ username: 'admin', password });
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return new Served(server, token);
  }

  get url(): string {
    return this.server.url;
  }

  /** Everything that it printed. */
  get output(): string {
    return this.server.output();
  }

  /** On a connection of its own: to any of the workers. */
  async send<Body>(route: string, json?: unknown): Promise<Answered<Body>> {
    const [method = 'GET', path = '/'] = route.split(' ');
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        connection: 'close',
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      body: method === 'GET' ? null : JSON.stringify(json ?? {}),
    });
    const { status, headers } = answer;
    return { status, headers, body: (await answer.json()) as Body };
  }

  async info(): Promise<ModelInfo> {
    return (await this.send<ModelInfo>('GET /model-info')).body;
  }

  /** A row of training medians. */
  async typicalRow(): Promise<PredictedRow['features']> {
    const { features } = await this.info();
    return Object.fromEntries(features.map(({ name, median }) => [name, median]));
  }

  /** The row with the probability that the API answers. */
  async predict(features: PredictedRow['features']): Promise<PredictedRow> {
    const { status, body } = await this.send<{ probability: number }>('POST /predict', {
      features,
    });
    if (status !== 200) throw new Error(`POST /predict answered ${status}`);
    return { features, probability: body.probability };
  }

  /** The version that answers; rejects where nothing does. */
  async version(): Promise<string> {
    const { status, headers } = await this.send('POST /predict', {
      features: await this.typicalRow(),
    });
    if (status !== 200) throw new Error(`POST /predict answered ${status}`);
    return headers.get('x-model-version') ?? '';
  }

  async ready(): Promise<number> {
    return (await fetch(`${this.server.url}/health/ready`)).status;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}
