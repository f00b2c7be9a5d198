// The journal of a search outlives the process, belongs to one search, and does not mind half a line.
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from './journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'journal-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('openJournal', () => {
  it('finds again what an earlier run of the same search has done, to the last bit', () => {
    const file = join(folder, 'again.jsonl');
    const first = openJournal(file, 'search one');
    first.add('a', 0.1 + 0.2);
    first.add('b', -1e-300);
    const second = openJournal(file, 'search one');
    expect([second.found, second.find('a'), second.find('b')]).toEqual([2, 0.1 + 0.2, -1e-300]);
    expect(second.find('c')).toBeUndefined();
    second.add('c', 3);
    expect(openJournal(file, 'search one').found).toBe(3);
  });

  it('starts afresh for another search', () => {
    const file = join(folder, 'another.jsonl');
    openJournal(file, 'search one').add('a', 1);
    expect(openJournal(file, 'search two').found).toBe(0);
    expect(openJournal(file, 'search one').found).toBe(0);
  });

  it('drops the half line of a process that was killed while writing', () => {
    const file = join(folder, 'killed.jsonl');
    openJournal(file, 'search').add('a', 1);
    appendFileSync(file, '{"fold":"b","sco');
    const journal = openJournal(file, 'search');
    expect([journal.found, journal.find('b')]).toEqual([1, undefined]);
    journal.add('c', 2);
    expect(openJournal(file, 'search').found).toBe(2);
  });

  it('is gone when the search is done', () => {
    const file = join(folder, 'done.jsonl');
    openJournal(file, 'search').remove();
    expect(existsSync(file)).toBe(false);
  });
});
