// From the start of a process to its first answer, with everything on and the state of earlier runs in place.
import { json } from '../client.ts';
import { quantile } from '../figures.ts';
import type { Part } from './parts.ts';
import type { Stage } from './stage.ts';

const STARTS = 5;

export async function measureColdStart(stage: Stage): Promise<Part> {
  const ready: number[] = [];
  const predicted: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now();
    const server = await stage.start();
    try {
      await json(await fetch(`${server.url}/health/ready`));
      ready.push(performance.now() - began);
      const { headers, body } = stage.request;
      await json(await fetch(`${server.url}/predict`, { method: 'POST', headers, body }));
      predicted.push(performance.now() - began);
    } finally {
      await server.stop();
    }
  }
  const figure = (what: string, values: readonly number[]) => ({
    what: `start of the process to ${what}, median of ${STARTS}`,
    value: quantile(values, 0.5) / 1000,
    unit: 's',
  });
  const figures = [figure('ready', ready), figure('the first prediction stored', predicted)];
  return { table: '', figures, measured: { ready, predicted } };
}
