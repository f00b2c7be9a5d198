// Bodies that are read while they arrive: a route marked so gets an Upload in place of a parsed body, of any length, in constant memory. Who
// reads slowly slows the sender down.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from './errors.ts';
import { toAppError } from './problem.filter.ts';

/** Stands in for the caller's content type on its way through Fastify, which chooses a parser by it. */
const STREAM_TYPE = 'application/x-streamed-body';
/** How long the rest of an upload is read and dropped after the answer: who is cut off while he sends may never see why. */
const LINGER_MS = 5000;
/** Chunks of 64 KiB that may have come before they are asked for: to stop and start the connection for each one takes 20 us a chunk. */
const CHUNKS_AHEAD = 4;

/** Marks a handler whose request.body is an Upload. */
export const StreamedBody = (): MethodDecorator => RouteConfig({ streamed: true });

const isStreamed = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.config as { streamed?: boolean }).streamed === true;

/** `idleMs`: how long the next bytes of an upload may take to come. */
export function acceptStreams(fastify: FastifyInstance, idleMs: number): void {
  const uploads = new WeakMap<FastifyRequest, Upload>();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isStreamed(request)) {
      const upload = new Upload(request.raw, request.headers['content-type'], idleMs);
      uploads.set(request, upload);
      request.headers['content-type'] = STREAM_TYPE;
      exemptFromTimeout(request.raw.socket);
      reply.raw.once('close', () => {
        upload.close();
        dropRest(request.raw);
      });
    }
    done();
  });
  fastify.addContentTypeParser(STREAM_TYPE, (request, _payload, done) => {
    const upload = uploads.get(request);
    if (upload === undefined) done(toAppError({ statusCode: 415 }));
    else done(null, upload);
  });
}

/** Who waits for the next bytes; null: there are no more. */
interface Waiter {
  readonly came: (chunk: Buffer | null) => void;
  readonly failed: (error: Error) => void;
}

/** Of a request that is read while it arrives. */
export class Upload {
  /** As the sender states it; null where it does not. */
  readonly bytes: number | null;
  #waiter: Waiter | null = null;
  /** Came and were not asked for yet. */
  readonly #ahead: Buffer[] = [];
  #isWhole = false;
  #failure: AppError | null = null;

  constructor(
    private readonly request: IncomingMessage,
    /** The content type as it came. */
    readonly type: string | undefined,
    private readonly idleMs: number,
  ) {
    const length = request.headers['content-length'];
    this.bytes = length === undefined ? null : Number(length);
  }

  /** To be asked for once. Throws BODY_TOO_LARGE, REQUEST_TIMEOUT, BAD_REQUEST where the sender leaves. `limit`: of the setting `setting`. */
  async *chunks(limit: number, setting: string): AsyncGenerator<Buffer, void, undefined> {
    if ((this.bytes ?? 0) > limit) throw tooLarge(setting);
    this.#listen();
    let bytes = 0;
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(setting);
      yield chunk;
    }
  }

  /** Nobody reads any further; who waits for bytes hears so. */
  close(): void {
    this.#fail(new AppError('BAD_REQUEST', 'The upload was given up before its end.'));
  }

  #listen(): void {
    this.request
      .on('data', (chunk: Buffer) => {
        const waiter = this.#take();
        if (waiter === null) this.#ahead.push(chunk);
        else waiter.came(chunk);
        if (this.#ahead.length >= CHUNKS_AHEAD) this.request.pause();
      })
      .on('end', () => {
        this.#isWhole = true;
        this.#take()?.came(null);
      })
      .on('error', () => undefined)
      .on('close', () => {
        if (!this.#isWhole) this.#fail(new AppError('BAD_REQUEST', 'The upload broke off.'));
      });
  }

  #next(): Promise<Buffer | null> {
    return new Promise((came, failed) => {
      const next = this.#ahead.shift();
      if (this.#failure !== null) failed(this.#failure);
      else if (next !== undefined) came(next);
      else if (this.#isWhole) came(null);
      else this.#wait(came, failed);
    });
  }

  #wait(came: Waiter['came'], failed: Waiter['failed']): void {
    const timer = setTimeout(() => {
      this.#fail(
        new AppError(
          'REQUEST_TIMEOUT',
          'The next part of the upload did not arrive within REQUEST_TIMEOUT.',
        ),
      );
    }, this.idleMs);
    this.#waiter = {
      came: (chunk) => {
        clearTimeout(timer);
        came(chunk);
      },
      failed: (error) => {
        clearTimeout(timer);
        failed(error);
      },
    };
    this.request.resume();
  }

  #take(): Waiter | null {
    const waiter = this.#waiter;
    this.#waiter = null;
    return waiter;
  }

  #fail(error: AppError): void {
    this.#failure ??= error;
    this.#take()?.failed(this.#failure);
  }
}

const tooLarge = (setting: string): AppError =>
  new AppError('BODY_TOO_LARGE', `The upload is larger than ${setting} allows.`);

/**
 * REQUEST_TIMEOUT bounds how long a request takes to arrive as a whole; an upload may take hours, as long as it moves, which Upload watches
 * itself. Node keeps that time per connection, and its parser takes the message that it is reading now out of the watch; no option does.
 */
function exemptFromTimeout(socket: Socket): void {
  (socket as { parser?: { remove?: () => void } | null }).parser?.remove?.();
}

function dropRest(request: IncomingMessage): void {
  const { socket } = request;
  if (request.complete || socket.destroyed) return;
  request.removeAllListeners('data').on('error', () => undefined);
  request.resume();
  const timer = setTimeout(() => {
    socket.destroy();
  }, LINGER_MS).unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}
