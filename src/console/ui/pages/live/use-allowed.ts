// What the role of who is signed in allows on the page Live.
import { useSyncExternalStore } from 'react';
import { onSession, sessionState } from '../../api/session.ts';

interface Allowed {
  /** Scope `predict`. */
  readonly predicts: boolean;
  /** Scope `operate`. */
  readonly operates: boolean;
}

export function useAllowed(): Allowed {
  const role = useSyncExternalStore(onSession, sessionState).user?.role;
  return {
    predicts: role === 'admin' || role === 'operator' || role === 'client',
    operates: role === 'admin' || role === 'operator',
  };
}
