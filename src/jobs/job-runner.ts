// Works on jobs for as long as the server runs: one at a time, whichever the queue gives.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { JobWork } from './job-work.ts';
import { JobQueue } from './queue/job-queue.ts';

/** How long a job that another process took in waits to be seen by this one. */
const LOOK_MS = 1000;

@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  /** Names this process to the others, and to those who read the table. */
  private readonly holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  private readonly isOn: boolean;
  private isEnding = false;
  private isFailing = false;
  private wakeUp: (() => void) | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    { jobs }: Config,
    private readonly queue: JobQueue,
    private readonly work: JobWork,
  ) {
    this.isOn = jobs.work;
  }

  onApplicationBootstrap(): void {
    if (this.isOn) this.running = this.run();
  }

  /** There is a job: look now. */
  wake(): void {
    this.wakeUp?.();
  }

  /** While the database is still there: the turn under way is given back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    this.wake();
    await this.work.end();
    await this.running;
    await this.queue.close();
  }

  private async run(): Promise<void> {
    while (!this.isEnding) if (!(await this.turn())) await this.pause();
  }

  /** False where there was nothing to do, or the database is away. */
  private async turn(): Promise<boolean> {
    try {
      const turn = await this.queue.take(this.holder);
      if (turn !== null) await this.work.take(turn);
      this.isFailing = false;
      return turn !== null;
    } catch (error) {
      // Told once, and tried for as long as it takes.
      if (!this.isFailing) this.logger.error(`Jobs are not worked on: ${messageOf(error)}`);
      this.isFailing = true;
      return false;
    }
  }

  private pause(): Promise<void> {
    if (this.isEnding) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      timer.unref();
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
