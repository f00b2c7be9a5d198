// Changes one's own password, and lets the console find out that its session is over.
import { addressOf } from '../../api/client.ts';
import { problemOf, ProblemError, UnreachableError } from '../../api/problem.ts';
import { accessToken } from '../../api/session.ts';

/**
 * Sent once: a refusal says that the password of today is wrong, which a second try would count as a second one. Afterwards the server takes
 * neither token of the session; asking for a fresh one shows the sign-in.
 */
export async function changePassword(current: string, next: string): Promise<void> {
  const token = await accessToken();
  const response = await send(token ?? '', { current_password: current, new_password: next });
  if (!response.ok) throw new ProblemError(problemOf(response.status, await bodyOf(response)));
  await accessToken(token ?? undefined);
}

async function send(token: string, body: Readonly<Record<string, string>>): Promise<Response> {
  try {
    return await fetch(addressOf('/users/me/password'), {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (error) {
    throw new UnreachableError(error);
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
