// The newest predictions as the reader has them before them: as the stream tells them, held while they are read, or with older ones below.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import type { RecentPrediction } from './live-data.ts';
import { joined, type RecentFilter } from './recent-filter.ts';

type LogPage = Schemas['PredictionPageResponse'];

interface Browsed {
  readonly rows: readonly RecentPrediction[];
  /** null: the log holds no older ones. */
  readonly cursor: string | null;
}

export interface Recent {
  readonly rows: readonly RecentPrediction[];
  readonly held: boolean;
  readonly hold: () => void;
  readonly release: () => void;
  readonly browsing: boolean;
  readonly hasOlder: boolean;
  readonly askOlder: () => void;
  readonly asking: boolean;
  readonly error: unknown;
  readonly backToLive: () => void;
}

const PAGE = 50;

export function useRecent(newest: readonly RecentPrediction[], filter: RecentFilter): Recent {
  const [held, setHeld] = useState<readonly RecentPrediction[] | null>(null);
  const [browsed, setBrowsed] = useState<Browsed | null>(null);
  const rows = browsed?.rows ?? held ?? newest;
  const older = useMutation({
    mutationFn: () => pageAfter(rows, browsed?.cursor ?? null, filter),
    onSuccess: ({ items, next_cursor: cursor }) => {
      setBrowsed({ rows: joined(rows, items.map(asRecent)), cursor });
    },
  });
  return {
    rows,
    held: held !== null,
    hold: () => {
      setHeld(rows);
    },
    release: () => {
      setHeld(null);
    },
    browsing: browsed !== null,
    hasOlder: browsed === null || browsed.cursor !== null,
    askOlder: () => {
      older.mutate();
    },
    asking: older.isPending,
    error: older.error,
    backToLive: () => {
      setBrowsed(null);
      setHeld(null);
    },
  };
}

function pageAfter(
  rows: readonly RecentPrediction[],
  cursor: string | null,
  { label, version }: RecentFilter,
): Promise<LogPage> {
  const last = rows.at(-1);
  const query = {
    limit: PAGE,
    ...(label !== '' && { label }),
    ...(version !== '' && { version }),
    ...(cursor !== null && { cursor }),
    // Others of the same millisecond come again rather than not at all.
    ...(cursor === null && last !== undefined && { to: justAfter(last.created_at) }),
  };
  return answerOf(api.GET('/predictions', { params: { query } }));
}

const justAfter = (instant: string): string => new Date(Date.parse(instant) + 1).toISOString();

const asRecent = ({
  id,
  created_at,
  label,
  probability,
  threshold,
  model,
  duration_ms,
  warnings,
  key,
}: LogPage['items'][number]): RecentPrediction => ({
  id,
  created_at,
  label,
  probability,
  threshold,
  model,
  duration_ms,
  warnings: warnings.length,
  key,
});
