import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessUsageSampler } from './process-usage.ts';

describe('ProcessUsageSampler', () => {
  it('tells a busy interval from an idle one', async () => {
    const sampler = new ProcessUsageSampler();
    await sleep(200);
    const idle = sampler.sample();
    const until = performance.now() + 200;
    while (performance.now() < until);
    const busy = sampler.sample();
    expect(busy.cpuPercent).toBeGreaterThan(idle.cpuPercent);
    expect(busy.cpuPercent).toBeGreaterThan(10);
  });

  it('repeats the last percentage where two samples are too close to measure', () => {
    const sampler = new ProcessUsageSampler();
    expect(sampler.sample().cpuPercent).toBe(sampler.sample().cpuPercent);
  });

  it('states resident memory in bytes', () => {
    expect(new ProcessUsageSampler().sample().memoryBytes).toBeGreaterThan(10_000_000);
  });
});
