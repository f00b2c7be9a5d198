// What this process uses, as each prediction notes it; the system is asked every 100 ms at most.

/** The process's processor time per wall time since the sample before, in percent of one core, and its resident memory. */
export interface ProcessUsage {
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

/** Below this, the operating system's tick makes the quotient noise; the values before are given again. */
const MIN_INTERVAL_MS = 100;

export class ProcessUsageSampler {
  private at = performance.now();
  private cpu = process.cpuUsage();
  private latest: ProcessUsage = { cpuPercent: 0, memoryBytes: process.memoryUsage.rss() };

  sample(): ProcessUsage {
    const elapsed = performance.now() - this.at;
    if (elapsed >= MIN_INTERVAL_MS) {
      const { user, system } = process.cpuUsage(this.cpu);
      // Asking the system takes longer than a prediction may.
      this.latest = {
        cpuPercent: (user + system) / 10 / elapsed,
        memoryBytes: process.memoryUsage.rss(),
      };
      this.at = performance.now();
      this.cpu = process.cpuUsage();
    }
    return this.latest;
  }
}
