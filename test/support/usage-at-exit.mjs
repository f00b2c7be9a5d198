// Loaded into a process before its program (node --import): at its end it tells on file descriptor 3 what the process took. Linux only.
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const numberIn = (file, field) =>
  Number(
    new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/self/${file}`, 'utf8'))?.[1],
  );

if (isMainThread) {
  process.on('exit', () => {
    // Not resourceUsage: its peak is also that of the process that started this one.
    const peakMegabytes = numberIn('status', 'VmHWM') / 1024;
    const readBytes = numberIn('io', 'rchar');
    const { user, system } = process.cpuUsage();
    const processorSeconds = (user + system) / 1e6;
    writeSync(3, JSON.stringify({ peakMegabytes, readBytes, processorSeconds }));
  });
}
