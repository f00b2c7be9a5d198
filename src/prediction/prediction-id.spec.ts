// Ids of predictions, by the layout of RFC 9562, section 5.7.
import { newPredictionId, newPredictionIds } from './prediction-id.ts';

it('begins with the time, and says version 7 and the variant', () => {
  const at = 0x017f22e279b0;
  expect(newPredictionId(at)).toMatch(
    /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

it('sorts by time as text and never repeats', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => newPredictionId(1_764_000_000_000 + i));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => newPredictionId(1))).size).toBe(1000);
});

it('is one of version 7 and its variant each, where many are made at once, and draws each digit at random', () => {
  const ids = newPredictionIds(4000);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  const first = ids[0] ?? '';
  for (let place = 15; place < first.length; place += 1) {
    const digits = new Set(ids.map((id) => id[place]));
    const possible = first[place] === '-' ? 1 : place === 19 ? 4 : 16;
    expect([place, digits.size]).toEqual([place, possible]);
  }
});
