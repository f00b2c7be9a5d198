// The section on what matters: with gains two charts, without them one.
import { importance } from './importance.ts';

const permutation = [
  { feature: 'age', log_loss: { mean: 0.2, sd: 0.01 }, roc_auc: { mean: 0.1, sd: 0.01 } },
];
const pageOf = (gains: Parameters<typeof importance>[0]['gains']): string =>
  importance({ importance: permutation, importance_rows: 50, gains }).join('\n');

it('shows the gain of the design columns beside the permutation importance, and what it is worth', () => {
  const page = pageOf([
    { column: 'age <years>', share: 0.75 },
    { column: 'age missing', share: 0.25 },
  ]);
  expect(page).toContain('aria-label="Permutation importance"');
  expect(page).toContain('aria-label="Gain"');
  expect(page).toContain('age &lt;years&gt;');
  expect(page).toMatch(/measured on the training rows, and favours columns of many values/);
  expect(page.match(/<rect class="bar"/g)).toHaveLength(3);
  expect(page).not.toMatch(/NaN|undefined/);
});

it('shows the 20 columns of most gain where there are more', () => {
  const gains = Array.from({ length: 30 }, (_, i) => ({ column: `c${i}`, share: 1 / 30 }));
  expect(pageOf(gains)).toContain('>c19<');
  expect(pageOf(gains)).not.toContain('>c20<');
});

it('says nothing of gain where the model splits nothing', () => {
  const page = pageOf(null);
  expect(page).not.toContain('Gain');
  expect(page.match(/<svg/g)).toHaveLength(1);
});
