// Adds up Vitest's JSON reports and prints CI's closing line. Usage: node scripts/count-tests.mjs REPORT.json ...
import { readFileSync } from "node:fs";

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
const total = (field) => reports.reduce((sum, report) => sum + report[field], 0);
const failed = total("numFailedTests");
console.log(`${total("numPassedTests")} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
