// Reads env files, separated by NUL, and prints for each how many entries it has and their names and values, each ended
// by NUL. Which reader: "dotenv", the package, or "parseEnv", what node --env-file uses.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import dotenv from 'dotenv';

const [reader, input] = process.argv.slice(2);
const parse = reader === 'parseEnv' ? parseEnv : dotenv.parse;
let out = '';
for (const text of readFileSync(input, 'utf8').split('\0')) {
  const entries = Object.entries(parse(text));
  out += `${entries.length}\0` + entries.map(([name, value]) => `${name}\0${value}\0`).join('');
}
writeFileSync(1, out);
