// The section on calibration: which curve was kept, and the out-of-fold scores before and after it.
import { calibration } from './calibration.ts';

const log_loss = { none: 0.5, platt: 0.41239, isotonic: null };
const before = [
  [0.1, 0.2],
  [0.9, 0.8],
] as const;
const after = [[0.5, 0.5]] as const;
const pageOf = (of: Parameters<typeof calibration>[0]): string => calibration(of).join('\n');

it('shows the log loss with each curve, which was kept, and the scores before and after it', () => {
  const page = pageOf({ kind: 'platt', log_loss, curves: { before, after } });
  expect(page).toContain('<td>none</td><td class="number">0.5000</td><td></td>');
  expect(page).toContain('<td>Platt&#39;s curve</td><td class="number">0.4124</td><td>kept</td>');
  expect(page).toContain('<td>isotonic curve</td><td class="number">no curve fits</td><td></td>');
  expect(page).toContain('aria-label="Calibration out of fold"');
  for (const name of ['before', 'after', 'perfect']) expect(page).toContain(`>${name}<`);
  expect(page.match(/<circle/g)).toHaveLength(3);
});

it('draws the scores once where no curve was better than none', () => {
  const page = pageOf({ kind: 'none', log_loss, curves: { before, after: before } });
  expect(page).toContain('<td>none</td><td class="number">0.5000</td><td>kept</td>');
  expect(page).toContain('>before and after<');
  expect(page.match(/<circle/g)).toHaveLength(2);
});

it('says that no curve was asked for where there was nothing to compare', () => {
  const page = pageOf({ kind: 'none', log_loss: null, curves: null });
  expect(page).toContain('No curve was asked for.');
  expect(page).not.toMatch(/<svg|<table/);
});
