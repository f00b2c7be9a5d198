// Where the reader is: the part of the address after #, a page and what it is asked for (#/live?window=1h). The server sees none of it, so its
// own routes may have the same names.
import { useCallback, useMemo, useSyncExternalStore } from 'react';

export interface Place {
  /** `/live`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const hash = (): string => window.location.hash.slice(1);

function onChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => {
    window.removeEventListener('hashchange', listener);
  };
}

export function usePlace(): Place {
  const current = useSyncExternalStore(onChange, hash);
  return useMemo(() => {
    const [path = '', query = ''] = current.split('?', 2);
    return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
  }, [current]);
}

/** One thing that the page is asked for, kept in the address; its default is left out. */
export function useQueryValue<T extends string>(
  name: string,
  fallback: T,
): readonly [T, (value: T) => void] {
  const { path, query } = usePlace();
  const value = (query.get(name) ?? fallback) as T;
  const change = useCallback(
    (next: T) => {
      const changed = new URLSearchParams(hash().split('?', 2)[1]);
      if (next === fallback) changed.delete(name);
      else changed.set(name, next);
      replacePlace(path, changed);
    },
    [path, name, fallback],
  );
  return [value, change];
}

export const linkTo = (path: string, query: Readonly<Record<string, string>> = {}): string => {
  const text = new URLSearchParams(query).toString();
  return `#${path}${text === '' ? '' : `?${text}`}`;
};

export function goTo(path: string, query: Readonly<Record<string, string>> = {}): void {
  window.location.hash = linkTo(path, query);
}

/** Without a step back in the browser's history. */
function replacePlace(path: string, query: URLSearchParams): void {
  const text = query.toString();
  window.history.replaceState(null, '', `#${path}${text === '' ? '' : `?${text}`}`);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
