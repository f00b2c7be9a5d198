// Jest compiles tests, sources and the ESM-only packages to CommonJS with swc: no experimental flags on any Node.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

export default {
  testEnvironment: '<rootDir>/test/support/node-environment.mjs',
  roots: ['<rootDir>/src', '<rootDir>/ml', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/stack/'],
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [
    'node_modules/(?!(@nestjs|@opentelemetry/otlp-exporter-base|cookie|file-type|strtok3|token-types|uint8array-extras|@tokenizer|rate-limiter-flexible|hyparquet|hyparquet-compressors|hyparquet-writer|hysnappy|fzstd)/)',
  ],
  collectCoverageFrom: ['src/**/*.ts', 'ml/**/*.ts', '!src/main.ts', '!**/*.spec.ts'],
  coverageReporters: ['html', 'lcov', 'text-summary'],
  // What takes seconds alone can take minutes where trainers keep both cores busy: a job's thread has the lowest priority.
  testTimeout: 300_000,
  maxWorkers: 2,
};
