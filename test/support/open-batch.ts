// A batch by hand: rows are sent and answers are read as a test says.
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

export class OpenBatch {
  private constructor(readonly request: ClientRequest) {
    // A reset is one of the ways in which a server ends a connection.
    request.on('error', () => undefined);
  }

  static begin(url: string, headers: Readonly<Record<string, string>>): OpenBatch {
    return new OpenBatch(request(url, { method: 'POST', headers }));
  }

  /** Resolves when the connection has taken it. */
  async send(bytes: string | Buffer): Promise<void> {
    if (!this.request.write(bytes)) await once(this.request, 'drain');
  }

  async answer(): Promise<IncomingMessage> {
    const [answer] = (await once(this.request, 'response')) as [IncomingMessage];
    return answer;
  }

  leave(): void {
    this.request.destroy();
  }
}

/** The lines of an answer, one after the other. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of answer) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
