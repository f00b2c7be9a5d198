// The stack tests: against real servers and Python, one file after another, without a model trained beforehand.
// They need the tools of .ci/install-tools and fail where one is missing.
import base from '../../jest.config.mjs';

const { testEnvironment, transform, transformIgnorePatterns } = base;

export default {
  testEnvironment,
  transform,
  transformIgnorePatterns,
  rootDir: '../..',
  roots: ['<rootDir>/test/stack'],
  testMatch: ['<rootDir>/test/stack/**/*.stack.spec.ts'],
  testTimeout: 180_000,
  // The servers share the machine with the tests that measure them.
  maxWorkers: 1,
};
