// A server that answers as the API documentation of Vault has it (AppRole, Kubernetes, token, KV version 2), and refuses what Vault refuses: another path or
// method, a token that is missing, expired, revoked or of another namespace, a role without the right. No Vault can be installed where the tests run.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const ROLE_ID = '59d6d1ca-47bb-4e7e-a40b-8be3bc5a0ba8';
export const KUBERNETES_ROLE = 'foretell';

export interface VaultServerOptions {
  /** Where everything is; null: the root namespace. */
  readonly namespace?: string | null;
  /** Of new tokens, in seconds. */
  readonly ttl?: number;
  /** No renewal reaches beyond it. */
  readonly maxTtl?: number;
  readonly renewable?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface Token {
  readonly createdAt: number;
  expiresAt: number;
  readonly maySee: boolean;
  readonly mayWrite: boolean;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

type Route = Readonly<Record<string, (asked: Asked) => Answer>>;

const refuse = (status: number, ...errors: readonly string[]): Answer => ({
  status,
  body: { errors },
});
const denied = (): Answer => refuse(403, 'permission denied');

export class VaultServer {
  /** The only one that opens the AppRole. */
  secretId: string = randomUUID();
  /** The only token of a service account that the Kubernetes role is bound to. */
  serviceAccountToken = 'eyJhbGciOiJSUzI1NiJ9.of-the-pod.signed';
  sealed = false;
  /** Whether the policy of new tokens has `read` on the secret. */
  mayRead = true;
  ttl: number;
  /** `<method> <path> <status>` of each request, the oldest first. */
  readonly requests: string[] = [];
  readonly tokens = new Map<string, Token>();
  readonly #versions = new Map<string, (Readonly<Record<string, unknown>> | null)[]>();
  readonly #options: Required<Omit<VaultServerOptions, 'tls' | 'ttl'>> &
    Pick<VaultServerOptions, 'tls'>;
  #server: Server;
  #port = 0;

  constructor({ ttl = 3600, ...options }: VaultServerOptions = {}) {
    this.ttl = ttl;
    this.#options = { namespace: null, maxTtl: 14_400, renewable: true, ...options };
    this.#server = this.#create();
  }

  static async start(options: VaultServerOptions = {}): Promise<VaultServer> {
    const server = new VaultServer(options);
    await server.up();
    return server;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    this.#server = this.#create().listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** A new version; null: the newest is deleted. */
  put(data: Readonly<Record<string, unknown>> | null, path = 'foretell'): void {
    this.#versions.set(path, [...(this.#versions.get(path) ?? []), data]);
  }

  /** A token made by somebody, as `vault token create` does; an administrator's may write as well. */
  issue(mayWrite = false): string {
    const token = `hvs.${randomUUID()}`;
    const createdAt = Date.now();
    this.tokens.set(token, {
      createdAt,
      expiresAt: mayWrite ? Infinity : createdAt + this.ttl * 1000,
      maySee: this.mayRead,
      mayWrite,
    });
    return token;
  }

  count(request: string): number {
    return this.requests.filter((each) => each.startsWith(request)).length;
  }

  #create(): Server {
    const { tls } = this.#options;
    const answer = (request: IncomingMessage): Promise<Answer> => this.#answer(request);
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    server.on('request', (request: IncomingMessage, response) => {
      void answer(request).then(({ status, body }) => {
        this.requests.push(`${request.method ?? ''} ${request.url ?? ''} ${status}`);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    return server;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    if (this.sealed) return refuse(503, 'Vault is sealed');
    if (!url.startsWith('/v1/')) return { status: 404, body: '404 page not found' };
    const namespace = headers['x-vault-namespace'] ?? null;
    if (namespace !== this.#options.namespace) return denied();
    const asked = bodyOf(body);
    if (asked === null) return refuse(400, 'failed to parse JSON input: invalid character');
    const path = url.slice('/v1/'.length);
    const token = headers['x-vault-token'] as string | undefined;
    return this.#route({ method, path, token, body: asked });
  }

  #route(asked: Asked): Answer {
    const open: Readonly<Record<string, Route>> = {
      'auth/approle/login': { POST: (login) => this.#approle(login) },
      'auth/kubernetes/login': { POST: (login) => this.#kubernetes(login) },
    };
    const closed: Readonly<Record<string, Route>> = {
      'auth/token/renew-self': { POST: (renewal) => this.#renew(renewal) },
      'auth/token/revoke-self': { POST: (end) => this.#revoke(end) },
      'auth/token/lookup-self': { GET: (look) => this.#lookUp(look) },
    };
    const unguarded = open[asked.path];
    if (unguarded !== undefined) return byMethod(unguarded, asked);
    const token = this.#good(asked.token);
    if (token === null) return denied();
    const own = closed[asked.path];
    if (own !== undefined) return byMethod(own, asked);
    if (!asked.path.startsWith('secret/'))
      return refuse(404, `no handler for route "${asked.path}". route entry not found.`);
    const secret: Route = {
      GET: ({ path }) => this.#read(path, token),
      POST: (write) => this.#write(write, token),
      DELETE: ({ path }) => this.#delete(path, token),
    };
    return byMethod(secret, asked);
  }

  #good(token: string | undefined): Token | null {
    const found = this.tokens.get(token ?? '');
    return found === undefined || found.expiresAt <= Date.now() ? null : found;
  }

  #approle({ body }: Asked): Answer {
    if (typeof body['role_id'] !== 'string') return refuse(400, 'missing role_id');
    if (typeof body['secret_id'] !== 'string') return refuse(400, 'missing secret_id');
    if (body['role_id'] !== ROLE_ID || body['secret_id'] !== this.secretId)
      return refuse(400, 'invalid role or secret ID');
    return this.#grant(this.issue(), this.ttl);
  }

  #kubernetes({ body }: Asked): Answer {
    if (typeof body['role'] !== 'string') return refuse(400, 'missing role');
    if (typeof body['jwt'] !== 'string') return refuse(400, 'missing jwt');
    if (body['role'] !== KUBERNETES_ROLE) return refuse(400, 'invalid role name');
    if (body['jwt'] !== this.serviceAccountToken) return denied();
    return this.#grant(this.issue(), this.ttl);
  }

  #grant(token: string, seconds: number): Answer {
    return {
      status: 200,
      body: {
        request_id: randomUUID(),
        lease_id: '',
        renewable: false,
        lease_duration: 0,
        data: null,
        wrap_info: null,
        warnings: null,
        auth: {
          client_token: token,
          accessor: randomUUID(),
          policies: ['default', 'foretell'],
          token_policies: ['default', 'foretell'],
          metadata: null,
          lease_duration: Math.floor(seconds),
          renewable: this.#options.renewable,
        },
      },
    };
  }

  #renew({ token = '' }: Asked): Answer {
    const held = this.tokens.get(token);
    const { renewable, maxTtl } = this.#options;
    if (held === undefined || !renewable) return refuse(400, 'lease is not renewable');
    const left = (held.createdAt - Date.now()) / 1000 + maxTtl;
    const seconds = Math.min(this.ttl, left);
    held.expiresAt = Date.now() + seconds * 1000;
    return this.#grant(token, seconds);
  }

  #revoke({ token = '' }: Asked): Answer {
    this.tokens.delete(token);
    return { status: 204 };
  }

  #lookUp({ token = '' }: Asked): Answer {
    const ttl = Math.floor(((this.tokens.get(token)?.expiresAt ?? 0) - Date.now()) / 1000);
    return { status: 200, body: { data: { ttl, renewable: this.#options.renewable } } };
  }

  #read(path: string, { maySee }: Token): Answer {
    if (!maySee) return denied();
    const [, name] = /^secret\/data\/(.+)$/.exec(path) ?? [];
    if (name === undefined)
      return {
        status: 404,
        body: { warnings: ['Invalid path for a versioned K/V secrets engine.'] },
      };
    const versions = this.#versions.get(name);
    if (versions === undefined) return refuse(404);
    const data = versions.at(-1) ?? null;
    const metadata = {
      created_time: '2018-03-22T02:24:06.945319214Z',
      custom_metadata: null,
      deletion_time: data === null ? '2018-03-22T02:36:43.986212308Z' : '',
      destroyed: false,
      version: versions.length,
    };
    return { status: data === null ? 404 : 200, body: { data: { data, metadata } } };
  }

  #write({ path, body }: Asked, { mayWrite }: Token): Answer {
    const [, name] = /^secret\/data\/(.+)$/.exec(path) ?? [];
    if (!mayWrite || name === undefined) return denied();
    const { data } = body;
    if (typeof data !== 'object' || data === null) return refuse(400, 'no data provided');
    this.put({ ...data }, name);
    return { status: 200, body: { data: { version: this.#versions.get(name)?.length } } };
  }

  /** With all its versions. */
  #delete(path: string, { mayWrite }: Token): Answer {
    const [, name] = /^secret\/metadata\/(.+)$/.exec(path) ?? [];
    if (!mayWrite || name === undefined) return denied();
    this.#versions.delete(name);
    return { status: 204 };
  }
}

function byMethod(route: Route, asked: Asked): Answer {
  const handler = route[asked.method === 'PUT' ? 'POST' : asked.method];
  return handler === undefined ? refuse(405, 'unsupported operation') : handler(asked);
}

function bodyOf(body: string): Readonly<Record<string, unknown>> | null {
  if (body === '') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : null;
  } catch {
    return null;
  }
}
