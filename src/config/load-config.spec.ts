// The environment as users write it: defaults, every problem at once, secrets from files, never a value echoed.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { envExample } from './env-example.ts';
import { ConfigError, parseConfig } from './load-config.ts';

describe('parseConfig', () => {
  it('needs nothing for the first run', () => {
    const config = parseConfig({});
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8000 });
    expect(config.model.uri).toBe('models:/foretell@champion');
    expect(config.database).toEqual({ kind: 'sqlite', path: resolve('var/foretell.db') });
    expect(config.auth.jwtSecret).toBeNull();
  });

  it('moves all embedded state with VAR_DIR', () => {
    const config = parseConfig({ VAR_DIR: '/srv/state' });
    expect(config.registry).toEqual({ kind: 'file', dir: '/srv/state/registry' });
    expect(config.database).toEqual({ kind: 'sqlite', path: '/srv/state/foretell.db' });
  });

  it('takes an MLflow server in place of the embedded registry, with its password from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'foretell-')), 'password');
    writeFileSync(file, 'of mlflow\n');
    const config = parseConfig({
      VAR_DIR: '/srv/state',
      MLFLOW_TRACKING_URI: 'http://mlflow:5000/prefix',
      MLFLOW_TRACKING_USERNAME: 'foretell',
      MLFLOW_TRACKING_PASSWORD_FILE: file,
    });
    expect(config.registry).toEqual({
      kind: 'mlflow',
      url: 'http://mlflow:5000/prefix',
      username: 'foretell',
      password: 'of mlflow',
      token: null,
      cacheDir: '/srv/state/model-cache',
    });
    expect(() => parseConfig({ MLFLOW_TRACKING_URI: 'file:mlruns' })).toThrow(
      /MLFLOW_TRACKING_URI must be an address/,
    );
  });

  it.each([
    ['off', { mode: 'off', share: 0 }],
    ['shadow', { mode: 'shadow', share: 0 }],
    ['canary:10%', { mode: 'canary', share: 0.1 }],
    ['canary:0.5%', { mode: 'canary', share: 0.005 }],
    ['canary:100%', { mode: 'canary', share: 1 }],
  ])('reads the challenger %s', (CHALLENGER, expected) => {
    expect(parseConfig({ CHALLENGER }).challenger).toEqual(expected);
  });

  it.each(['on', 'canary', 'canary:0%', 'canary:101%', 'canary:10', 'shadow:10%'])(
    'refuses the challenger %s',
    (CHALLENGER) => {
      expect(() => parseConfig({ CHALLENGER })).toThrow(/CHALLENGER must be off, shadow or canary/);
    },
  );

  it('names every wrong setting at once and never its value', () => {
    const attempt = (): unknown =>
      parseConfig({ PORT: 'eighty', BCRYPT_COST: '99', JWT_SECRET: 'short-secret' });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(
      /PORT must be a port number.*JWT_SECRET must be at least 32.*BCRYPT_COST/,
    );
    expect(attempt).not.toThrow(/eighty|short-secret/);
  });

  it('refuses production without explicit secrets', () => {
    expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(
      /JWT_SECRET \(or JWT_SECRET_FILE\) must be set.*ADMIN_PASSWORD/,
    );
  });

  it('reads a secret from the file that <NAME>_FILE names', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'foretell-')), 'secret');
    writeFileSync(file, `${'s'.repeat(40)}\n`);
    expect(parseConfig({ JWT_SECRET_FILE: file }).auth.jwtSecret).toBe('s'.repeat(40));
    expect(() => parseConfig({ JWT_SECRET_FILE: `${file}-gone` })).toThrow(
      /JWT_SECRET_FILE names a file/,
    );
  });

  it.each([
    ['900', 900],
    ['15m', 900],
    ['12h', 43_200],
    ['7d', 604_800],
  ])('reads the duration %s as %i seconds', (text, seconds) => {
    expect(parseConfig({ JWT_EXPIRES_IN: text }).auth.accessSeconds).toBe(seconds);
  });

  it.each([
    ['1', 1],
    ['12', 12],
    ['auto', availableParallelism()],
  ])('reads WORKERS=%s as %i processes', (text, workers) => {
    expect(parseConfig({ WORKERS: text }).server.workers).toBe(workers);
  });

  it.each(['0', '-1', '1.5', '2000', 'all'])('refuses WORKERS=%s', (text) => {
    expect(() => parseConfig({ WORKERS: text })).toThrow(
      'WORKERS must be a whole number, 1 to 1024, or auto',
    );
  });

  it.each([
    ['50/s', { requests: 50, windowSeconds: 1 }],
    ['600/m', { requests: 600, windowSeconds: 60 }],
    ['1000/h', { requests: 1000, windowSeconds: 3600 }],
  ])('reads the rate limit %s', (text, rate) => {
    expect(parseConfig({ RATE_LIMIT: text }).server.rateLimit).toEqual(rate);
  });

  it.each(['0/s', '600', '/m', '1.5/s', '600/d', '-1/s', '600/m, 5/s', 'off'])(
    'refuses the rate limit %s',
    (text) => {
      expect(() => parseConfig({ RATE_LIMIT: text })).toThrow(/RATE_LIMIT must be requests per/);
    },
  );

  it('trusts proxies by address, network or kind of network', () => {
    const text = 'loopback, 10.0.0.0/8,192.0.2.7, fd00::/8';
    expect(parseConfig({ TRUST_PROXY: text }).server.proxies).toEqual([
      'loopback',
      '10.0.0.0/8',
      '192.0.2.7',
      'fd00::/8',
    ]);
  });

  it.each(['true', '1', 'proxy.example', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/', 'a,,b'])(
    'refuses to trust the proxy %s',
    (text) => {
      expect(() => parseConfig({ TRUST_PROXY: text })).toThrow(/TRUST_PROXY must be addresses/);
    },
  );

  it('opens to the origins that are named exactly', () => {
    const text = 'https://app.example,http://localhost:3000';
    expect(parseConfig({ CORS_ORIGINS: text }).server.corsOrigins).toEqual(text.split(','));
  });

  it.each(['*', 'https://app.example/', 'app.example', 'null', 'https://*.example', 'file://x'])(
    'refuses the origin %s',
    (text) => {
      expect(() => parseConfig({ CORS_ORIGINS: text })).toThrow(/CORS_ORIGINS must be origins/);
    },
  );

  it('traces where a collector is named, with its key from a file', () => {
    expect(parseConfig({}).tracing).toBeNull();
    const file = join(mkdtempSync(join(tmpdir(), 'foretell-')), 'headers');
    writeFileSync(file, 'api-key=abc%3D, tenant=credit\n');
    const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318' };
    expect(parseConfig({ ...collector, OTEL_EXPORTER_OTLP_HEADERS_FILE: file }).tracing).toEqual({
      endpoint: 'https://collector:4318',
      headers: 'api-key=abc%3D, tenant=credit',
      serviceName: 'foretell',
      sampledShare: 1,
    });
    const wrong = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key', OTEL_TRACES_SAMPLER_ARG: '1.5' };
    expect(() => parseConfig({ ...collector, ...wrong })).toThrow(
      /OTEL_EXPORTER_OTLP_HEADERS must be .*OTEL_TRACES_SAMPLER_ARG must be a share/,
    );
  });

  it('is frozen all the way down', () => {
    const { server } = parseConfig({});
    expect(Object.isFrozen(server)).toBe(true);
  });
});

it('.env.example lists every setting with its meaning and default (npm run generate writes it)', () => {
  expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
});
