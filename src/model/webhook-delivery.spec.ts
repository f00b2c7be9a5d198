// Which deliveries count: genuine, fresh, and once.
import { createHmac } from 'node:crypto';
import { DeliveryVerifier, type Delivery } from './webhook-delivery.ts';

const SECRET = 'a secret of the webhook';
const NOW = 1_800_000_000;
const SIGNATURE = 'v1,qAAANlS1If+XOLXX3aqCYCLfdR0qrJg7TVsW1h4hV5U=';

function signed(change: Partial<Delivery> = {}, secret = SECRET): Delivery {
  const delivery = { id: 'delivery-1', timestamp: `${NOW}`, body: '{"a":1}', ...change };
  const text = `${delivery.id}.${delivery.timestamp}.${delivery.body}`;
  const signature = `v1,${createHmac('sha256', secret).update(text).digest('base64')}`;
  return { signature, ...delivery };
}

describe('DeliveryVerifier', () => {
  let now: number;
  let verifier: DeliveryVerifier;
  beforeEach(() => {
    now = NOW;
    verifier = new DeliveryVerifier(SECRET, () => now);
  });
  const verdict = (delivery: Delivery): string => {
    try {
      verifier.verify(delivery);
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('accepts what MLflow signs, once', () => {
    expect(verdict(signed())).toBe('accepted');
    expect(verdict(signed({ id: 'delivery-2' }))).toBe('accepted');
    expect(verdict(signed())).toMatch('received before');
  });

  it('agrees with a signature that was computed elsewhere', () => {
    // printf '%s' 'delivery-1.1800000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of the webhook' -binary | base64
    expect(signed().signature).toBe(SIGNATURE);
    expect(verdict({ ...signed(), signature: SIGNATURE })).toBe('accepted');
  });

  const { signature } = signed();
  it.each<[string, Delivery]>([
    ['another secret', signed({}, 'another secret entirely')],
    ['another body', { ...signed(), body: '{"a":2}' }],
    ['another id', { ...signed(), id: 'delivery-9' }],
    ['another time', { ...signed(), timestamp: `${NOW + 1}` }],
    ['no signature', { ...signed(), signature: '' }],
    ['another scheme', { ...signed(), signature: signature.replace('v1', 'v2') }],
    ['a truncated signature', { ...signed(), signature: signature.slice(0, -5) }],
    ['a longer signature', { ...signed(), signature: `${signature}AAAA` }],
  ])('refuses %s', (_what, delivery) => {
    expect(verdict(delivery)).toMatch('signature is missing or not');
  });

  it.each([
    [-301, /older than 5 minutes/],
    [-299, 'accepted'],
    [299, 'accepted'],
    [301, /clocks differ/],
  ])('judges a delivery of %d seconds from now', (offset, expected) => {
    expect(verdict(signed({ timestamp: `${NOW + offset}` }))).toMatch(expected);
  });

  it.each(['', 'soon', 'NaN', '1e999'])('refuses the time %j, though it is signed', (timestamp) => {
    expect(verdict(signed({ timestamp }))).not.toBe('accepted');
  });

  it('refuses a replay for as long as its time would still be accepted', () => {
    expect(verdict(signed({ timestamp: `${NOW + 299}` }))).toBe('accepted');
    now = NOW + 590;
    expect(verdict(signed({ id: 'delivery-2', timestamp: `${now}` }))).toBe('accepted');
    expect(verdict(signed({ timestamp: `${NOW + 299}` }))).toMatch('received before');
    now = NOW + 600;
    expect(verdict(signed({ timestamp: `${NOW + 299}` }))).toMatch('older than 5 minutes');
  });

  it('does not let a forged delivery use up the id of a genuine one', () => {
    expect(verdict(signed({}, 'another secret entirely'))).not.toBe('accepted');
    expect(verdict(signed())).toBe('accepted');
  });
});
