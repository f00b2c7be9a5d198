import { predictionAt } from './recorded-stream.ts';
import { filtered, joined, NO_FILTER } from './recent-filter.ts';

const low = predictionAt(1);
const high = predictionAt(2, { label: 'malignant', probability: 0.5, key: 'Case-17' });
const other = predictionAt(3, { model: { name: 'foretell', version: '2' }, probability: 0.9 });
const rows = [other, high, low];

describe('the filter of recent predictions', () => {
  it.each([
    ['lets all through where nothing is asked', {}, rows],
    ['keeps one label', { label: 'malignant' }, [high]],
    ['keeps one version', { version: '2' }, [other]],
    ['keeps those at the threshold and above', { aboveThreshold: true }, [other, high]],
    ['finds a key in any case, and around blanks', { text: ' case-1 ' }, [high]],
    ['finds a part of an id', { text: low.id.slice(-6) }, [low]],
    ['keeps what all of it lets through', { label: 'malignant', text: 'none' }, []],
  ])('%s', (_, asked, kept) => {
    expect(filtered(rows, { ...NO_FILTER, ...asked })).toEqual(kept);
  });

  it('shows a prediction once that both the stream and a page of the log tell', () => {
    expect(joined([other, high], [high, low])).toEqual(rows);
  });
});
