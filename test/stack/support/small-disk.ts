// A disk of a few megabytes that a test can fill: a tmpfs of its own, for which the test has to run as root on Linux.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  private constructor(readonly dir: string) {}

  static mount(megabytes: number): SmallDisk {
    const dir = mkdtempSync(join(tmpdir(), 'small-disk-'));
    try {
      const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir];
      execFileSync('mount', options, { stdio: 'pipe' });
    } catch (error) {
      rmSync(dir, { recursive: true });
      const message = 'a full disk is made with mount -t tmpfs: run this test as root on Linux';
      throw new Error(message, { cause: error });
    }
    return new SmallDisk(dir);
  }

  /** Takes all space but so many bytes, or fewer where somebody else writes meanwhile. */
  fill(left: number): void {
    this.clear();
    try {
      for (let room = this.room; room > left; room = this.room)
        appendFileSync(this.ballast, Buffer.alloc(room - left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  /** Gives the space back. */
  clear(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    execFileSync('umount', [this.dir]);
    rmSync(this.dir, { recursive: true });
  }

  private get room(): number {
    const { bavail, bsize } = statfsSync(this.dir);
    return bavail * bsize;
  }

  private get ballast(): string {
    return join(this.dir, 'ballast');
  }
}
