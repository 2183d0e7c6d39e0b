// The yardstick of graphql_bench: the same document, schema and made-up values with graphql-js (of test/compat/graphql).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { buildSchema, executeSync, isListType, isNonNullType, isObjectType, parse, validate } =
  createRequire(new URL('../test/compat/graphql/package.json', import.meta.url))('graphql');
const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

function madeUp(type) {
  if (isNonNullType(type)) return madeUp(type.ofType);
  if (isListType(type)) return Array(90).fill(madeUp(type.ofType));
  if (isObjectType(type)) return {};
  return { Int: 12345, Count: 12345, Float: 0.125, Boolean: true }[type.name] ?? '2026-11-23';
}

const schema = buildSchema(read('schemas/analytics.graphql'));
const text = read('bench/graphql_document.graphql');
const values = new Map();
for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type) || type.name.startsWith('__')) continue;
  for (const field of Object.values(type.getFields())) {
    values.set(field, madeUp(field.type));
    field.resolve = () => values.get(field);
  }
}

function time(name, work) {
  for (let i = 0; i < 500; ++i) work();
  const runs = 2000;
  const begin = process.hrtime.bigint();
  for (let i = 0; i < runs; ++i) work();
  console.log(`${name.padEnd(16)} ${(Number(process.hrtime.bigint() - begin) / runs / 1000).toFixed(1)} us`);
}

const document = parse(text);
time('parse_only', () => parse(text));
time('validate_only', () => validate(schema, document));
time('execute_only', () => JSON.stringify(executeSync({ schema, document })));
time('whole_request', () => {
  const parsed = parse(text);
  if (validate(schema, parsed).length > 0) throw new Error('invalid');
  return JSON.stringify(executeSync({ schema, document: parsed }));
});
