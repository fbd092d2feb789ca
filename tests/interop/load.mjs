// Many people sign in at once, each with a browser of their own, until told to stop.
//   node load.mjs '{"issuer": .., what rp.mjs is told .., "people": ["ana@fabrikam.example", ..], "at_once": 3}'
// Prints {"done": n} after each `every` sign-ins (default 5), and stops at a line on standard input: {"total": n, "failed": [..]}.
import { createInterface } from 'node:readline';

import { Visit, broken } from './visit.mjs';

const spec = JSON.parse(process.argv[2]);
const every = spec.every ?? 5;
const failed = [];
let total = 0;
let isOver = false;

async function person(nth) {
  const address = spec.people[nth % spec.people.length];
  const steps = [];
  const result = await new Visit({ ...spec, address }).signIn({}, steps).catch(broken);
  if (result.outcome !== 'claims' || result.claims.email !== address) failed.push({ ...result, steps, nth });
  total += 1;
  if (total % every === 0) console.log(JSON.stringify({ done: total }));
}

let begun = 0;
async function queue() {
  while (!isOver) await person(begun++);
}

createInterface({ input: process.stdin }).once('line', () => { isOver = true; });
await Promise.all(Array.from({ length: spec.at_once ?? 3 }, queue));
console.log(JSON.stringify({ total, failed }));
process.exit(0);
