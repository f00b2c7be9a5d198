import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessUsageSampler } from './process-usage.ts';

describe('ProcessUsageSampler', () => {
  it('tells a busy interval from an idle one', async () => {
    const sampler = new ProcessUsageSampler();
    await sleep(200);
    const idle = sampler.sample();
    const [began, used] = [performance.now(), process.cpuUsage()];
    while (performance.now() < began + 200);
    const busy = sampler.sample();
    // A machine that is busy otherwise gives this process a part of a core.
    const { user, system } = process.cpuUsage(used);
    const share = (user + system) / 10 / (performance.now() - began);
    expect(busy.cpuPercent).toBeGreaterThan(idle.cpuPercent);
    expect(busy.cpuPercent).toBeGreaterThan(share / 2);
  });

  it('repeats the last percentage where two samples are too close to measure', () => {
    const sampler = new ProcessUsageSampler();
    expect(sampler.sample().cpuPercent).toBe(sampler.sample().cpuPercent);
  });

  it('states resident memory in bytes', () => {
    expect(new ProcessUsageSampler().sample().memoryBytes).toBeGreaterThan(10_000_000);
  });
});
