// The stack tests: against real servers and Python, without a model trained beforehand.
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
  testTimeout: 900_000,
  testSequencer: '<rootDir>/test/stack/longest-first.mjs',
  // Most of the time a suite waits for its servers.
  maxWorkers: 3,
};
