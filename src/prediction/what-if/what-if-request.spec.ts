// What POST /predict/what-if reads of its body, and how it refuses what it cannot read.
import type { AppError, FieldError } from '../../common/errors.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { readMutable, readWhatIfRequest } from './what-if-request.ts';

const FEATURES: readonly ServedFeature[] = [
  { kind: 'numeric', name: 'age', nullable: false, training: { min: 0, max: 9, median: 4 } },
  {
    kind: 'categorical',
    name: 'side',
    nullable: false,
    categories: ['left', 'right'],
    training: { mode: 'left' },
  },
];

const refusal = (body: unknown): readonly FieldError[] | undefined => {
  try {
    readWhatIfRequest(body);
  } catch (error) {
    return (error as AppError).errors;
  }
  throw new Error('it was read');
};

describe('readWhatIfRequest', () => {
  it('takes features, with or without mutable', () => {
    const features = { age: 1 };
    expect(readWhatIfRequest({ features })).toEqual({ features, mutable: undefined });
    expect(readWhatIfRequest({ features, mutable: ['age'] })).toEqual({
      features,
      mutable: ['age'],
    });
  });

  it.each([
    [[], { field: 'body', code: 'type', received: 'an array' }],
    [null, { field: 'body', code: 'type', received: 'null' }],
    [{ age: 1 }, { field: 'features', code: 'missing' }],
    [
      { features: {}, key: 'mine' },
      { field: 'key', code: 'unknown', received: 'a string' },
    ],
  ])('refuses %j', (body, error) => {
    expect(refusal(body)?.[0]).toMatchObject(error);
  });

  it('refuses a body that is missing', () => {
    expect(() => readWhatIfRequest(undefined)).toThrow('The body is missing');
  });
});

describe('readMutable', () => {
  const read = (mutable: unknown): ReturnType<typeof readMutable> => readMutable(mutable, FEATURES);

  it('lets every feature change in any direction where nothing came', () => {
    expect([...read(undefined).directions]).toEqual([
      ['age', 'any'],
      ['side', 'any'],
    ]);
  });

  it('reads a list of names, or directions by name', () => {
    expect([...read(['side']).directions]).toEqual([['side', 'any']]);
    expect([...read({ age: 'increase', side: 'any' }).directions]).toEqual([
      ['age', 'increase'],
      ['side', 'any'],
    ]);
  });

  it.each([
    [['age', 'wage'], 'mutable[1]', 'unknown'],
    [['age', 'age'], 'mutable[1]', 'repeated'],
    [['age', 3], 'mutable[1]', 'type'],
    [{ wage: 'any' }, 'mutable.wage', 'unknown'],
    [{ age: 'up' }, 'mutable.age', 'type'],
    [{ age: null }, 'mutable.age', 'type'],
    [{ side: 'increase' }, 'mutable.side', 'type'],
    ['age', 'mutable', 'type'],
    [null, 'mutable', 'type'],
    [[], 'mutable', 'empty'],
    [{}, 'mutable', 'empty'],
  ])('refuses %j by the field %s', (mutable, field, code) => {
    expect(read(mutable).errors).toEqual([
      {
        field,
        code,
        expected: expect.any(String) as string,
        received: expect.any(String) as string,
      },
    ]);
  });

  it('names twenty problems at most, and no name longer than 64 characters', () => {
    const names = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}`.repeat(50), 1]));
    const { errors } = read(names);
    expect(errors).toHaveLength(20);
    for (const { field } of errors)
      expect(field.length).toBeLessThanOrEqual('mutable.'.length + 64);
  });
});
