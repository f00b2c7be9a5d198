// A server whose champion, version 1, has a challenger, version 2, of another bias or of other features; and what tests ask of it.
import { DataSource } from 'typeorm';
import type { ModelFeature } from '../../src/features/feature-spec.ts';
import { Challenger } from '../../src/model/challenger.ts';
import { ChallengerPrediction } from '../../src/prediction/challenger-prediction.entity.ts';
import { untilTrue } from './until.ts';
import { PredictionServer, publish, type Answer } from './prediction-server.ts';
import { TINY_FEATURES, tinyProbability } from './tiny-bundle.ts';

export const CHALLENGER_BIAS = -0.3;
/** Of a challenger that no row of the champion fits. */
export const OTHER_FEATURES: readonly ModelFeature[] = [
  { kind: 'numeric', name: 'width', nullable: false, training: { min: 1, max: 3, median: 2 } },
];

export interface Prediction {
  readonly id: string;
  readonly label: string;
  readonly probability: number;
  readonly model: { readonly version: string };
}
export interface Comparison {
  readonly n: number;
  readonly champion: { readonly n: number };
  readonly challenger: { readonly n: number };
}

export const rowOf = (i: number) => ({
  'mean radius': 7 + i / 2,
  'mean texture': 18,
  side: 'left',
});
export const byChampion = (i: number): number => tinyProbability(TINY_FEATURES, 0, rowOf(i));
export const byChallenger = (i: number): number =>
  tinyProbability(TINY_FEATURES, CHALLENGER_BIAS, rowOf(i));
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export class ChallengedServer {
  private constructor(
    readonly server: PredictionServer,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  static startWith(features = TINY_FEATURES): Promise<ChallengedServer> {
    return ChallengedServer.start(async (varDir) => {
      await publish(varDir);
      await publish(varDir, { bias: CHALLENGER_BIAS, features }, 'challenger');
    });
  }

  static async start(prepare: (varDir: string) => Promise<unknown>): Promise<ChallengedServer> {
    const server = await PredictionServer.start(prepare);
    return new ChallengedServer(server, { authorization: `Bearer ${await server.token()}` });
  }

  async setMode(mode: string, share?: number): Promise<void> {
    const { status } = await this.server.send('/models/challenger', {
      method: 'PUT',
      body: JSON.stringify({ mode, share }),
      headers: { ...this.headers, 'content-type': 'application/json' },
    });
    expect(status).toBe(200);
  }

  async predict(i: number, key?: string): Promise<Answer<Prediction>> {
    const body = JSON.stringify({ features: rowOf(i), ...(key !== undefined && { key }) });
    const answer = await this.server.post<Prediction>('/predict', body, this.headers);
    expect(answer.status).toBe(200);
    return answer;
  }

  /** Rows 0 to n - 1, all at once. */
  predictAll(n: number): Promise<Answer<Prediction>[]> {
    return Promise.all(Array.from({ length: n }, (_, i) => this.predict(i)));
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.server.send<Body>(path, { headers: this.headers });
  }

  async compare(query = ''): Promise<Comparison> {
    return (await this.get<Comparison>(`/monitoring/champion-challenger${query}`)).body;
  }

  comparisons(): Promise<ChallengerPrediction[]> {
    return this.server.app.get(DataSource).getRepository(ChallengerPrediction).find();
  }

  /** The comparisons once there are that many: they are stored behind the answers. */
  async recorded(n: number): Promise<ChallengerPrediction[]> {
    await untilTrue(async () => (await this.comparisons()).length >= n, 30_000, 20);
    const rows = await this.comparisons();
    expect(rows).toHaveLength(n);
    return rows;
  }

  async metrics(): Promise<string> {
    return (await this.server.send<string>('/metrics')).body;
  }

  /** The value of a series of /metrics; NaN where there is none. */
  async metric(series: string): Promise<number> {
    const lines = (await this.metrics()).split('\n');
    return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length));
  }

  /** From now on, its session answers nothing. */
  async breakChallenger(): Promise<void> {
    await this.server.app.get(Challenger).current()?.scorer.release();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
