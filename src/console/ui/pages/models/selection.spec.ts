// What is chosen, as the address has it.
import { chosenOf, toggled } from './selection.ts';

it('reads what is chosen, each once', () => {
  expect(chosenOf('')).toEqual([]);
  expect(chosenOf('3,1,3,')).toEqual(['3', '1']);
});

it('adds what is not chosen and takes away what is', () => {
  expect(toggled(['3'], '1')).toBe('3,1');
  expect(toggled(['3', '1'], '3')).toBe('1');
  expect(toggled(['1'], '1')).toBe('');
});
