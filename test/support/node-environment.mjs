// Jest's Node environment with the typed arrays of the outer realm: ONNX Runtime's native binding makes its arrays there, and its
// JavaScript half checks them with instanceof inside the test.
import { TestEnvironment } from 'jest-environment-node';

const SHARED = { Float32Array, Float64Array, Int32Array, BigInt64Array, BigUint64Array };

export default class NodeEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, SHARED);
  }
}
