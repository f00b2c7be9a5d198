// Whether who is signed in has a scope: what nobody may use is not shown.
import { useSyncExternalStore } from 'react';
import { SCOPES_OF_ROLE, type Scope } from '../api/scopes.ts';
import { onSession, sessionState } from '../api/session.ts';

export function useMay(scope: Scope): boolean {
  const { user } = useSyncExternalStore(onSession, sessionState);
  return user !== null && SCOPES_OF_ROLE[user.role].includes(scope);
}
