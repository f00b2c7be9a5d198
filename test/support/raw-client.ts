// A client that speaks HTTP by hand: it can stop in the middle, send nonsense, and read whatever comes back.
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PATIENCE_MS = 30_000;

export class RawClient {
  private text = '';
  private ended = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.text += chunk.toString('latin1')));
    socket.on('close', () => (this.ended = true));
    // A reset is one of the ways in which a server ends a connection.
    socket.on('error', () => undefined);
  }

  static async connect(url: string, halfOpen = false): Promise<RawClient> {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port), allowHalfOpen: halfOpen });
    const client = new RawClient(socket);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return client;
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** One byte after the other until there are no more or the server has had enough. */
  async drip(text: string, everyMs: number): Promise<void> {
    for (const byte of text) {
      if (this.ended) return;
      this.write(byte);
      await pause(everyMs);
    }
  }

  /** So many answers; throws where they do not come. */
  async answers(count: number): Promise<readonly RawAnswer[]> {
    await this.until(() => readAnswers(this.text).length >= count, `${count} answers`);
    return readAnswers(this.text);
  }

  /** What has come when the server ends the connection; throws where it does not. */
  async closed(): Promise<readonly RawAnswer[]> {
    await this.until(() => this.ended, 'the end of the connection');
    return readAnswers(this.text);
  }

  leave(): void {
    this.socket.resetAndDestroy();
  }

  private async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > deadline)
        throw new Error(`${what} did not come; what came is ${JSON.stringify(this.text)}`);
      await pause(5);
    }
  }
}

/** The complete answers in a text. */
function readAnswers(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; ;) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return answers;
    const [statusLine = '', ...lines] = text.slice(at, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const start = headEnd + 4;
    at = start + Number(headers['content-length'] ?? 0);
    if (at > text.length) return answers;
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    answers.push({ status, headers, body: text.slice(start, at) });
  }
}
