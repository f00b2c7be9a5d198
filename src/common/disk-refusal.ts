// Why the system refused to write a file, in words that can be acted on.

const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'the quota of its disk is used up',
  EROFS: 'its disk is read-only',
  EACCES: 'the permission to write is missing',
  EPERM: 'the permission to write is missing',
};

/** null for an error that is not such a refusal. */
export const refusalOf = (error: unknown): string | null =>
  REFUSALS[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? null;
