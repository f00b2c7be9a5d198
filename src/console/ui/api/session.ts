// Who is signed in. Tokens are kept in the browser's local storage, so that every tab is signed in; the access token is refreshed before it
// ends, by one tab at a time, since a refresh token works once. The page's strict content-security policy keeps scripts from elsewhere away
// from them.
import type { components } from './schema.d.ts';
import { problemOf, ProblemError, UnreachableError } from './problem.ts';

export type User = components['schemas']['UserResponse'];
type TokenResponse = components['schemas']['TokenResponse'];

interface StoredSession {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly user: User;
}

export interface SessionState {
  readonly user: User | null;
  /** The server ended the session: the page says why it asks for a password again. */
  readonly expired: boolean;
}

const STORAGE = 'foretell.session';
const LOCK = 'foretell.refresh';
/** A token this near its end is refreshed first. */
const MARGIN_MS = 30_000;

let stored: StoredSession | null = read();
let state: SessionState = { user: stored?.user ?? null, expired: false };
const listeners = new Set<() => void>();

window.addEventListener('storage', ({ key }) => {
  if (key === STORAGE || key === null) adopt(read(), false);
});

export const sessionState = (): SessionState => state;

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Throws ProblemError for wrong credentials. */
export async function signIn(username: string, password: string): Promise<void> {
  await open(await token({ grant_type: 'password', username, password }));
}

/** Ends the session here and on the server. */
export async function signOut(): Promise<void> {
  const token = stored?.accessToken;
  write(null);
  adopt(null, false);
  if (token === undefined) return;
  try {
    await send('token/revoke', { headers: bearer(token) });
  } catch {
    // Signed out here all the same; the token ends by itself.
  }
}

/** For a request now; null where nobody is signed in. `refused`: the token that the server no longer takes. */
export async function accessToken(refused?: string): Promise<string | null> {
  const token = freshToken(stored, refused);
  if (token !== null || stored === null) return token;
  return oneTabAtATime(async () => {
    // Another tab may have been faster.
    const session = read();
    if (session === null) {
      adopt(null, true);
      return null;
    }
    adopt(session, false);
    return freshToken(session, refused) ?? refresh(session);
  });
}

async function refresh(session: StoredSession): Promise<string | null> {
  try {
    const answer = await token({
      grant_type: 'refresh_token',
      refresh_token: session.refreshToken,
    });
    keep(answer, session.user);
    return answer.access_token;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status >= 500) throw error;
    write(null);
    adopt(null, true);
    return null;
  }
}

async function open(answer: TokenResponse): Promise<void> {
  const user = (await send('users/me', {
    method: 'GET',
    headers: bearer(answer.access_token),
  })) as User;
  keep(answer, user);
}

function keep(answer: TokenResponse, user: User): void {
  const session: StoredSession = {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: Date.now() + answer.expires_in * 1000,
    user,
  };
  write(session);
  adopt(session, false);
}

const token = (body: Readonly<Record<string, string>>): Promise<TokenResponse> =>
  send('token', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }) as Promise<TokenResponse>;

async function send(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(new URL(path, document.baseURI), { method: 'POST', ...init });
  } catch (error) {
    throw new UnreachableError(error);
  }
  const text = await response.text();
  const body: unknown = text === '' ? null : parse(text);
  if (!response.ok) throw new ProblemError(problemOf(response.status, body));
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Web Locks are there over TLS and on localhost alone; elsewhere two tabs may refresh at once, and one of them asks for the password. */
const oneTabAtATime = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request(LOCK, work) : work();

const bearer = (accessToken: string): Record<string, string> => ({
  Authorization: `Bearer ${accessToken}`,
});

const freshToken = (session: StoredSession | null, refused: string | undefined): string | null =>
  session !== null && session.accessToken !== refused && session.expiresAt - MARGIN_MS > Date.now()
    ? session.accessToken
    : null;

function adopt(session: StoredSession | null, expired: boolean): void {
  stored = session;
  const user = session?.user ?? null;
  if (user?.id === state.user?.id && user?.role === state.user?.role && expired === state.expired)
    return;
  state = { user, expired };
  for (const listener of listeners) listener();
}

function read(): StoredSession | null {
  const text = localStorage.getItem(STORAGE);
  return text === null ? null : (parse(text) as StoredSession | null);
}

function write(session: StoredSession | null): void {
  if (session === null) localStorage.removeItem(STORAGE);
  else localStorage.setItem(STORAGE, JSON.stringify(session));
}
