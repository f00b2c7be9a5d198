// Real models through ONNX Runtime: what scores, what is refused, and when a session is freed.
import { TINY_FEATURES, tinyOnnx, tinyProbability } from '../../test/support/tiny-bundle.ts';
import { foreignOnnx } from '../../test/support/foreign-onnx.ts';
import { OnnxScorer } from './onnx-scorer.ts';

const ROWS = Float32Array.of(10, 20, 0, 17.5, Number.NaN, 1);
const EXPECTED = [
  tinyProbability(TINY_FEATURES, 0, { 'mean radius': 10, 'mean texture': 20, side: 'left' }),
  tinyProbability(TINY_FEATURES, 0, { 'mean radius': 17.5, 'mean texture': null, side: 'right' }),
];

describe('OnnxScorer', () => {
  it('scores rows and labels them by the threshold of the model', async () => {
    const scorer = await OnnxScorer.load(tinyOnnx(3, 0, 0.6), 3);
    const { probability, label } = await scorer.score(ROWS, 2);
    expect(probability).toHaveLength(2);
    EXPECTED.forEach((expected, i) => {
      expect(probability[i]).toBeCloseTo(expected, 6);
    });
    expect(Array.from(label)).toEqual(EXPECTED.map((p) => (p >= 0.6 ? 1 : 0)));
    expect(new Set(label).size).toBe(2);
    await scorer.release();
  });

  it('scores the first rows of a longer buffer, and views into one', async () => {
    const scorer = await OnnxScorer.load(tinyOnnx(3), 3);
    expect((await scorer.score(ROWS, 1)).probability).toHaveLength(1);
    const { probability } = await scorer.score(ROWS.subarray(3), 1);
    expect(probability[0]).toBeCloseTo(EXPECTED[1] ?? 0, 6);
    expect((await scorer.score(ROWS, 0)).probability).toHaveLength(0);
    await expect(scorer.score(ROWS, 3)).rejects.toThrow('3 rows take 9 cells, not 6');
    await scorer.release();
  });

  it('lets a score in flight finish when it is released, and refuses the next', async () => {
    const scorer = await OnnxScorer.load(tinyOnnx(3), 3);
    const inFlight = scorer.score(ROWS, 2);
    await scorer.release();
    expect((await inFlight).probability[0]).toBeCloseTo(EXPECTED[0] ?? 0, 6);
    await expect(scorer.score(ROWS, 2)).rejects.toMatchObject({ code: 'MODEL_ERROR' });
  });

  it('lives as long as anyone retains it', async () => {
    const scorer = await OnnxScorer.load(tinyOnnx(3), 3);
    scorer.retain();
    await scorer.release();
    await expect(scorer.score(ROWS, 1)).resolves.toBeDefined();
    await scorer.release();
    expect(() => {
      scorer.retain();
    }).toThrow('the model has been released');
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', Buffer.from('not a model at all')],
    ['a truncated model', tinyOnnx(3).slice(0, 200)],
    ['a model cut near its end', tinyOnnx(3).slice(0, -12)],
  ])('refuses %s', async (_what, bytes) => {
    await expect(OnnxScorer.load(bytes, 3)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining('model.onnx: ') as string,
    });
  });

  it('refuses a model of another width, saying both', async () => {
    await expect(OnnxScorer.load(tinyOnnx(4), 3)).rejects.toThrow(
      'model.onnx: expected the one input features float32 [N, 3], found features float32 [N, 4]',
    );
  });

  it.each<[string, Uint8Array]>([
    ['of doubles', foreignOnnx('double', ['label', 'probability'])],
    ['without a label', foreignOnnx('float', ['probability'])],
    ["with scikit-learn's outputs", foreignOnnx('float', ['output_label', 'output_probability'])],
  ])('refuses a foreign model %s', async (_what, model) => {
    await expect(OnnxScorer.load(model, 1)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(/^model.onnx: expected the (one input|output)/) as string,
    });
  });
});
