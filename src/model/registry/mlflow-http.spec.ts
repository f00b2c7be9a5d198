// Refusals, retries and timeouts, against a real HTTP server that answers as MLflow, and what stands in front of it, was seen to.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import { MlflowArtifacts } from './mlflow-artifacts.ts';
import { MlflowHttp, type MlflowConnection, type MlflowRequest } from './mlflow-http.ts';

const ask: MlflowRequest = { method: 'GET', path: '/api/thing', idempotent: true };
const answer = z.object({ ok: z.boolean() });

let server: Server;
let handler: RequestListener;
let requests: IncomingMessage[];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const connect = (options: Partial<MlflowConnection> = {}): MlflowHttp =>
  new MlflowHttp({ url: url(), ...options });

function reply(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers = {},
): void {
  response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);
}
const replyOk = (response: ServerResponse): void => {
  reply(response, 200, 'application/json', '{"ok":true}');
};

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  return error;
}

describe('refusals', () => {
  it.each([
    [401, 'text/html', '<h1>Unauthorized</h1>', 'REGISTRY_UNAVAILABLE', /MLFLOW_TRACKING_USERNAME/],
    [
      403,
      'text/plain',
      'Invalid Host header - possible DNS rebinding attack detected',
      'REGISTRY_UNAVAILABLE',
      /--allowed-hosts/,
    ],
    [
      403,
      'application/json',
      '{"error_code":"PERMISSION_DENIED"}',
      'REGISTRY_UNAVAILABLE',
      /grant it EDIT/,
    ],
    [
      404,
      'text/html',
      '<!doctype html><title>404 Not Found</title>',
      'REGISTRY_UNAVAILABLE',
      /no MLflow 3 API was found/,
    ],
    [
      404,
      'application/json',
      '{"error_code":"RESOURCE_DOES_NOT_EXIST"}',
      'NOT_FOUND',
      /no such resource/,
    ],
    [400, 'application/json', '{"error_code":"RESOURCE_ALREADY_EXISTS"}', 'CONFLICT', /already/],
    [
      400,
      'application/json',
      '{"error_code":"INVALID_PARAMETER_VALUE"}',
      'BAD_REQUEST',
      /INVALID_PARAMETER_VALUE/,
    ],
    [200, 'text/html', '<form>Log in</form>', 'REGISTRY_UNAVAILABLE', /not an answer of MLflow/],
    [200, 'application/json', '{"ok":"yes"}', 'REGISTRY_UNAVAILABLE', /not an answer of MLflow/],
  ])('turns %i %s %s into %s', async (status, type, body, code, detail) => {
    handler = (_, response) => {
      reply(response, status, type, body);
    };
    const failure = await failureOf(connect().json(answer, ask));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(detail);
    expect(requests).toHaveLength(1);
  });

  it('keeps what MLflow wrote out of the detail and in the cause', async () => {
    handler = (_, response) => {
      reply(
        response,
        400,
        'application/json',
        '{"error_code":"BAD_REQUEST","message":"row 17.99"}',
      );
    };
    const failure = await failureOf(connect().json(answer, ask));
    expect(failure.message).not.toContain('17.99');
    expect(String(failure.cause)).toContain('17.99');
  });

  it('says which variables are wrong when credentials were sent', async () => {
    handler = (_, response) => {
      reply(response, 401, 'text/html', '');
    };
    const failure = await failureOf(connect({ token: 't' }).json(answer, ask));
    expect(failure.message).toMatch(/refused the credentials.*MLFLOW_TRACKING_TOKEN/);
  });
});

