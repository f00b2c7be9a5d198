// Reading params.yaml: the default file is good, and each mistake is named by key path, line and column.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { learners } from './learners/index.ts';
import { ParamsError } from './located-yaml.ts';
import { readParams } from './params.ts';

const folder = mkdtempSync(join(tmpdir(), 'params-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const GOOD = `data: { path: rows.csv }
target: { column: y, positive: 1, labels: { positive: bad, negative: good } }
features:
  - name: worst size
    kind: numeric
    nullable: false
    range: { min: 0, max: 10 }
  - { name: colour, kind: categorical, nullable: true, categories: [red, blue] }
  - { name: age, kind: numeric, nullable: true }
derived:
  ratio: worst size / age
split: { test_share: 0.25 }
candidates:
  - learner: logistic_regression
    grid: { C: [0.1, 1] }
  - learner: random_forest
    grid:
      n_estimators: [10, 20]
      max_depth: [null, 3]
selection: { folds: 3, metric: roc_auc }
threshold: 0.5
seed: 7
`;

let files = 0;
function write(text: string): string {
  const file = join(folder, `params-${files++}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** Problems of the good file after one change, as `path line:column message`. */
function problemsOf(from: string, to: string): readonly string[] {
  expect(GOOD).toContain(from);
  try {
    readParams(write(GOOD.replace(from, to)));
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error;
    return error.problems.map(
      ({ path, line, column, message }) => `${path} ${line}:${column} ${message}`,
    );
  }
  throw new Error('expected a ParamsError');
}

describe('readParams', () => {
  it('reads the default file', () => {
    const params = readParams('params.yaml');
    expect(params.features).toHaveLength(30);
    expect(params.derived.map(({ name }) => name)).toContain('radius_ratio');
    expect(params.data.path).toBe('data/wdbc.csv');
  });

  it('reads the column of weights, and knows none where the file names none', () => {
    const text = GOOD.replace('derived:', 'weights: { column: w }\nderived:');
    expect(readParams(write(text)).weights).toEqual({ column: 'w' });
    expect(readParams(write(GOOD)).weights).toBeNull();
  });

  it('reads what the gate asks, and has an answer where the file says nothing', () => {
    const gate = (text: string) => readParams(write(GOOD.replace('seed: 7', text))).gate;
    expect(gate('seed: 7')).toEqual({
      thresholds: {},
      tolerance: { roc_auc: 0.01, log_loss: 0.02 },
      latency_budget_ms: 5,
    });
    expect(
      gate('seed: 7\ngate: { thresholds: { recall: 0.8 }, tolerance: { roc_auc: 0 } }'),
    ).toEqual({
      thresholds: { recall: 0.8 },
      tolerance: { roc_auc: 0, log_loss: 0.02 },
      latency_budget_ms: 5,
    });
  });

  it('reads the options of the preprocessing, none where the file says nothing', () => {
    expect(readParams(write(GOOD)).preprocessing).toEqual({});
    const { preprocessing } = readParams(
      write(
        GOOD.replace(
          'split:',
          `preprocessing:
  numeric: { transform: signed_log }
  categorical: { encode: target, smoothing: 20 }
  features:
    worst size: { impute: 10, missing_indicator: true, transform: rank_normal }
    age: { impute: median }
    ratio: { scale: none }
    colour: { encode: one_hot }
split:`,
        ),
      ),
    );
    expect(preprocessing).toEqual({
      numeric: { transform: 'signed_log' },
      categorical: { encode: 'target', smoothing: 20 },
      features: {
        'worst size': { impute: 10, missing_indicator: true, transform: 'rank_normal' },
        age: { impute: 'median' },
        ratio: { scale: 'none' },
        colour: { encode: 'one_hot' },
      },
    });
    expect(Object.isFrozen(preprocessing.features?.['age'])).toBe(true);
  });

  it('reads what answers are explained by, and has an answer where the file says nothing', () => {
    const explanation = (text: string) =>
      readParams(write(GOOD.replace('seed: 7', text))).explanation;
    expect(explanation('seed: 7')).toEqual({
      background: 'favourable',
      rows: 100,
      adverse: 'positive',
      reasons: [
        { name: 'worst size', code: 'WORST_SIZE', text: 'The value of worst size speaks for bad.' },
        { name: 'colour', code: 'COLOUR', text: 'The value of colour speaks for bad.' },
        { name: 'age', code: 'AGE', text: 'The value of age speaks for bad.' },
      ],
    });
    expect(
      explanation('seed: 7\nexplanation: { background: training, rows: 20, adverse: negative }'),
    ).toMatchObject({
      background: 'training',
      rows: 20,
      adverse: 'negative',
      reasons: [{ text: 'The value of worst size speaks for good.' }, {}, {}],
    });
  });

  it('reads the words of reasons, which are no part of a feature', () => {
    const { features, explanation } = readParams(
      write(
        GOOD.replace(
          'kind: numeric, nullable: true }',
          "kind: numeric, nullable: true, reason: { code: R07, text: 'The size is new.' } }",
        )
          .replace('name: worst size\n', 'name: "%"\n    reason: { text: Too large. }\n')
          .replace('worst size / age', 'age / 2'),
      ),
    );
    expect(explanation.reasons).toEqual([
      { name: '%', code: 'FEATURE_1', text: 'Too large.' },
      { name: 'colour', code: 'COLOUR', text: 'The value of colour speaks for bad.' },
      { name: 'age', code: 'R07', text: 'The size is new.' },
    ]);
    expect(features[2]).toEqual({ name: 'age', kind: 'numeric', nullable: true });
  });

  it('keeps how people call a feature and the heading it stands under', () => {
    const told = 'name: worst size\n    label: Size\n    group: Worst\n';
    const { features } = readParams(write(GOOD.replace('name: worst size\n', told)));
    expect(features[0]).toMatchObject({ name: 'worst size', label: 'Size', group: 'Worst' });
    expect(features[1]).not.toHaveProperty('label');
  });

  it('takes a grid value that is no list for the only value', () => {
    const { candidates } = readParams(write(GOOD.replace('C: [0.1, 1]', 'C: 0.25')));
    expect(candidates[0]?.params).toMatchObject({ C: 0.25 });
    expect(candidates).toHaveLength(5);
  });

  it("makes every combination of every grid, with the learner's defaults filled in", () => {
    const { candidates } = readParams(write(GOOD));
    expect(
      candidates.map(({ learner, params }) => [
        learner,
        params['C'] ?? [params['n_estimators'], params['max_depth']],
      ]),
    ).toEqual([
      ['logistic_regression', 0.1],
      ['logistic_regression', 1],
      ['random_forest', [10, null]],
      ['random_forest', [10, 3]],
      ['random_forest', [20, null]],
      ['random_forest', [20, 3]],
    ]);
    const { params } = learners.random_forest;
    expect(candidates[2]?.params).toEqual(params.parse({ n_estimators: 10, max_depth: null }));
  });

  it('reads what rows must be and what they are split by, and has an answer where the file says nothing', () => {
    expect(readParams(write(GOOD))).toMatchObject({
      validation: { mostly: 1, unique: [] },
      split: { testShare: 0.25, by: null },
      weights: null,
    });
    const split = 'split: { test_share: 0.25, time: visited }';
    const text = `${GOOD.replace('split: { test_share: 0.25 }', split)}validation: { mostly: 0.9, unique: [id] }\nweights:\n`;
    expect(readParams(write(text))).toMatchObject({
      validation: { mostly: 0.9, unique: ['id'] },
      split: { testShare: 0.25, by: { kind: 'time', column: 'visited' } },
      weights: null,
    });
  });

  it('gives frozen values, paths relative to its file and the positive cell as text', () => {
    const params = readParams(write(GOOD));
    expect(params.data.path).toBe(join(folder, 'rows.csv'));
    expect(params.target.positive).toBe('1');
    expect(Object.isFrozen(params.features[0])).toBe(true);
    expect(Object.isFrozen(params.candidates[0]?.params)).toBe(true);
  });

  it.each([
    [
      'an unknown key',
      'threshold: 0.5',
      'treshold: 0.5',
      [
        'treshold 21:1 unknown key; allowed here: data, target, weights, protected, validation, features, derived, preprocessing, split, candidates, selection, threshold, calibration, explanation, gate, card, seed',
        'threshold 1:1 missing; expected a number',
      ],
    ],
    [
      'an unknown key of a feature',
      '    kind: numeric\n',
      '    kind: numeric\n    units: px\n',
      [
        'features[0].units 6:5 unknown key; allowed here: name, nullable, label, group, description, reason, kind, unit, range',
      ],
    ],
    [
      'two ways to split',
      'test_share: 0.25',
      'test_share: 0.25, group: id, time: visited',
      ['split.time 12:39 expected either group or time, got both'],
    ],
    [
      'a split by the target',
      'test_share: 0.25',
      'test_share: 0.25, group: y',
      ['split.group 12:28 rows cannot be split by the target'],
    ],
    ['a key that appears twice', 'seed: 7', 'seed: 7\nseed: 8', [' 23:1 this key appears twice']],
    [
      'text that is not YAML',
      'seed: 7',
      'seed: [7',
      [expect.stringMatching(/^ \d+:\d+ not YAML: /)],
    ],
    [
      'a value of the wrong kind',
      'threshold: 0.5',
      'threshold: half',
      ['threshold 21:1 expected a number, got text'],
    ],
    ['a value that is nothing', 'seed: 7', 'seed:', ['seed 22:1 expected a number, got nothing']],
    [
      'a value above its domain',
      'threshold: 0.5',
      'threshold: 1.5',
      ['threshold 21:1 expected a number below 1, got a fraction'],
    ],
    [
      'a value below its domain',
      'folds: 3',
      'folds: 1',
      ['selection.folds 20:14 expected a number at least 2, got a whole number'],
    ],
    [
      'a fraction where a whole number is expected',
      'seed: 7',
      'seed: 7.5',
      ['seed 22:1 expected a whole number, got a fraction'],
    ],
    [
      'an unknown metric',
      'metric: roc_auc',
      'metric: auc',
      [
        'selection.metric 20:24 expected roc_auc or average_precision or log_loss or brier, got text',
      ],
    ],
    [
      'an unknown kind of feature',
      'kind: categorical',
      'kind: nominal',
      ['features[1].kind 8:21 expected numeric or categorical, got text'],
    ],
    [
      'a key of the other kind of feature',
      'categories: [red, blue]',
      'categories: [red, blue], unit: m',
      [
        'features[1].unit 8:81 unknown key; allowed here: name, nullable, label, group, description, reason, kind, categories',
      ],
    ],
    [
      'a missing key',
      ', categories: [red, blue]',
      '',
      ['features[1].categories 8:5 missing; expected a list'],
    ],
    [
      'no features',
      GOOD.slice(GOOD.indexOf('features:'), GOOD.indexOf('derived:')),
      'features: []\n',
      ['features 3:1 expected a list of at least 1 item, got a list of 0'],
    ],
    [
      'a duplicate feature',
      'name: age',
      'name: worst size',
      [
        expect.stringMatching(/^derived.ratio 11:3 at character 14: expected a declared feature/),
        'features[2].name 9:7 already the name of features[0]',
      ],
    ],
    [
      'a category that appears twice',
      '[red, blue]',
      '[red, red]',
      ['features[1].categories 8:56 a category appears twice'],
    ],
    [
      "a derived feature that takes a feature's name",
      '  ratio:',
      '  age:',
      ['derived.age 11:3 already the name of a feature'],
    ],
    [
      'a derived feature over a column that is missing',
      'size / age',
      'size / weight',
      [expect.stringMatching(/^derived.ratio 11:3 at character 14: expected /)],
    ],
    [
      'the target among the features',
      'column: y',
      'column: age',
      ['features[2].name 9:7 the target cannot be a feature'],
    ],
    [
      'weights among the features',
      'derived:',
      'weights: { column: age }\nderived:',
      ['features[2].name 9:7 the column of weights cannot be a feature'],
    ],
    [
      'the target as weights',
      'derived:',
      'weights: { column: y }\nderived:',
      ['weights.column 10:12 the target cannot be the column of weights'],
    ],
    [
      'a range whose ends are swapped',
      'min: 0, max: 10',
      'min: 10, max: 0',
      ['features[0].range 7:5 expected min to be at most max'],
    ],
    [
      'one label for both classes',
      'negative: good',
      'negative: bad',
      ['target.labels 2:35 expected two different labels'],
    ],
    [
      'an unknown learner',
      'learner: random_forest',
      'learner: forest',
      [
        `candidates[1].learner 16:5 expected ${Object.keys(learners).join(' or ')}, got another name`,
      ],
    ],
    [
      'an unknown hyperparameter',
      'max_depth: [null, 3]',
      'depth: [null, 3]',
      [
        expect.stringMatching(
          /^candidates\[1\]\.grid\.depth 19:7 unknown key; allowed here: n_estimators, max_depth, /,
        ),
      ],
    ],
    [
      'a grid value out of domain',
      '[10, 20]',
      '[0, 20]',
      ['candidates[1].grid.n_estimators[0] 18:22 expected a number at least 1, got zero'],
    ],
    [
      'a grid value of the wrong kind',
      '[0.1, 1]',
      '[0.1, one]',
      ['candidates[0].grid.C[1] 15:22 expected a number, got text'],
    ],
    [
      'a list where one number is asked for',
      '[0.1, 1]',
      '[0.1, [1]]',
      ['candidates[0].grid.C[1] 15:22 expected a number, got a list of 1'],
    ],
    [
      'a single grid value of the wrong kind',
      '[0.1, 1]',
      '{ from: 1 }',
      ['candidates[0].grid.C 15:13 expected a number, got a mapping'],
    ],
    [
      'a grid value that JSON cannot say',
      '[0.1, 1]',
      '[.inf]',
      [expect.stringMatching(/^candidates\[0\]\.grid\.C.* 15:\d+ expected .*, got /)],
    ],
    ...(
      [
        [
          'the preprocessing of no feature',
          'features: { weight: { impute: 1 } }',
          'features.weight 12:30 expected the name of a feature or of a derived one',
        ],
        [
          'an option that nothing has',
          'numeric: { imput: 1 }',
          'numeric.imput 12:29 unknown key; allowed here: impute, missing_indicator, transform, scale',
        ],
        [
          'a group that there is not',
          'numbers: { impute: 1 }',
          'numbers 12:18 unknown key; allowed here: numeric, categorical, features',
        ],
        [
          'a numeric option on a categorical feature',
          'features: { colour: { impute: 1 } }',
          'features.colour.impute 12:40 an option of numeric features, this one is categorical; allowed here: encode, smoothing',
        ],
        [
          'a categorical option on a derived feature',
          'features: { ratio: { encode: target } }',
          'features.ratio.encode 12:39 an option of categorical features, this one is numeric; allowed here: impute, missing_indicator, transform, scale',
        ],
        [
          'options that are no mapping',
          'features: { age: median }',
          'features.age 12:30 expected a mapping, got text',
        ],
        [
          'an imputation of another kind',
          'features: { age: { impute: mean } }',
          'features.age.impute 12:37 expected median or a number, got text',
        ],
        [
          'a constant outside the declared range',
          'features: { worst size: { impute: -1 } }',
          'features.worst size.impute 12:44 expected median or a number within the range of worst size, at least 0 and at most 10; got a number outside it',
        ],
        [
          'a constant for all that one range does not hold',
          'numeric: { impute: 11 }',
          'numeric.impute 12:29 expected median or a number within the range of worst size, at least 0 and at most 10; got a number outside it',
        ],
        [
          'a constant beyond float32',
          'features: { age: { impute: 1e39 } }',
          'features.age.impute 12:37 expected a number within the range of float32',
        ],
        [
          'an unknown transform',
          'numeric: { transform: log }',
          'numeric.transform 12:29 expected none or signed_log or rank_normal, got text',
        ],
        [
          'a smoothing out of domain',
          'categorical: { encode: target, smoothing: -1 }',
          'categorical.smoothing 12:49 expected a number at least 0, got a negative number',
        ],
        [
          'a smoothing without target encoding',
          'features: { colour: { smoothing: 5 } }',
          'features.colour.smoothing 12:40 goes with encode: target only',
        ],
      ] as const
    ).map(
      ([name, text, problem]) =>
        [name, 'split:', `preprocessing: { ${text} }\nsplit:`, [`preprocessing.${problem}`]] as [
          string,
          string,
          string,
          string[],
        ],
    ),
    [
      'a missing indicator that takes the name of a feature',
      '  ratio: worst size / age\n',
      '  age missing: worst size / age\npreprocessing: { features: { age: { missing_indicator: true } } }\n',
      [
        'preprocessing.features.age.missing_indicator 12:37 adds a column named age missing, which is already the name of a feature',
      ],
    ],
    [
      'a threshold of no metric',
      'seed: 7',
      'seed: 7\ngate: { thresholds: { auc: 0.9 } }',
      [
        'gate.thresholds.auc 23:23 unknown key; allowed here: accuracy, precision, recall, f1, roc_auc, average_precision, log_loss, brier',
      ],
    ],
    [
      'a background that there is not',
      'seed: 7',
      'seed: 7\nexplanation: { background: all, rows: 0, adverse: 1 }',
      [
        'explanation.background 23:16 expected favourable or training, got text',
        'explanation.rows 23:33 expected a number at least 1, got zero',
        'explanation.adverse 23:42 expected positive or negative, got a whole number',
      ],
    ],
    [
      'a reason without words',
      'categories: [red, blue] }',
      'categories: [red, blue], reason: { code: "", words: red } }',
      [
        'features[1].reason.code 8:91 expected text that is not empty, got empty text',
        'features[1].reason.words 8:101 unknown key; allowed here: code, text',
      ],
    ],
    [
      'a tolerance below zero',
      'seed: 7',
      'seed: 7\ngate: { tolerance: { roc_auc: -0.1 } }',
      ['gate.tolerance.roc_auc 23:22 expected a number at least 0, got a negative number'],
    ],
    [
      'a grid without values',
      '[0.1, 1]',
      '[]',
      ['candidates[0].grid.C 15:13 expected a list of at least 1 item, got a list of 0'],
    ],
  ])('names %s', (_case, from, to, expected) => {
    expect(new Set(problemsOf(from, to))).toEqual(new Set(expected));
  });

  it('names the file and every place in its message, never a value', () => {
    const file = write(
      GOOD.replace('seed: 7', 'seed: sesame').replace('folds: 3', 'folds: sesame'),
    );
    const read = (): unknown => readParams(file);
    expect(read).toThrow(
      `${file}:20:14: selection.folds: expected a number, got text\n${file}:22:1: seed: `,
    );
    expect(read).not.toThrow('sesame');
  });

  it('says that a file is not there', () => {
    expect(() => readParams(join(folder, 'none.yaml'))).toThrow('there is no such file');
  });

  it('says that an alias names no anchor', () => {
    expect(() => readParams(write(GOOD.replace('seed: 7', 'seed: *seven')))).toThrow('not YAML');
  });
});
