// Model cards over real HTTP: of any registered version, as Markdown and JSON, with what is true at that moment.
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';

interface Card {
  readonly name: string;
  readonly version: string;
  readonly generated_at: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly markdown: string;
}

describe('GET /models/:name/card', () => {
  let server: PredictionServer;
  let headers: Record<string, string>;

  beforeAll(async () => {
    server = await PredictionServer.start(async (dir) => {
      await publish(dir);
      await publish(dir, { threshold: 0.7 }, 'challenger');
    });
    headers = { authorization: `Bearer ${await server.token()}` };
  });
  afterAll(() => server.stop());

  const get = <Body>(path: string, accept: string) =>
    server.send<Body>(`/models/foretell/card${path}`, { headers: { ...headers, accept } });
  const json = (path = '') => get<Card>(path, 'application/json');

  it('answers Markdown unless JSON is asked for', async () => {
    const answer = await fetch(`${server.url}/models/foretell/card`, { headers });
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(answer.headers.get('vary')).toContain('Accept');
    const text = await answer.text();
    expect(text).toMatch(/^# Model card: foretell, version 1\n/);
    const { status, body } = await json();
    expect(status).toBe(200);
    expect(body.markdown.replaceAll(body.generated_at, '')).toBe(
      text.replace(/As of [^:]+:\S+/, `As of :`),
    );
  });

  it('is of the champion, or of the version that is named, live or not', async () => {
    expect((await json()).body.version).toBe('1');
    const { body } = await json('?version=2');
    expect(body.version).toBe('2');
    expect(body.markdown).toContain('from a probability of 0.7 on');
    expect(body.facts).toContainEqual({ name: 'aliases', value: 'challenger' });
  });

  it('says at once who promoted a version, and when', async () => {
    const promotion = await server.send('/models/foretell/promote', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ version: '2', force: true, reason: 'a better threshold' }),
    });
    expect(promotion.status).toBe(200);
    const { body } = await json();
    expect(body.version).toBe('2');
    const promoted = body.facts.find(({ name }) => name === 'became champion');
    expect(promoted?.value).toMatch(/promotion by admin at \d{4}-.*: a better threshold$/);
    expect(body.markdown).toContain(promoted?.value ?? 'none');
  });

  it('answers 404 for what is not registered, and 406 for other types', async () => {
    const unknown = await get<Problem>('?version=99', '*/*');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'MODEL_NOT_FOUND']);
    const other = await server.send<Problem>('/models/other/card', { headers });
    expect([other.status, other.body.code]).toEqual([404, 'MODEL_NOT_FOUND']);
    const image = await get<Problem>('', 'image/png');
    expect([image.status, image.body.code]).toEqual([406, 'NOT_ACCEPTABLE']);
  });

  it('needs the scope read', async () => {
    expect((await server.send('/models/foretell/card')).status).toBe(401);
  });
});
