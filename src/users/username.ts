// What a user name is, and when two are the same.
import { ValidateBy } from 'class-validator';

/** Printable (no control, format or unpaired surrogate characters), at most 64 long, no space around it. */
const USERNAME = /^(?!\s)[^\p{C}]{1,64}(?<!\s)$/u;

export const USERNAME_EXPECTED =
  'must be 1 to 64 printable characters without a space at either end';

export const isUsername = (value: unknown): value is string =>
  typeof value === 'string' && USERNAME.test(value);

/** "Ann", "ANN" and the full-width "Ａｎｎ" are one name. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();

export const IsUsername = (): PropertyDecorator =>
  ValidateBy({
    name: 'isUsername',
    validator: { validate: isUsername, defaultMessage: () => `$property ${USERNAME_EXPECTED}` },
  });
