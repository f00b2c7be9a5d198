import { AppError } from '../../common/errors.ts';
import { Random } from '../../statistics/random.ts';
import { readInferRequest } from './infer-request.ts';
import { takeNumbers } from './scan-tensor.ts';

const bodyOf = (data: string, rest = ''): Buffer =>
  Buffer.from(
    `{${rest}"inputs":[{"name":"features","datatype":"FP64","shape":[2,2],"data":${data}}]}`,
  );

const elementsOf = (body: Buffer): unknown =>
  Array.from(readInferRequest(body, undefined).inputs[0]?.elements ?? []);

const refusalOf = (body: Buffer): unknown => {
  try {
    return elementsOf(body);
  } catch (error) {
    // The spoiled key is longer than the plain one.
    return error instanceof AppError ? error.message.replace(/column \d+/, '') : error;
  }
};

describe('the numbers of a flat tensor', () => {
  it.each([
    '[1,2,3,4]',
    '[ 1 ,\n2,\t3 , 4 ]',
    '[-0.5,1e3,2.5E-3,0]',
    '[0.1,123456789.123456789,1e308,5e-324]',
  ])('are those that JSON.parse reads: %s', (data) => {
    const taken = takeNumbers(bodyOf(data));
    expect(taken).not.toBeNull();
    expect(Array.from(taken?.numbers ?? [])).toEqual(JSON.parse(data));
    expect(elementsOf(bodyOf(data))).toEqual(JSON.parse(data));
  });

  it('are read to the last digit, of a hundred thousand random ones', () => {
    const random = Random.of(5);
    const numbers = Array.from({ length: 100_000 }, () => {
      const value = (random.next() / 2 ** 32 - 0.5) * 10 ** (random.next() % 12);
      return random.next() % 3 === 0 ? Number(value.toFixed(3)) : value;
    });
    const taken = takeNumbers(bodyOf(JSON.stringify(numbers)));
    expect(taken?.numbers).toEqual(
      Float64Array.from(JSON.parse(JSON.stringify(numbers)) as number[]),
    );
  });

  it('hold a missing value where null stands', () => {
    expect(elementsOf(bodyOf('[1,null,3,null]'))).toEqual([1, Number.NaN, 3, Number.NaN]);
  });

  it.each([
    '[]',
    '[[1,2],[3,4]]',
    '["1",2,3,4]',
    '[1,2,3,nul]',
    '[1,2,3,4',
    '[1,2,,4]',
    '[01,2,3,4]',
    '[1,2,3,true]',
    '4',
  ])('are left to the strict parser where the list is anything else: %s', (data) => {
    expect(takeNumbers(bodyOf(data))).toBeNull();
  });

  it('are not taken from a text that looks like them', () => {
    const body = bodyOf('[1,2,3,4]', '"id":"\\"data\\":[9,9]",');
    expect(readInferRequest(body, undefined).id).toBe('"data":[9,9]');
    expect(elementsOf(body)).toEqual([1, 2, 3, 4]);
    const parameter = bodyOf('[1,2,3,4]', '"parameters":{"data":"x"},');
    expect(elementsOf(parameter)).toEqual([1, 2, 3, 4]);
  });

  it.each([
    [
      'a key twice',
      '{"inputs":[{"name":"features","datatype":"FP64","shape":[1,1],"data":[1],"data":[2]}]}',
    ],
    ['text after it', `${bodyOf('[1,2,3,4]').toString()} x`],
    ['another count than the shape says', bodyOf('[1,2,3]').toString()],
    [
      'a datatype of integers that it is not',
      bodyOf('[1,2,3,4.5]').toString().replace('FP64', 'INT32'),
    ],
    [
      'data elsewhere',
      '{"data":[1],"inputs":[{"name":"features","datatype":"FP64","shape":[1,1],"data":"(numbers)"}]}',
    ],
  ])('change nothing of how a body with %s is refused', (_, text) => {
    const spoiled = text.replaceAll('"data":[', '"\\u0064ata":[');
    expect(typeof refusalOf(Buffer.from(text))).toBe('string');
    expect(refusalOf(Buffer.from(text))).toBe(refusalOf(Buffer.from(spoiled)));
  });
});
