// Steering what is served, over real HTTP: reloads, the challenger's mode, MLflow's webhook, and what a bad version changes (nothing).
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Challenger } from '../../src/model/challenger.ts';
import { ModelLoader } from '../../src/model/model-loader.ts';
import {
  PredictionServer,
  publish,
  register,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import { untilTrue } from '../support/until.ts';

const SECRET = 'the secret of the webhook tests';
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const aliasSet = (name = 'foretell', alias = 'champion'): object => ({
  entity: 'model_version_alias',
  action: 'created',
  timestamp: '2026-01-02T03:04:05Z',
  data: { name, alias, version: '2' },
});

interface Served {
  readonly model: { readonly version: string } | null;
}

describe('steering what is served', () => {
  let server: PredictionServer;
  let varDir: string;
  let admin: Record<string, string>;

  beforeEach(async () => {
    server = await PredictionServer.start(
      async (dir) => {
        varDir = dir;
        await publish(dir);
      },
      { MLFLOW_WEBHOOK_SECRET: SECRET },
    );
    admin = { authorization: `Bearer ${await server.token()}` };
  });
  afterEach(() => server.stop());

  const reload = <Body = Served & { changed: boolean }>(): Promise<Answer<Body>> =>
    server.send<Body>('/models/reload', { method: 'POST', headers: admin });
  const live = async (): Promise<string> =>
    (await server.send<{ version: string }>('/model-info', { headers: admin })).body.version;
  const publishBroken = async (): Promise<void> => {
    const dir = mkdtempSync(join(tmpdir(), 'broken-'));
    await writeTinyBundle(dir);
    rmSync(join(dir, 'model.onnx'));
    await register(varDir, dir);
    rmSync(dir, { recursive: true });
  };
  const setChallenger = <Body>(body: object): Promise<Answer<Body>> =>
    server.send<Body>('/models/challenger', {
      method: 'PUT',
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  describe('POST /models/reload', () => {
    it('takes over the version that the alias names now, and says whether that changed anything', async () => {
      expect((await reload()).body).toEqual({
        model: { name: 'foretell', version: '1' },
        changed: false,
      });
      await server.publish({ bias: 1 });
      const { status, body } = await reload();
      expect([status, body]).toEqual([
        200,
        { model: { name: 'foretell', version: '2' }, changed: true },
      ]);
      expect(await live()).toBe('2');
    });

    it('says why a version cannot be served and which one stays; readiness does not suffer, a metric counts', async () => {
      await publishBroken();
      const { status, body } = await reload<Problem>();
      expect([status, body.code, body.detail]).toEqual([
        503,
        'BUNDLE_INVALID',
        'model.onnx: there is no such file. Version 1 stays live.',
      ]);
      expect(await live()).toBe('1');
      expect((await server.send('/health/ready')).status).toBe(200);
      const { body: metrics } = await server.send<string>('/metrics');
      expect(metrics).toContain(
        'model_load_failures_total{model="foretell",role="champion",reason="bundle"} 1',
      );
      expect(metrics).toContain(
        'model_load_failures_total{model="foretell",role="champion",reason="registry"} 0',
      );
    });

    it('needs an operator', async () => {
      const { status } = await server.send('/models/reload', { method: 'POST' });
      expect(status).toBe(401);
    });
  });

  describe('PUT /models/challenger', () => {
    it('turns the challenger on and off', async () => {
      const version = await server.publish({ bias: 1 }, 'challenger');
      expect((await setChallenger({ mode: 'canary', share: 0.25 })).body).toEqual({
        mode: 'canary',
        share: 0.25,
        model: { name: 'foretell', version },
      });
      expect(server.app.get(Challenger, { strict: false }).current()?.version.version).toBe(
        version,
      );
      expect((await setChallenger({ mode: 'off' })).body).toEqual({
        mode: 'off',
        share: 0,
        model: null,
      });
      expect(await live()).toBe('1');
    });

    it.each([
      [{ mode: 'on' }, 'mode'],
      [{}, 'mode'],
      [{ mode: 'canary' }, 'share'],
      [{ mode: 'canary', share: 0 }, 'share'],
      [{ mode: 'canary', share: 1.5 }, 'share'],
      [{ mode: 'shadow', share: '0.1' }, 'share'],
      [{ mode: 'shadow', loud: true }, 'loud'],
    ])('refuses %j', async (body, field) => {
      const answer = await setChallenger<Problem>(body);
      expect(answer.status).toBe(422);
      expect(answer.body.errors?.map((error) => error.field)).toContain(field);
    });
  });

  describe('POST /webhooks/mlflow', () => {
    interface Sent {
      readonly event?: object;
      readonly body?: string;
      readonly secret?: string;
      readonly id?: string;
      readonly timestamp?: number;
    }
    const deliver = ({
      event = aliasSet(),
      body = JSON.stringify(event),
      secret = SECRET,
      id = randomUUID(),
      timestamp = nowSeconds(),
    }: Sent = {}): Promise<Answer<Problem & { followed?: boolean }>> => {
      const hmac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`);
      return server.post('/webhooks/mlflow', body, {
        'x-mlflow-delivery-id': id,
        'x-mlflow-timestamp': `${timestamp}`,
        'x-mlflow-signature': `v1,${hmac.digest('base64')}`,
      });
    };
    const becomes = async (version: string): Promise<void> => {
      await untilTrue(async () => (await live()) === version, 30_000, 20);
    };

    it('has the server look at once, and answers before the model is loaded', async () => {
      await server.publish({ bias: 1 });
      const { status, body } = await deliver();
      expect([status, body]).toEqual([202, { followed: true }]);
      await becomes('2');
    });

    it('verifies the bytes as they came, not what they mean', async () => {
      await server.publish({ bias: 1 });
      expect((await deliver({ body: JSON.stringify(aliasSet(), null, 3) })).status).toBe(202);
      await becomes('2');
    });

    it.each<[string, Sent]>([
      ['a wrong signature', { secret: 'some other secret' }],
      ['a timestamp of ten minutes ago', { timestamp: nowSeconds() - 600 }],
      ['a timestamp of ten minutes ahead', { timestamp: nowSeconds() + 600 }],
      ['no JSON and a wrong signature', { secret: 'some other secret', body: '{' }],
    ])('answers %s with 401 and reloads nothing', async (_what, sent) => {
      await server.publish({ bias: 1 });
      const { status, body } = await deliver(sent);
      expect([status, body.code]).toEqual([401, 'INVALID_SIGNATURE']);
      await sleep(100);
      expect(await live()).toBe('1');
    });

    it('answers a replay with 401 and reloads nothing', async () => {
      const delivery = { id: randomUUID(), timestamp: nowSeconds() };
      expect((await deliver(delivery)).status).toBe(202);
      // The look that it asked for is over.
      await server.app.get(ModelLoader, { strict: false }).check();
      await server.publish({ bias: 1 });
      const { status, body } = await deliver(delivery);
      expect([status, body.code]).toEqual([401, 'INVALID_SIGNATURE']);
      await sleep(100);
      expect(await live()).toBe('1');
    });

    it('answers a request without any signature with 401', async () => {
      const { status } = await server.post('/webhooks/mlflow', JSON.stringify(aliasSet()), {});
      expect(status).toBe(401);
    });

    it.each<[string, object]>([
      ['another model', aliasSet('other')],
      ['another alias', aliasSet('foretell', 'stable')],
      ['a challenger while there is none', aliasSet('foretell', 'challenger')],
      ['another thing', { ...aliasSet(), entity: 'registered_model' }],
      ['nothing', {}],
    ])('takes an event about %s and reloads nothing', async (_what, event) => {
      await server.publish({ bias: 1 });
      const { status, body } = await deliver({ event });
      expect([status, body]).toEqual([202, { followed: false }]);
      await sleep(100);
      expect(await live()).toBe('1');
    });

    it('has the challenger look when its alias moved', async () => {
      await setChallenger({ mode: 'shadow' });
      const version = await server.publish({ bias: 1 }, 'challenger');
      expect((await deliver({ event: aliasSet('foretell', 'challenger') })).body).toEqual({
        followed: true,
      });
      const challenger = server.app.get(Challenger, { strict: false });
      await untilTrue(() => Promise.resolve(challenger.current() !== null), 30_000, 20);
      expect(challenger.current()?.version.version).toBe(version);
    });

    it('is closed without a secret', async () => {
      await server.stop();
      server = await PredictionServer.start(publish);
      expect((await deliver()).status).toBe(404);
    });
  });
});
