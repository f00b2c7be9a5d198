// Negotiation of the answer's type by the Accept header.
import { acceptedType } from './accepted-type.ts';

describe('acceptedType', () => {
  it.each([
    [undefined, 'text/markdown'],
    [' ', 'text/markdown'],
    ['*/*', 'text/markdown'],
    ['text/*', 'text/markdown'],
    ['application/json', 'application/json'],
    ['application/json, */*;q=0.5', 'application/json'],
    ['text/html, application/json;q=0.9, text/*;q=0.1', 'application/json'],
    ['*/*, text/markdown;q=0', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    ['image/png', null],
    ['application/json;q=0', null],
  ])('of %p takes %p', (accept, expected) => {
    expect(acceptedType(accept, ['text/markdown', 'application/json'])).toBe(expected);
  });
});
