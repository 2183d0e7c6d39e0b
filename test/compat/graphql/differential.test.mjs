// The engine of lib/graphql beside graphql-js: the same verdict of the parser (and where), the same rules of the
// validator, the same data and error paths of the executor, for thousands of documents.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema, execute, getNamedType, GraphQLError, isAbstractType, isEnumType, isListType, isNonNullType, isObjectType, parse, specifiedRules, validate } from 'graphql';
import { Generator, mutate, Random, written } from './documents.mjs';

const CHECK = process.env.GM_GRAPHQL_CHECK;
const SEED = Number(process.env.GM_SEED ?? 20261123);
const GENERATED = 1500;
const MUTATED = 1500;

function check(schemaFile, documents) {
  const input = Buffer.concat(documents.flatMap((text) => {
    const bytes = Buffer.from(text);
    return [Buffer.from(`${bytes.length}\n`), bytes, Buffer.from('\n')];
  }));
  const lines = execFileSync(CHECK, [schemaFile], { input, maxBuffer: 1 << 28 }).toString().trimEnd().split('\n');
  assert.equal(lines.length, documents.length);
  return lines.map((line) => JSON.parse(line));
}

// The same values as graphql_check makes up.
function madeUp(type, info, args) {
  if (isNonNullType(type)) return madeUp(type.ofType, info, args);
  if (isListType(type)) {
    const items = [madeUp(type.ofType, info, args), madeUp(type.ofType, info, args)];
    return info.fieldName.startsWith('holed') ? [items[0], null] : items;
  }
  if (isObjectType(type)) return {};
  if (isAbstractType(type)) return { __typename: info.schema.getPossibleTypes(type)[0].name };
  if (isEnumType(type)) return type.getValues()[0].name;
  const length = info.fieldName.length;
  const byName = { Int: length, Float: length + 0.5, Boolean: length % 2 === 0 };
  if (type.name in byName) return byName[type.name];
  const given = ['a', 'b', 'c', 'id', 'input', 'list', 'one', 'kind'].filter((name) => name in args);
  return [info.fieldName, ...given.map((name) => `${name}=${JSON.stringify(args[name])}`)].join(' ');
}

function resolver(_source, args, _context, info) {
  if (info.fieldName.startsWith('fail')) throw new GraphQLError('fails');
  if (info.fieldName.startsWith('nil')) return null;
  return madeUp(info.returnType, info, args);
}

const RULES = specifiedRules.map((rule) => [rule.name.replace(/Rule$/, ''), rule]);

function expected(schema, text) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    return { syntax: error.locations };
  }
  const rules = new Set();
  let verdict;
  try {
    verdict = validate(schema, document);
    for (const [name, rule] of verdict.length ? RULES : []) if (validate(schema, document, [rule]).length > 0) rules.add(name);
  } catch {
    return { rejected: true }; // graphql-js throws for conditions on a subscription's root that depend on variables
  }
  const executable = document.definitions.every((each) => ['OperationDefinition', 'FragmentDefinition'].includes(each.kind));
  if (verdict.length > 0) return { rules, executable };
  const operation = document.definitions.find((each) => each.kind === 'OperationDefinition');
  if (!operation) return { rules, executable };
  const single = { ...document, definitions: [operation, ...document.definitions.filter((each) => each.kind === 'FragmentDefinition')] };
  return { rules, executable, result: execute({ schema, document: single, fieldResolver: resolver }) };
}

const paths = (errors) => (errors ?? []).map((error) => JSON.stringify(error.path ?? [])).sort();

// Introspection lists in any order; the descriptions of what is builtin are everybody's own.
function comparable(value, key) {
  if (Array.isArray(value)) {
    const items = value.map((each) => comparable(each));
    const ordered = !['types', 'directives', 'possibleTypes', 'interfaces'].includes(key);
    return ordered ? items : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value === 'string') return value.replace(/([:[=])-0(?=[,}\] ]|$)/g, '$10'); // JSON.stringify(-0) is 0
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'description').map(([name, each]) => [name, comparable(each, name)]));
}

