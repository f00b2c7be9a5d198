// Lines are the same however the bytes of a file arrive, and no line takes more memory than a limit.
import { lineBlocks, MAX_LINE_BYTES, type Line } from './read-lines.ts';

async function linesOf(chunks: readonly Buffer[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  async function* source(): AsyncGenerator<Buffer, void, undefined> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  for await (const block of lineBlocks(source())) lines.push(...block);
  return lines;
}

const TEXT = '\uFEFF{"a":"ä\u2028漢"}\r\n\n{"b":1}\nlast';

it.each([1, 2, 3, 7, 1000])('gives the same lines from chunks of %i bytes', async (size) => {
  const bytes = Buffer.from(TEXT);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  expect(await linesOf(chunks)).toEqual([
    { number: 1, text: '{"a":"ä\u2028漢"}\r', isUtf8: true },
    { number: 2, text: '', isUtf8: true },
    { number: 3, text: '{"b":1}', isUtf8: true },
    { number: 4, text: 'last', isUtf8: true },
  ]);
});

it('has no line after the last line feed, and none in an empty file', async () => {
  expect(await linesOf([Buffer.from('a\n')])).toHaveLength(1);
  expect(await linesOf([])).toEqual([]);
});

it('says which line is no UTF-8', async () => {
  const lines = await linesOf([Buffer.from([0x61, 0xff, 0x0a, 0x62])]);
  expect(lines.map(({ isUtf8 }) => isUtf8)).toEqual([false, true]);
});

it('drops a line that is too long, and reads the next', async () => {
  const half = Buffer.alloc(MAX_LINE_BYTES / 2 + 1, 'x');
  const lines = await linesOf([half, half, half, Buffer.from('\nnext\n')]);
  expect(lines.map(({ text }) => text)).toEqual([null, 'next']);
});
