// A disk of a few megabytes that a test can fill: a tmpfs of its own, for which the test has to run as root on Linux.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
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

  /** Takes all space but so many bytes. */
  fill(left: number): void {
    this.clear();
    const { bavail, bsize } = statfsSync(this.dir);
    writeFileSync(this.ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  }

  /** Gives the space back. */
  clear(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    execFileSync('umount', [this.dir]);
    rmSync(this.dir, { recursive: true });
  }

  private get ballast(): string {
    return join(this.dir, 'ballast');
  }
}
