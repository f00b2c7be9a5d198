// The web console as its users meet it: the built server in a process of its own with a trained model, and pages of a real browser at it.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openPage, type PageOptions, type WatchedPage } from './browser.ts';
import { DIST, trainedState } from './console-seed.ts';
import { freePort } from './free-port.ts';
import { startServer, type StartedServer } from './started-server.ts';

/** Of everyone, the administrator too. */
export const PASSWORD = 'the console of the tests';
export const ADMIN = 'admin';

export type Role = 'admin' | 'operator' | 'client' | 'viewer';

export interface ConsoleOptions {
  /** Accounts beside the administrator's, by name. */
  readonly users?: Readonly<Record<string, Role>>;
  /** Settings of the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** What else the state folder is to have before the server starts: a second version, say. */
  readonly prepare?: (varDir: string) => Promise<unknown>;
}

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ConsolePageOptions extends PageOptions {
  /** Who signs in; the administrator unless said, nobody where null. */
  readonly as?: string | null;
}

export class Console {
  #server: StartedServer;
  #token: string | null = null;

  private constructor(
    server: StartedServer,
    /** The server's folder; it stays over restarts. */
    readonly varDir: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.#server = server;
  }

  static async start({ users = {}, env = {}, prepare }: ConsoleOptions): Promise<Console> {
    const varDir = mkdtempSync(join(tmpdir(), 'foretell-console-'));
    cpSync(await trainedState(), varDir, { recursive: true });
    await prepare?.(varDir);
    const settings = {
      VAR_DIR: varDir,
      ADMIN_PASSWORD: PASSWORD,
      BCRYPT_COST: '4',
      // One that nobody takes while it is restarted.
      PORT: String(await freePort()),
      ...env,
    };
    const started = new Console(await serve(settings), varDir, settings);
    for (const [username, role] of Object.entries(users)) {
      const user = { username, password: PASSWORD, role };
      const { status } = await started.api('POST /users', user);
      if (status !== 201) throw new Error(`POST /users answered ${status}`);
    }
    return started;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Everything that the server of now printed. */
  get output(): string {
    return this.#server.output();
  }

  /** `api('GET /users')`, with the administrator's token. */
  async api<Body = unknown>(route: string, json?: unknown): Promise<ApiAnswer<Body>> {
    this.#token ??= await this.tokenOf(ADMIN);
    const answer = await this.send<Body>(route, this.#token, json);
    if (answer.status !== 401) return answer;
    this.#token = await this.tokenOf(ADMIN);
    return this.send<Body>(route, this.#token, json);
  }

  /** An access token by the API, without the console. */
  async tokenOf(username: string): Promise<string> {
    const body = new URLSearchParams({ username, password: PASSWORD });
    const answer = await fetch(`${this.url}/token`, { method: 'POST', body });
    if (answer.status !== 200) throw new Error(`POST /token answered ${answer.status}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Fills in the form of the sign-in that the page shows, in whatever language. */
  async signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
    await page.locator('input[name=username]').fill(username);
    await page.locator('input[name=password]').fill(password);
    await page.locator('form button[type=submit]').click();
  }

  /** The address of `/live?window=1h`. */
  addressOf(place: string): string {
    return `${this.url}/#${place}`;
  }

  /** Without warning, as by a crash of the machine. */
  async kill(): Promise<void> {
    await this.#server.stop('SIGKILL');
  }

  /** On the same port and folder; a server that still runs is stopped first. */
  async restart(): Promise<void> {
    await this.#server.stop();
    this.#server = await serve(this.env);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.varDir, { recursive: true, force: true });
  }

  private async send<Body>(route: string, token: string, json: unknown): Promise<ApiAnswer<Body>> {
    const [method = 'GET', path = '/'] = route.split(' ');
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: json === undefined ? null : JSON.stringify(json),
    });
    const { status, headers } = answer;
    const text = await answer.text();
    const isJson = /json/.test(headers.get('content-type') ?? '');
    return { status, headers, body: (isJson ? JSON.parse(text) : text) as Body };
  }
}

export const startConsole = (options: ConsoleOptions = {}): Promise<Console> =>
  Console.start(options);

/** A page of the console, signed in, in a context of its own. */
export async function openConsolePage(
  browser: Browser,
  console: Console,
  place: string,
  { as = ADMIN, ...options }: ConsolePageOptions = {},
): Promise<WatchedPage> {
  const watched = await openPage(browser, console.url, { locale: 'en-GB', ...options });
  await watched.page.goto(console.addressOf(place));
  if (as !== null) {
    await console.signIn(watched.page, as);
    await watched.page.locator('header.bar').waitFor();
  }
  return watched;
}

const serve = (env: Readonly<Record<string, string>>): Promise<StartedServer> =>
  startServer({ env, command: ['node', join(DIST, 'src/main.js')] });

/** Once the page with this heading is there, and what it asked the server for. */
export async function settled(page: Page, heading: string | RegExp = /./): Promise<void> {
  await page.locator('header.bar ~ main h1').filter({ hasText: heading }).waitFor();
  await page.locator('.spinner').first().waitFor({ state: 'detached' });
}
