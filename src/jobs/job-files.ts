// The files of a job: its upload and the parts of its result. A part's name has a half of its own, so that two servers that score the same
// rows write two files, of which the table counts one.
import { randomBytes } from 'node:crypto';
import type { Job } from './job.entity.ts';
import { INPUT, type JobStorage } from './storage/job-storage.ts';

export const newSuffix = (): string => randomBytes(6).toString('hex');

export const partFile = (number: number, suffix: string): string => `${number}-${suffix}.ndjson`;

/** The files of the result, in the order of the rows. */
export const partFiles = ({ parts }: Pick<Job, 'parts'>): readonly string[] =>
  parts
    .split(' ')
    .filter((suffix) => suffix !== '')
    .map((suffix, number) => partFile(number, suffix));

/** Removes what an ended job does not need: its upload, and what lost races left; of one without a result, everything. */
export async function tidy(
  storage: JobStorage,
  job: Pick<Job, 'id' | 'state' | 'parts'>,
): Promise<void> {
  if (job.state !== 'done') {
    await storage.remove(job.id);
    return;
  }
  const wanted = new Set(partFiles(job));
  const files = await storage.list(job.id);
  for (const file of files.filter((each) => each === INPUT || !wanted.has(each)))
    await storage.remove(job.id, file);
}
