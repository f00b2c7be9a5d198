// Known bytes of the protobuf encoding guide, and a reader written the slow and obvious way as the oracle of varints.
import { ProtoWriter } from './protobuf.ts';

const written = (write: (writer: ProtoWriter) => void): number[] => {
  const writer = new ProtoWriter();
  write(writer);
  return Array.from(writer.finish());
};

/** Two's complement in 64 bits, seven bits a byte, least significant first. */
function readVarint(bytes: readonly number[]): bigint {
  const unsigned = bytes.reduce((sum, byte, i) => sum + (BigInt(byte & 0x7f) << BigInt(7 * i)), 0n);
  return BigInt.asIntN(64, unsigned);
}

describe('ProtoWriter', () => {
  it('writes the examples of the encoding guide', () => {
    expect(
      written((w) => {
        w.int(1, 150);
      }),
    ).toEqual([0x08, 0x96, 0x01]);
    expect(
      written((w) => {
        w.string(2, 'testing');
      }),
    ).toEqual([0x12, 7, ...Buffer.from('testing')]);
    expect(
      written((w) => {
        w.message(3, (m) => {
          m.int(1, 150);
        });
      }),
    ).toEqual([0x1a, 3, 8, 0x96, 1]);
    expect(
      written((w) => {
        w.packedInts(6, [3, 270, 86_942]);
      }),
    ).toEqual([0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]);
  });

  it('writes a negative integer in ten bytes', () => {
    expect(
      written((w) => {
        w.int(1, -1);
      }),
    ).toEqual([8, ...Array<number>(9).fill(0xff), 1]);
  });

  it.each([
    0,
    1,
    127,
    128,
    16_383,
    16_384,
    2 ** 31,
    2 ** 32 + 7,
    Number.MAX_SAFE_INTEGER,
    -2,
    -128,
    -(2 ** 40),
    Number.MIN_SAFE_INTEGER,
  ])('writes %d so that the oracle reads it back', (value) => {
    const [, ...varint] = written((w) => {
      w.int(1, value);
    });
    expect(readVarint(varint)).toBe(BigInt(value));
    varint.slice(0, -1).forEach((byte) => {
      expect(byte & 0x80).toBe(0x80);
    });
    expect((varint.at(-1) ?? 0x80) & 0x80).toBe(0);
  });

  it('writes floats little-endian, single and packed', () => {
    expect(
      written((w) => {
        w.float(2, 1);
      }),
    ).toEqual([0x15, 0, 0, 0x80, 0x3f]);
    expect(
      written((w) => {
        w.packedFloats(7, [1, -2]);
      }),
    ).toEqual([0x3a, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('keeps what it wrote when it grows', () => {
    const long = 'x'.repeat(10_000);
    const bytes = written((w) => {
      w.string(1, 'first');
      w.string(2, long);
    });
    expect(bytes.slice(0, 7)).toEqual([0x0a, 5, ...Buffer.from('first')]);
    expect(bytes.length).toBe(7 + 1 + 2 + 10_000);
  });

  it('refuses a number that is not a safe integer', () => {
    expect(() =>
      written((w) => {
        w.int(1, 0.5);
      }),
    ).toThrow(RangeError);
  });
});
