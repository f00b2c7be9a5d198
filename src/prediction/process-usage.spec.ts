import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessUsageSampler } from './process-usage.ts';

const INTERVAL_MS = 200;

function spin(): Promise<void> {
  const until = performance.now() + INTERVAL_MS;
  while (performance.now() < until);
  return Promise.resolve();
}

describe('ProcessUsageSampler', () => {
  it.each([
    ['waits', () => sleep(INTERVAL_MS)],
    ['works', spin],
  ])('tells what the process used while it %s', async (_, pass) => {
    const [began, used] = [performance.now(), process.cpuUsage()];
    const sampler = new ProcessUsageSampler();
    await pass();
    const { cpuPercent } = sampler.sample();
    // A machine that is busy otherwise gives this process a part of a core, and other threads of it may work while this one waits.
    const { user, system } = process.cpuUsage(used);
    const percent = (user + system) / 10 / (performance.now() - began);
    expect(cpuPercent).toBeGreaterThan(percent / 2);
    expect(cpuPercent).toBeLessThan(2 * percent + 10);
  });

  it('repeats the last percentage where two samples are too close to measure', () => {
    const sampler = new ProcessUsageSampler();
    expect(sampler.sample().cpuPercent).toBe(sampler.sample().cpuPercent);
  });

  it('states resident memory in bytes', () => {
    expect(new ProcessUsageSampler().sample().memoryBytes).toBeGreaterThan(10_000_000);
  });
});
