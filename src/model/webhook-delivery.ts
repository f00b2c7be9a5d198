// Whether a webhook delivery comes from MLflow, is fresh and was not seen before: HMAC-SHA256 over "<id>.<timestamp>.<raw body>".
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../common/errors.ts';

/** As MLflow sends them: X-MLflow-Delivery-Id, X-MLflow-Timestamp (Unix seconds), X-MLflow-Signature ("v1,<base64>"). */
export interface Delivery {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  /** The body as it arrived: parsing and writing it again would change its bytes. */
  readonly body: string;
}

/** How far a delivery's time may lie from ours, either way. */
const TOLERANCE_SECONDS = 300;

export class DeliveryVerifier {
  /** Ids of genuine deliveries with the second from which their timestamp alone refuses them. */
  readonly #seen = new Map<string, number>();
  readonly #secret: string;
  readonly #nowSeconds: () => number;

  constructor(secret: string, nowSeconds: () => number = () => Date.now() / 1000) {
    this.#secret = secret;
    this.#nowSeconds = nowSeconds;
  }

  /** Accepts a delivery once. Throws INVALID_SIGNATURE. */
  verify(delivery: Delivery): void {
    if (!this.#isSigned(delivery))
      throw refused('The signature is missing or not that of MLFLOW_WEBHOOK_SECRET.');
    const now = this.#nowSeconds();
    const sentAt = Number(delivery.timestamp);
    if (!(Math.abs(now - sentAt) <= TOLERANCE_SECONDS))
      throw refused('The delivery is older than 5 minutes, or the clocks differ by more.');
    this.#forgetBefore(now);
    if (this.#seen.has(delivery.id)) throw refused('This delivery has been received before.');
    this.#seen.set(delivery.id, sentAt + TOLERANCE_SECONDS);
  }

  #isSigned({ id, timestamp, signature, body }: Delivery): boolean {
    const given = Buffer.from(/^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1] ?? '', 'base64');
    const expected = createHmac('sha256', this.#secret)
      .update(`${id}.${timestamp}.${body}`)
      .digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #forgetBefore(now: number): void {
    for (const [id, until] of this.#seen) if (until < now) this.#seen.delete(id);
  }
}

const refused = (detail: string): AppError => new AppError('INVALID_SIGNATURE', detail);
