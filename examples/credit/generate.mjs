// Writes a synthetic credit data set as CSV to standard output: node examples/credit/generate.mjs [--rows 5000] [--seed 7]. No row stands
// for a person. README.md has the formula. Only + - * / and integer arithmetic are used, so that a seed gives the same bytes everywhere.
import { parseArgs } from 'node:util';

const COLUMNS = [
  'age',
  'annual_income',
  'employment_years',
  'home_ownership',
  'loan_purpose',
  'loan_amount',
  'term_months',
  'interest_rate',
  'debt_to_income',
  'credit_history_years',
  'past_delinquencies',
  'defaulted',
];

/** Share of the applications, typical amount, and what the purpose adds to the log odds. */
const PURPOSES = [
  { name: 'debt_consolidation', share: 0.42, amount: 14_000, risk: 0.1 },
  { name: 'home_improvement', share: 0.16, amount: 12_000, risk: 0 },
  { name: 'car', share: 0.14, amount: 15_000, risk: -0.2 },
  { name: 'medical', share: 0.08, amount: 7_000, risk: 0.35 },
  { name: 'education', share: 0.07, amount: 9_000, risk: 0.15 },
  { name: 'business', share: 0.06, amount: 18_000, risk: 0.6 },
  { name: 'other', share: 0.07, amount: 8_000, risk: 0.2 },
];
const HOME_RISK = { rent: 0.25, mortgage: 0, own: -0.2, other: 0.4 };
const TERMS = [12, 24, 36, 48, 60];

/** Uniform in [0, 1) with 32 bits: a Weyl sequence through the finaliser of MurmurHash3. */
function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** e^x by its series at x / 1024, squared ten times: Math.exp may differ in the last digit from engine to engine. */
function exp(x) {
  const t = x / 1024;
  let power = 1 + t * (1 + (t / 2) * (1 + (t / 3) * (1 + t / 4)));
  for (let i = 0; i < 10; i++) power *= power;
  return power;
}

const within = (low, value, high) => Math.min(high, Math.max(low, value));
const rounded = (value, digits) => Number(value.toFixed(digits));

/** One application with all its cells known. */
function apply(uniform) {
  // The sum of twelve uniform numbers less six: normal but for its far tails.
  const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, u) => sum + u, -6);
  const age = Math.floor(18 + (52 * (uniform() + uniform())) / 2);
  const history = rounded((age - 18) * (0.25 + 0.6 * uniform()), 1);
  const employed = uniform() >= 0.05;
  const employment = employed ? rounded(Math.min(age - 18, 35) * uniform() * uniform(), 1) : 0;
  const unhoused = uniform();
  const own = 0.04 + 0.006 * (age - 18);
  const home =
    unhoused < own
      ? 'own'
      : unhoused < own + 0.36
        ? 'mortgage'
        : unhoused < 0.98
          ? 'rent'
          : 'other';
  const earned = 40_000 * exp(0.45 * normal() + 0.02 * Math.min(employment, 20));
  const income = within(6_000, Math.round((employed ? earned : earned / 2) / 100) * 100, 400_000);
  const purpose = pick(PURPOSES, uniform());
  const wanted = purpose.amount * exp(0.5 * normal()) * (0.6 + (0.4 * income) / 50_000);
  const amount = within(1_000, Math.round(wanted / 100) * 100, 50_000);
  const term = TERMS[within(0, Math.floor(1.2 + amount / 14_000 + 0.9 * normal()), 4)];
  const careless = exp(0.9 * normal());
  let delinquencies = 0;
  for (let i = 0; i < 8; i++) if (uniform() < 0.035 * careless) delinquencies++;
  const owed = 8 + 16 * uniform() + 3 * careless;
  const debt = rounded(within(0, owed + (100 * 12 * amount) / (term * income), 80), 1);
  const priced = 6 + 1.1 * Math.min(delinquencies, 4) + 0.08 * debt + 0.06 * term + normal();
  const rate = rounded(within(4, priced + 2 * purpose.risk, 30), 2);
  return {
    age,
    history,
    employed,
    employment,
    home,
    income,
    purpose,
    amount,
    term,
    delinquencies,
    debt,
    rate,
  };
}

function pick(choices, u) {
  let before = 0;
  return choices.find(({ share }) => u < (before += share)) ?? choices[choices.length - 1];
}

/** The probability that this loan is not paid back. */
function defaultProbability(a) {
  const logOdds =
    -2.2 +
    0.12 * (a.rate - 12) +
    0.03 * (a.debt - 25) +
    0.04 * Math.max(0, a.debt - 40) -
    2.4 * (a.income / (a.income + 50_000) - 0.5) +
    0.5 * Math.min(a.delinquencies, 4) -
    0.08 * Math.min(a.employment, 10) +
    (a.employed ? 0 : 0.8) -
    0.03 * Math.min(a.history, 20) +
    0.0012 * (a.age - 45) * (a.age - 45) +
    HOME_RISK[a.home] +
    a.purpose.risk +
    (a.amount > 20_000 && a.term >= 48 ? 0.6 : 0);
  return 1 / (1 + exp(-logOdds));
}

/** Cells in the order of COLUMNS; some are left empty, after the outcome is drawn. */
function toCells(a, uniform) {
  const defaulted = uniform() < defaultProbability(a);
  const unless = (share, cell) => (uniform() < share ? '' : cell);
  return [
    a.age,
    unless(0.04, a.income),
    unless(a.employed ? 0.02 : 1, a.employment),
    unless(0.01, a.home),
    a.purpose.name,
    a.amount,
    a.term,
    a.rate,
    unless(0.03, a.debt),
    unless(a.history < 1 ? 0.6 : 0.03, a.history),
    unless(0.02, a.delinquencies),
    defaulted ? 'yes' : 'no',
  ];
}

function wholeNumber(name, text, least, most) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
}

function main() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '7' },
    },
  });
  const rows = wholeNumber('rows', values.rows, 1, 5_000_000);
  const uniform = uniforms(wholeNumber('seed', values.seed, 0, 2 ** 32 - 1));
  const lines = [COLUMNS.join(',')];
  for (let row = 0; row < rows; row++) lines.push(toCells(apply(uniform), uniform).join(','));
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`generate: ${error.message}\n`);
  process.exitCode = 1;
}
