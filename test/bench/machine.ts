// Where figures were measured.
import { cpus } from 'node:os';

/** "Node v20.20.2 on 2 cores (AMD EPYC)" */
export const machine = (): string =>
  `Node ${process.version} on ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
