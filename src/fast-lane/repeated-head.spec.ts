import type { IncomingMessage } from 'node:http';
import { isWhole, RepeatedHead } from './repeated-head.ts';

const HEAD =
  'POST /predict HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nContent-Length: 4\r\nX-Last: 1\r\n\r\n';
const BODY = '{ }\n';
const WHOLE = Buffer.from(HEAD + BODY);

const messageOf = (
  headers: IncomingMessage['headers'] = {},
  httpVersion = '1.1',
): IncomingMessage =>
  ({
    httpVersion,
    headers: { authorization: 'Bearer t', 'content-length': '4', ...headers },
  }) as IncomingMessage;

const learn = (): RepeatedHead => RepeatedHead.of(WHOLE, messageOf()) as RepeatedHead;
const ofLength = (length: string, body: string): Buffer =>
  Buffer.from(HEAD.replace('Length: 4', `Length: ${length}`) + body);

describe('RepeatedHead', () => {
  it('finds the body behind the same head, whatever its length', () => {
    const head = learn();
    expect(head.headers.authorization).toBe('Bearer t');
    expect(head.bodyOf(WHOLE)?.toString()).toBe(BODY);
    expect(head.bodyOf(ofLength('11', '{"a": 1.25}'))?.toString()).toBe('{"a": 1.25}');
    expect(head.bodyOf(ofLength('1', 'x'))?.toString()).toBe('x');
  });

  it('finds none behind a head that differs in any one byte', () => {
    const head = learn();
    for (let at = 0; at < HEAD.length; at += 1)
      for (const bit of [1, 32, 128]) {
        const bytes = Buffer.from(WHOLE);
        bytes[at] = (bytes[at] ?? 0) ^ bit;
        expect([at, bit, head.bodyOf(bytes)]).toEqual([at, bit, null]);
      }
  });

  it('finds none where a byte is missing or left, wherever the bytes end', () => {
    const head = learn();
    for (let end = 0; end < WHOLE.length; end += 1)
      expect(head.bodyOf(WHOLE.subarray(0, end))).toBeNull();
    expect(head.bodyOf(Buffer.concat([WHOLE, Buffer.from('P')]))).toBeNull();
    expect(head.bodyOf(Buffer.concat([WHOLE, WHOLE]))).toBeNull();
  });

  it.each([
    '',
    '0',
    '04',
    '+4',
    '-4',
    ' 4',
    '4 ',
    '4;',
    '0x4',
    '4e0',
    '4,4',
    '00000000004',
    '18446744073709551620',
  ])('finds none behind a length that only looks like one: %j', (length) => {
    expect(learn().bodyOf(ofLength(length, BODY))).toBeNull();
  });

  it.each([
    ['HTTP/1.0', messageOf({}, '1.0')],
    ['a connection that is to end', messageOf({ connection: 'close' })],
    ['a connection that is to be another', messageOf({ connection: 'upgrade' })],
    ['a body that is to be asked for', messageOf({ expect: '100-continue' })],
  ])('learns nothing from %s', (_what, message) => {
    expect(RepeatedHead.of(WHOLE, message)).toBeNull();
  });
});

describe('isWhole', () => {
  it('is for one request, all of it and nothing else', () => {
    expect(isWhole(WHOLE, messageOf())).toBe(true);
    expect(
      isWhole(Buffer.from('GET / HTTP/1.1\r\n\r\n'), messageOf({ 'content-length': undefined })),
    ).toBe(true);
    expect(isWhole(WHOLE.subarray(1), messageOf())).toBe(true);
    expect(isWhole(WHOLE.subarray(0, -1), messageOf())).toBe(false);
    expect(isWhole(Buffer.concat([WHOLE, WHOLE]), messageOf())).toBe(false);
    expect(isWhole(Buffer.from(BODY), messageOf())).toBe(false);
    expect(isWhole(WHOLE, messageOf({ 'transfer-encoding': 'chunked' }))).toBe(false);
    expect(isWhole(WHOLE, messageOf({ upgrade: 'h2c' }))).toBe(false);
  });
});