function difference(wanted, got) {
  if (wanted.syntax) {
    if (!got.syntax) return 'only graphql-js finds a syntax error';
    const [a, b] = [wanted.syntax[0], got.syntax[0].locations[0]];
    return a.line === b.line && a.column === b.column ? null : `syntax error at ${a.line}:${a.column}, not ${b.line}:${b.column}`;
  }
  if (got.syntax) return `graphql-js parses it, we do not: ${got.syntax[0].message}`;
  if (wanted.rejected) return got.invalid.length > 0 ? null : 'graphql-js rejects it';
  const rules = new Set(got.invalid.map((error) => error.extensions.rule));
  if ((rules.size > 0) !== (wanted.rules.size > 0)) return `rules: ${[...wanted.rules]} against ours ${[...rules]}`;
  const capped = got.invalid.length >= 100;
  if (wanted.executable && !capped && [...rules].sort().join() !== [...wanted.rules].sort().join()) {
    return `rules: ${[...wanted.rules].sort()} against ours ${[...rules].sort()}`;
  }
  if (!wanted.result) return null;
  if (wanted.result.data === undefined) return got.variables ? null : 'graphql-js refuses the variables';
  if (got.variables) return `we refuse the variables: ${got.variables[0].message}`;
  const [ours, theirs] = [got.data, wanted.result.data].map((data) => JSON.stringify(comparable(data)));
  if (ours !== theirs) return `data: ${theirs.slice(0, 2000)} against ours ${ours.slice(0, 2000)}`;
  const [a, b] = [paths(wanted.result.errors), paths(got.errors)];
  return a.join() === b.join() ? null : `errors at ${a} against ours ${b}`;
}

function compare(schemaFile, documents) {
  const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
  const answers = check(schemaFile, documents);
  const counts = { syntax: 0, invalid: 0, executed: 0 };
  const rules = new Set();
  const differences = [];
  documents.forEach((text, i) => {
    const wanted = expected(schema, text);
    if (wanted.syntax) ++counts.syntax;
    else if (wanted.rejected || wanted.rules.size > 0) ++counts.invalid;
    else ++counts.executed;
    wanted.rules?.forEach((rule) => rules.add(rule));
    const problem = difference(wanted, answers[i]);
    if (problem) differences.push(`${problem}\n${text}`);
  });
  assert.equal(differences.length, 0, `${differences.length} of ${documents.length} differ:\n${differences.slice(0, 12).join('\n=====\n')}`);
  return { ...counts, rules };
}

const ZOO = new URL('./zoo.graphql', import.meta.url).pathname;

test('written documents', (t) => {
  const documents = [...written('syntax'), ...written('validation')];
  const { rules, ...counts } = compare(ZOO, documents);
  t.diagnostic(`${documents.length} documents: ${JSON.stringify(counts)}`);
  const missing = RULES.map(([name]) => name).filter((name) => !rules.has(name));
  assert.deepEqual(missing, [], 'every rule is broken by at least one written document');
});

test('generated documents and broken ones', (t) => {
  const random = new Random(SEED);
  const generator = new Generator(buildSchema(readFileSync(ZOO, 'utf8')), random);
  const generated = Array.from({ length: GENERATED }, () => generator.document());
  const mutated = Array.from({ length: MUTATED }, () => mutate(random.of(generated), random));
  const { rules, ...counts } = compare(ZOO, [...generated, ...mutated]);
  t.diagnostic(`${GENERATED + MUTATED} documents of seed ${SEED}: ${JSON.stringify(counts)}, ${rules.size} rules broken`);
  assert.ok(counts.executed >= 300 && counts.invalid >= 300 && counts.syntax >= 300, JSON.stringify(counts));
});
