// Events are remembered by number and within bounds, and an id of another feed is never taken for one of this.
import { EventMemory } from './event-memory.ts';

const memoryOf = (count: number, mostBytes?: number): EventMemory => {
  const memory = new EventMemory('feed', mostBytes);
  for (let i = 1; i <= count; i += 1) memory.add('change', `{"n":${i}}`);
  return memory;
};
const textOf = (events: readonly Buffer[] | null): string | undefined => events?.join('');

it('writes an event with its id, its name and one line of data', () => {
  expect(String(memoryOf(2).add('change', '{"n":3}'))).toBe(
    'id: feed.3\nevent: change\ndata: {"n":3}\n\n',
  );
});

it('gives what came after an event, which is nothing after the last', () => {
  const memory = memoryOf(3);
  expect(textOf(memory.after('feed.1'))).toBe(
    'id: feed.2\nevent: change\ndata: {"n":2}\n\nid: feed.3\nevent: change\ndata: {"n":3}\n\n',
  );
  expect(memory.after(memory.lastId)).toEqual([]);
});

it.each([
  'feed.4',
  'feed.0',
  'feed.-1',
  'feed.1.5',
  'feed.01',
  'feed.1e0',
  'feed.',
  'deef.1',
  '1',
  '',
])('does not know %j', (id) => {
  expect(memoryOf(3).after(id)).toBeNull();
});

it('forgets the oldest beyond its bytes, and says so rather than leave a gap', () => {
  const bytes = memoryOf(1).add('change', '{"n":2}').length;
  const memory = memoryOf(5, 2 * bytes);
  expect(memory.after('feed.3')).toHaveLength(2);
  expect(memory.after('feed.2')).toBeNull();
});

it('remembers nothing of an event larger than all its bytes', () => {
  const memory = memoryOf(2, 10);
  expect(memory.after('feed.1')).toBeNull();
  expect(memory.after('feed.2')).toEqual([]);
});
