// Several things chosen, kept in the address as one value.
export const chosenOf = (value: string): readonly string[] =>
  value === '' ? [] : [...new Set(value.split(','))].filter((each) => each !== '');

/** With one more, or one less. */
export const toggled = (chosen: readonly string[], one: string): string =>
  (chosen.includes(one) ? chosen.filter((each) => each !== one) : [...chosen, one]).join(',');
