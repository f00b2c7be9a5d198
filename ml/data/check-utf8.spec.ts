// UTF-8 passes unchanged, however it is cut into chunks; anything else is refused with its line.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CheckUtf8, EncodingError } from './check-utf8.ts';

async function pass(bytes: Buffer, chunk: number): Promise<Buffer> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  const out: Buffer[] = [];
  await pipeline(Readable.from(chunks), new CheckUtf8(), async (stream: AsyncIterable<Buffer>) => {
    for await (const part of stream) out.push(part);
  });
  return Buffer.concat(out);
}

const good = Buffer.from('a,b\nMünchen,€ 3\n東京,𝄞\n');

describe('CheckUtf8', () => {
  it.each([1, 2, 3, 5, 100])('passes UTF-8 through in chunks of %i bytes', async (chunk) => {
    expect(await pass(good, chunk)).toEqual(good);
  });

  it.each([1, 2, 3, 7, 100])(
    'names the line of bytes in another encoding, in chunks of %i bytes',
    async (chunk) => {
      const mixed = Buffer.concat([good, Buffer.from('K\u00f6ln,1\n', 'latin1'), good]);
      const passing = pass(mixed, chunk);
      await expect(passing).rejects.toThrow(EncodingError);
      await expect(passing).rejects.toMatchObject({ line: 4 });
      await expect(passing).rejects.toThrow('Windows-1252');
    },
  );

  it('refuses a character that is cut off at the end of the file', async () => {
    await expect(pass(good.subarray(0, good.length - 2), 4)).rejects.toMatchObject({ line: 3 });
  });

  it('refuses UTF-16 by its mark', async () => {
    const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('a,b\n', 'utf16le')]);
    await expect(pass(utf16, 100)).rejects.toThrow('got UTF-16');
  });
});
