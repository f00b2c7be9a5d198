// Adds up the suites' JSON reports; a step that failed without a failing test counts as one failure, a missing report as one more.
import { readFileSync } from 'node:fs';

const [failedSteps, ...reports] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const report of reports) {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    passed += numPassedTests;
    failed += Math.max(numFailedTests, numFailedTestSuites);
    if (numPassedTests === 0) failed += 1;
  } catch {
    console.log(`no report: ${report}`);
    failed += 1;
  }
}
failed = Math.max(failed, Number(failedSteps));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
