// Type-aware lint, and the house's import rules with their reasons.
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const SRC = './src';
const features = (...names) => names.map((name) => `${SRC}/${name}`);
const GROUND_FLOOR = features('common', 'config', 'database', 'metrics', 'tracing');
const FEATURES = features(
  'audit',
  'auth',
  'users',
  'model',
  'prediction',
  'feedback',
  'governance',
  'jobs',
  'monitoring',
  'health',
  'console',
);

/** Who may not import what; each rule with its reason (house rule "Who may import what"). */
const zones = [
  {
    target: `${SRC}/features`,
    from: [SRC, './ml'],
    except: ['./features'],
    message: 'src/features is pure and shared by training and serving: it imports itself only.',
  },
  {
    target: GROUND_FLOOR,
    from: FEATURES,
    message: 'The ground floor knows no feature.',
  },
  {
    target: `${SRC}/audit`,
    from: FEATURES.filter((feature) => feature !== `${SRC}/audit`),
    message: 'Every feature tells the audit log what was done; it knows none of them.',
  },
  {
    target: `${SRC}/users`,
    from: features('auth', 'model', 'prediction', 'monitoring'),
    message: 'users knows neither tokens nor models.',
  },
  {
    target: `${SRC}/auth`,
    from: features('model', 'prediction', 'monitoring'),
    message: 'auth guards features without knowing them.',
  },
  {
    target: `${SRC}/model`,
    from: features('database', 'audit', 'prediction', 'auth', 'users', 'monitoring'),
    message: 'The model side works without a database and without the data plane.',
  },
  {
    target: `${SRC}/prediction`,
    from: features('users', 'auth', 'monitoring'),
    message: 'The data plane knows who is calling only as a Principal (src/common/access.ts).',
  },
  {
    target: `${SRC}/feedback`,
    from: features('users', 'auth', 'governance', 'jobs', 'monitoring', 'health', 'console'),
    message: 'Feedback labels predictions; who looks at the labels is not its business.',
  },
  {
    target: `${SRC}/feedback`,
    from: `${SRC}/prediction`,
    except: ['./prediction-facts.ts', './logged-prediction.entity.ts', './prediction.module.ts'],
    message: 'Feedback looks predictions up and knows nothing else of the data plane.',
  },
  {
    target: features(
      'users',
      'auth',
      'model',
      'prediction',
      'governance',
      'jobs',
      'health',
      'console',
    ),
    from: features('feedback'),
    message: 'Labels are for monitoring.',
  },
  {
    target: `${SRC}/monitoring`,
    from: `${SRC}/feedback`,
    except: ['./labelled-answers.ts', './feedback.module.ts'],
    message: 'Monitoring reads labels and changes none.',
  },
  {
    target: `${SRC}/monitoring`,
    from: features('users', 'auth', 'health', 'console'),
    message: "Monitoring reads the log and the live models; who asks is the guard's business.",
  },
  {
    target: `${SRC}/monitoring`,
    from: `${SRC}/model`,
    except: [
      './model-facts.ts',
      './model-card.ts',
      './model-slot.ts',
      './challenger.ts',
      './model.module.ts',
      './model-bundle.ts',
      './drift-reference.ts',
      './registry/durable-files.ts',
    ],
    message: 'Monitoring asks which models are live; how they are loaded and kept is internal.',
  },
  {
    target: `${SRC}/monitoring`,
    from: `${SRC}/prediction`,
    except: [
      './prediction-log.ts',
      './challenger-log.ts',
      './explanation-log.ts',
      './window-sample.ts',
      './log-tail.ts',
      './rollups',
      './export/open-log.ts',
      './export/log-pages.ts',
      './prediction.module.ts',
    ],
    message: 'Monitoring reads the log and nothing else of the data plane.',
  },
  {
    target: features('users', 'auth', 'model', 'prediction', 'monitoring', 'health', 'console'),
    from: features('governance'),
    message: 'Governance stands above models and predictions: only the application imports it.',
  },
  {
    target: `${SRC}/governance`,
    from: features('users', 'auth', 'monitoring', 'health', 'console'),
    message: "Governance moves models and reads the log; who may do so is the guard's business.",
  },
  {
    target: `${SRC}/governance`,
    from: `${SRC}/prediction`,
    except: ['./prediction-log.ts', './prediction.module.ts'],
    message: 'Governance reads the log and nothing else of the data plane.',
  },
  {
    target: `${SRC}/jobs`,
    from: features('users', 'auth', 'monitoring', 'health', 'console'),
    message:
      'Jobs score uploads by the data plane; who asks is a Principal (src/common/access.ts).',
  },
  {
    target: features('users', 'auth', 'model', 'prediction', 'monitoring'),
    from: features('jobs'),
    message: 'Jobs stand above the data plane: only the application imports them.',
  },
  {
    target: [`${SRC}/features`, ...GROUND_FLOOR, ...FEATURES],
    from: features('workers'),
    message: 'A feature knows other processes only as Siblings (src/common/siblings.ts).',
  },
  {
    target: `${SRC}/workers`,
    from: features(
      'audit',
      'auth',
      'model',
      'database',
      'feedback',
      'governance',
      'monitoring',
      'health',
      'console',
    ),
    message:
      'The primary serves nothing: it owns the log, the count of failed logins, the metrics.',
  },
  {
    target: `${SRC}/workers`,
    from: `${SRC}/prediction`,
    except: ['./log'],
    message: 'The primary writes the log and knows nothing else of the data plane.',
  },
  {
    target: `${SRC}/console/ui`,
    from: [SRC, './ml'],
    except: ['./console/ui'],
    message: 'The console speaks the public HTTP API and nothing else.',
  },
  {
    target: `${SRC}/statistics`,
    from: [SRC, './ml'],
    except: ['./statistics'],
    message: 'src/statistics is pure: it imports itself only.',
  },
  {
    target: `${SRC}/report`,
    from: [SRC, './ml'],
    except: ['./report'],
    message:
      'src/report is pure and shared by training and the command line: it imports itself only.',
  },
  {
    target: `${SRC}/explanation`,
    from: [SRC, './ml'],
    except: ['./explanation'],
    message: 'src/explanation is pure and shared by training and serving: it imports itself only.',
  },
  {
    target: SRC,
    from: './ml',
    message: 'The serving image does not contain the trainers: src never imports ml.',
  },
  {
    target: './ml',
    from: features(
      'audit',
      'auth',
      'users',
      'prediction',
      'feedback',
      'monitoring',
      'database',
      'metrics',
      'health',
      'console',
    ),
    message:
      'Training uses the feature spec, the bundle, the scorer, the registry and the gate; nothing else of the server.',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'var/**', '.tools/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    settings: {
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.tsx'] })],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-array-sort-compare': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Nest modules are empty classes with a decorator.
      '@typescript-eslint/no-extraneous-class': [
        'error',
        { allowWithDecorator: true, allowStaticOnly: false },
      ],
      // Numbers print the same in every locale in a template; nothing else may be interpolated.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // DTO classes are shapes for validation and OpenAPI; services answer plain objects of that shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'src/config reads the environment, once.' },
      ],
      'no-console': 'error',
    },
  },
  {
    // French sets a narrow space before ; : ! and ?
    files: ['src/console/ui/**/*-texts.ts'],
    rules: { 'no-irregular-whitespace': ['error', { skipTemplates: true }] },
  },
  {
    files: ['src/console/ui/**/*.tsx'],
    extends: [reactHooks.configs.flat['recommended-latest']],
  },
  {
    files: ['src/features/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@nestjs/*'],
              message: 'src/features is pure: no Nest (training uses it too).',
            },
            {
              group: ['node:*', 'fs', 'path'],
              message: 'src/features is pure: no file, no clock, no process.',
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'src/features is pure.' },
        { name: 'Date', message: 'src/features has no clock.' },
      ],
    },
  },
  {
    files: ['ml/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@nestjs/*'], message: 'Training runs without Nest.' }] },
      ],
    },
  },
  {
    files: ['src/config/load-config.ts', '**/*.spec.ts', 'test/**/*.ts', '**/vite.config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'fetch',
          'AbortSignal',
          'Buffer',
          'URL',
          'URLSearchParams',
          'performance',
          'setImmediate',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
