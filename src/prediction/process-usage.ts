// What this process uses, sampled at each prediction: cheap enough for the hot path (a few microseconds).

/** The process's processor time per wall time since the sample before, in percent of one core, and its resident memory. */
export interface ProcessUsage {
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

/** Below this, the operating system's tick makes the quotient noise; the value before is given again. */
const MIN_INTERVAL_MS = 10;

export class ProcessUsageSampler {
  private at = performance.now();
  private cpu = process.cpuUsage();
  private cpuPercent = 0;

  sample(): ProcessUsage {
    const elapsed = performance.now() - this.at;
    if (elapsed >= MIN_INTERVAL_MS) {
      const { user, system } = process.cpuUsage(this.cpu);
      this.cpuPercent = (user + system) / 10 / elapsed;
      this.at = performance.now();
      this.cpu = process.cpuUsage();
    }
    return { cpuPercent: this.cpuPercent, memoryBytes: process.memoryUsage.rss() };
  }
}