describe('authentication', () => {
  it.each([
    [
      { username: 'ada', password: 'pässword' },
      `Basic ${Buffer.from('ada:pässword').toString('base64')}`,
    ],
    [{ username: 'ada', password: 'p', token: 'secret' }, 'Bearer secret'],
    [{}, undefined],
  ])('sends %j as %s', async (credentials, expected) => {
    handler = (_, response) => {
      replyOk(response);
    };
    await connect(credentials).json(answer, ask);
    expect(requests[0]?.headers.authorization).toBe(expected);
  });

  it('takes credentials and a path prefix from the address', async () => {
    handler = (_, response) => {
      replyOk(response);
    };
    const address = url().replace('//', '//ada:p%40ss@');
    await new MlflowHttp({ url: `${address}/mlflow/` }).json(answer, ask);
    expect(requests[0]?.url).toBe('/mlflow/api/thing');
    expect(requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('ada:p@ss').toString('base64')}`,
    );
  });
});

describe('retries', () => {
  const failTimes =
    (times: number, status: number, headers = {}): RequestListener =>
    (_, response) => {
      if (requests.length <= times) reply(response, status, 'text/html', 'busy', headers);
      else replyOk(response);
    };

  it.each([408, 429, 500, 502, 503, 504])('asks again after %i', async (status) => {
    handler = failTimes(1, status);
    await expect(connect().json(answer, ask)).resolves.toEqual({ ok: true });
    expect(requests).toHaveLength(2);
  });

  it('gives up after three attempts', async () => {
    handler = failTimes(3, 500);
    expect((await failureOf(connect().json(answer, ask))).code).toBe('REGISTRY_UNAVAILABLE');
    expect(requests).toHaveLength(3);
  });

  it('sends what makes something new only once', async () => {
    handler = failTimes(1, 500);
    const create: MlflowRequest = { ...ask, method: 'POST', body: {}, idempotent: false };
    expect((await failureOf(connect().json(answer, create))).code).toBe('REGISTRY_UNAVAILABLE');
    expect(requests).toHaveLength(1);
  });

  it('waits as long as Retry-After says', async () => {
    handler = failTimes(1, 429, { 'Retry-After': '1' });
    const began = performance.now();
    await connect().json(answer, ask);
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  });

  it('reports a long Retry-After instead of waiting', async () => {
    handler = failTimes(1, 503, { 'Retry-After': '120' });
    const failure = await failureOf(connect().json(answer, ask));
    expect(failure).toMatchObject({ code: 'REGISTRY_UNAVAILABLE', retryAfterSeconds: 120 });
    expect(requests).toHaveLength(1);
  });

  it('asks again when the connection breaks within the answer', async () => {
    handler = (_, response) => {
      if (requests.length > 1) {
        replyOk(response);
        return;
      }
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '11' });
      response.write('{"ok"', () => response.destroy());
    };
    await expect(connect().json(answer, ask)).resolves.toEqual({ ok: true });
  });

  it('says that nobody listens at the address', async () => {
    const gone = connect();
    await new Promise((closed) => server.close(closed));
    const failure = await failureOf(gone.json(answer, ask));
    expect(failure.code).toBe('REGISTRY_UNAVAILABLE');
    expect(failure.message).toMatch(/cannot be reached .*ECONNREFUSED/);
  });
});

describe('timeouts', () => {
  it('gives up on a server that does not answer, without asking again', async () => {
    handler = () => undefined;
    const failure = await failureOf(connect({ timeoutMs: 1000 }).json(answer, ask));
    expect(failure).toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: 'MLflow did not answer within 1 s',
    });
    expect(requests).toHaveLength(1);
  });

  it('waits for a file that arrives slowly, but not for one that stands still', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mlflow-http-'));
    const target = join(dir, 'model.onnx');
    const artifacts = new MlflowArtifacts(connect({ timeoutMs: 1500 }));
    let pieces = 5;
    handler = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => {
        response.write('piece');
        pieces -= 1;
        if (pieces !== 0) return;
        clearInterval(timer);
        response.end();
      }, 400);
      response.on('close', () => {
        clearInterval(timer);
      });
    };
    await expect(artifacts.download('mlflow-artifacts:/1/m', 'model.onnx', target)).resolves.toBe(
      25,
    );
    expect(readFileSync(target, 'utf8')).toBe('piece'.repeat(5));

    handler = (_, response) => {
      response.writeHead(200);
      response.write('piece');
    };
    const failure = await failureOf(
      artifacts.download('mlflow-artifacts:/1/m', 'model.onnx', target),
    );
    expect(failure.code).toBe('REGISTRY_UNAVAILABLE');
    rmSync(dir, { recursive: true });
  });
});

describe('artifact paths', () => {
  it('percent-encodes every part', async () => {
    handler = (_, response) => response.end();
    const artifacts = new MlflowArtifacts(connect());
    await artifacts.upload(
      'mlflow-artifacts://elsewhere:5000/1/a b/artifacts',
      'ü/100%.txt',
      new Uint8Array(1),
    );
    expect(requests[0]?.url).toBe(
      '/api/2.0/mlflow-artifacts/artifacts/1/a%20b/artifacts/%C3%BC/100%25.txt',
    );
  });

  it.each(['../secret', 'a/../../b', '/etc/passwd', 'a//b', 'a\\..\\b'])(
    'refuses a listing that names %s',
    async (path) => {
      handler = (_, response) => {
        reply(
          response,
          200,
          'application/json',
          JSON.stringify({ files: [{ path, is_dir: false }] }),
        );
      };
      const failure = await failureOf(new MlflowArtifacts(connect()).list('mlflow-artifacts:/1/m'));
      expect(failure.code).toBe('BUNDLE_INVALID');
    },
  );

  it('says how to start MLflow when its artifacts are not behind the proxy', async () => {
    const failure = await failureOf(new MlflowArtifacts(connect()).list('s3://bucket/1/m'));
    expect(failure.message).toMatch(/--serve-artifacts/);
    expect(requests).toHaveLength(0);
  });
});
