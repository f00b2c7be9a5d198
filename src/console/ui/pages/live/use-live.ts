// The stream of the page Live as React state: what came last, how the line is, whether it is late.
import { useEffect, useState } from 'react';
import { addressOf, authorizedFetch } from '../../api/client.ts';
import { openEventStream, type StreamState } from '../../api/event-stream.ts';
import type { WindowName } from '../../api/windows.ts';
import type { LiveState } from './live-data.ts';
import { afterEvent } from './live-state.ts';

export interface Feed {
  /** The last that came, also of another window until the first of this one has come. */
  readonly live: LiveState | null;
  readonly line: StreamState;
  /** When the last event came, epoch milliseconds. */
  readonly receivedAt: number | null;
  readonly stale: boolean;
}

/** Events that may fail to come before what is shown is called stale. */
const LATE_TICKS = 3;
/** A tab that nobody looks at asks for nothing from here on. */
const HIDDEN_MS = 60_000;

const START: Feed = { live: null, line: { kind: 'connecting' }, receivedAt: null, stale: false };

/** `attempt`: another one starts anew after the server refused. */
export function useLive(
  window: WindowName,
  version: string,
  running: boolean,
  attempt: number,
): Feed {
  const [feed, setFeed] = useState(START);
  const watched = useWatched();
  useEffect(() => {
    if (!running || !watched) return;
    return follow(streamUrl(window, version), (changed) => {
      setFeed((before) => ({ ...before, ...changed }));
    });
  }, [window, version, running, watched, attempt]);
  return feed;
}

function streamUrl(window: WindowName, version: string): URL {
  const url = addressOf('/monitoring/stream');
  url.searchParams.set('window', window);
  if (version !== '') url.searchParams.set('version', version);
  return url;
}

function follow(url: URL, tell: (changed: Partial<Feed>) => void): () => void {
  let live: LiveState | null = null;
  let late: ReturnType<typeof setTimeout> | undefined;
  const stop = openEventStream({
    url,
    fetch: authorizedFetch,
    onState: (line) => {
      tell({ line });
    },
    onEvent: (event) => {
      live = afterEvent(live, event);
      if (live === null) return;
      clearTimeout(late);
      late = setTimeout(
        () => {
          tell({ stale: true });
        },
        LATE_TICKS * live.tick_seconds * 1000,
      );
      tell({ live, receivedAt: Date.now(), stale: false });
    },
  });
  return () => {
    clearTimeout(late);
    stop();
  };
}

/** Whether the tab is in sight, or was a moment ago. */
function useWatched(): boolean {
  const [watched, setWatched] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      if (document.hidden)
        timer = setTimeout(() => {
          setWatched(false);
        }, HIDDEN_MS);
      else setWatched(true);
    };
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return watched;
}
