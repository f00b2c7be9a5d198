// How p-values are written.
import { pValueText } from './p-value.ts';

describe('pValueText', () => {
  it('does not write out the zeros of a p-value that is next to nothing', () => {
    expect(pValueText(3e-81, String)).toBe('< 0.0001');
    expect(pValueText(0, String)).toBe('< 0.0001');
  });

  it('writes others as they are, and says where there is none', () => {
    expect(pValueText(0.0001, String)).toBe('0.0001');
    expect(pValueText(null, () => '–')).toBe('–');
  });
});
