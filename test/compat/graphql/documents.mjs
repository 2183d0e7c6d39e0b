// Documents for the differential test: written ones in documents/, ones made from the schema, and broken ones.
import { readFileSync } from 'node:fs';
import { getNamedType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType } from 'graphql';

// xorshift: the same documents on every machine and every run.
export class Random {
  constructor(seed) {
    this.state = seed >>> 0 || 1;
  }
  below(n) {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % n;
  }
  chance(percent) {
    return this.below(100) < percent;
  }
  of(items) {
    return items[this.below(items.length)];
  }
}

// Written documents are separated by lines of "---".
export function written(name) {
  const text = readFileSync(new URL(`./documents/${name}.txt`, import.meta.url), 'utf8');
  return text.split(/^---.*\n/m).map((each) => each.replace(/\n$/, '')).filter((each) => each !== '');
}

const STRINGS = ['""', '"x"', '"a\\nb"', '"\\u00e4\\u{1F600}"', '"\\uD83D\\uDE00"', '"""block"""', '"""\n    two\n      lines\n    """', '"ä🏊"'];
const NUMBERS = ['0', '1', '-7', '2147483647', '2147483648', '-2147483649', '1.5', '-0', '1e3', '0.0', '12345678901234567890'];

// A document that is valid most of the time: what is chosen follows the schema, and now and then something else is.
export class Generator {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
  }

  document() {
    const r = this.random;
    this.fragments = new Map();
    this.wrong = r.chance(55) ? 0 : 4; // percent of choices that go wrong
    const operations = r.chance(85) ? 1 : 2;
    const texts = [];
    for (let i = 0; i < operations; ++i) texts.push(this.operation(operations > 1 || r.chance(40) ? `Op${r.chance(95) ? i : 0}` : ''));
    for (const [name, fragment] of this.fragments) texts.push(`fragment ${name} on ${fragment.type} ${this.directives('fragment')}${fragment.body}`);
    if (r.chance(this.wrong)) texts.push('fragment Unused on Dog { id }');
    return texts.join(r.chance(50) ? '\n' : ' # and\n');
  }

  operation(name) {
    const r = this.random;
    this.variables = new Map();
    const kind = r.of(['query', 'query', 'query', 'query', 'mutation', 'subscription']);
    const root = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() }[kind];
    const body = this.selections(root, 4, kind === 'subscription' && !r.chance(10) ? 1 : 0);
    const variables = [...this.variables].map(([variable, { type, fallback }]) => `$${variable}: ${type}${fallback}${r.chance(5) ? ' @onVariable(a: 2)' : ''}`);
    if (r.chance(this.wrong)) variables.push('$unused: Int');
    if (kind === 'query' && name === '' && variables.length === 0 && r.chance(50)) return body;
    return `${r.chance(5) ? '"what it does" ' : ''}${kind} ${name}${variables.length ? `(${variables.join(', ')})` : ''} ${r.chance(5) ? '@many @many(a: 1) ' : ''}${body}`;
  }

  selections(type, depth, only = 0) {
    const r = this.random;
    const count = only || 1 + r.below(4);
    const chosen = [];
    for (let i = 0; i < count; ++i) chosen.push(this.selection(type, depth));
    return `{ ${chosen.join(r.chance(50) ? ' ' : '\n  ')} }`;
  }

  selection(type, depth) {
    const r = this.random;
    if (depth > 0 && r.chance(12)) return this.fragment(type, depth);
    if (r.chance(this.wrong)) return r.of(['nothing', 'id', '__typename', '__schema { queryType { name } }']);
    const fields = type.getFields ? Object.values(type.getFields()) : [];
    if (fields.length === 0 || r.chance(8)) return r.of(['__typename', 't: __typename', '__typename @skip(if: false)']);
    let field = r.of(fields);
    // Prefer leaves where the depth ends.
    for (let i = 0; depth === 0 && i < 10 && isCompositeType(getNamedType(field.type)); ++i) field = r.of(fields);
    const named = getNamedType(field.type);
    if (depth === 0 && isCompositeType(named) && !r.chance(this.wrong)) return '__typename';
    const alias = r.chance(15) ? `${r.of(['x', 'y', 'name', 'id'])}: ` : '';
    const body = isCompositeType(named) !== r.chance(this.wrong) ? ` ${depth > 0 ? this.selections(named, depth - 1) : '{ __typename }'}` : '';
    return `${alias}${field.name}${this.arguments(field.args)}${this.directives('field')}${body}`;
  }

  fragment(type, depth) {
    const r = this.random;
    const on = r.chance(this.wrong) ? r.of(['Fish', 'Dog', 'Query', 'Input', 'Nothing']) : r.of(this.related(type)).name;
    const target = this.schema.getType(on);
    const inside = target && isCompositeType(target) ? target : type;
    if (r.chance(50)) {
      const condition = r.chance(25) ? '' : ` on ${on}`;
      return `...${condition}${this.directives('inline')} ${this.selections(condition === '' ? type : inside, depth - 1)}`;
    }
    const name = `F${this.fragments.size}`;
    if (this.fragments.size < 5) {
      this.fragments.set(name, { type: on, body: '{ __typename }' });
      const body = this.selections(inside, depth - 1);
      this.fragments.set(name, { type: on, body: r.chance(this.wrong) ? `{ ...${name} }` : body });
    }
    const [used] = r.chance(70) ? [name] : r.of([...this.fragments]);
    return `...${this.fragments.has(used) || r.chance(this.wrong) ? used : 'F0'}${r.chance(5) ? ' @onFragment' : ''}`;
  }

  // The types that an object of `type` could be as well.
  related(type) {
    if (!isCompositeType(type)) return [type];
    const all = Object.values(this.schema.getTypeMap()).filter((each) => isCompositeType(each) && !each.name.startsWith('__'));
    const objects = (each) => (isObjectType(each) ? [each] : this.schema.getPossibleTypes(each));
    return all.filter((each) => objects(each).some((object) => objects(type).includes(object)));
  }

  directives(where) {
    const r = this.random;
    if (!r.chance(8)) return '';
    if (r.chance(this.wrong)) return ` ${r.of(['@nothing', '@onQuery', '@needs', '@skip', '@include(if: 3)', '@onField @onField'])}`;
    if (where === 'field') return ` ${r.of(['@onField(a: 1)', '@many @many', '@needs(a: 1, b: { f: 2 })', '@skip(if: true)', `@include(if: ${this.value(this.booleanType(), 1)})`])}`;
    return where === 'inline' ? ` ${r.of(['@onFragment', '@include(if: true)', '@skip(if: false)'])}` : ' @onFragment ';
  }

  booleanType() {
    return this.schema.getDirective('skip').args[0].type;
  }

  arguments(declared) {
    const r = this.random;
    const given = [];
    for (const argument of declared) {
      const required = isNonNullType(argument.type) && argument.defaultValue === undefined;
      if (required ? r.chance(100 - this.wrong) : r.chance(50)) given.push(`${argument.name}: ${this.value(argument.type, 3, argument)}`);
    }
    if (r.chance(this.wrong)) given.push(r.of(['nothing: 1', given[0] ?? 'a: 1']));
    return given.length ? `(${given.join(r.of([', ', ' ']))})` : '';
  }

  value(type, depth, place) {
    const r = this.random;
    if (r.chance(this.wrong)) return r.of(['null', '{}', '[]', 'CAT', 'NOTHING', '"x"', '1', '1.5', 'true', '$missing', '[[1]]', '{ a: 1, a: 2 }', ...NUMBERS]);
    if (r.chance(20)) return this.variable(type, place);
    if (isNonNullType(type)) return this.value(type.ofType, depth, place);
    if (r.chance(8)) return 'null';
    if (isListType(type)) {
      if (depth === 0 || r.chance(20)) return depth === 0 ? '[]' : this.value(type.ofType, depth - 1);
      return `[${Array.from({ length: r.below(3) }, () => this.value(type.ofType, depth - 1)).join(', ')}]`;
    }
    if (isEnumType(type)) return r.of(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(type, depth);
    return this.scalar(type.name);
  }

  object(type, depth) {
    const r = this.random;
    let fields = Object.values(type.getFields());
    if (type.isOneOf) fields = [r.of(fields)];
    const given = fields.filter((field) => type.isOneOf || isNonNullType(field.type) || (depth > 0 && r.chance(30)));
    return `{${given.map((field) => `${field.name}: ${this.value(field.type, depth - 1, field)}`).join(', ')}}`;
  }

  scalar(name) {
    const r = this.random;
    switch (name) {
      case 'Int':
        return r.of(['0', '1', '-7', '2147483647', '-2147483648', '42']);
      case 'Float':
        return r.of(NUMBERS);
      case 'Boolean':
        return r.of(['true', 'false']);
      case 'ID':
        return r.of(['1', '"x"', '-5']);
      case 'String':
        return r.of(STRINGS);
      default:
        return r.of([...STRINGS, ...NUMBERS, 'SOME', '[1, "x"]', '{ deep: { er: [1] } }']);
    }
  }

  variable(type, place) {
    const r = this.random;
    const name = `v${this.variables.size}`;
    let text = String(type);
    if (r.chance(30) && !isNonNullType(type)) text += '!';
    if (r.chance(this.wrong)) text = r.of(['Int', 'String!', '[Int]', 'Input', 'Dog', 'Nothing', 'Boolean']);
    const nullable = !text.endsWith('!');
    const fallback = nullable && isNonNullType(type) || r.chance(20) ? ` = ${this.constant(type)}` : '';
    this.variables.set(name, { type: isNonNullType(type) && r.chance(40) && place?.defaultValue !== undefined ? String(type.ofType) : text, fallback });
    return `$${name}`;
  }

  constant(type) {
    const named = getNamedType(type);
    if (isInputObjectType(named)) return named.isOneOf ? '{a: 1}' : named.name === 'Strict' ? '{a: 1}' : '{}';
    if (isEnumType(named)) return 'DOG';
    return this.scalar(named.name);
  }
}

// One small change to a document's text.
export function mutate(text, random) {
  const tokens = text.match(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[A-Za-z_]\w*|-?[0-9.eE+]+|[^\s]|\s+/g) ?? [text];
  const at = random.below(tokens.length);
  const junk = ['{', '}', '(', ')', '[', ']', ':', '!', '$', '@', '...', '..', '=', '|', '&', '"', '"""', "'", '%', '\u0000', '\uFEFF', ',', '#', 'on', 'null', 'true', 'fragment', 'query', 'type',
    '01', '1.', '1.e1', '1a', '-', '.5', '"\\q"', '"\\u12"', '"\\u{110000}"', '"\\uD800"', '\n', '\r\n', '\r', 'id', 'dog', '__typename', '$v0', '😀'];
  switch (random.below(5)) {
    case 0:
      tokens.splice(at, 1);
      break;
    case 1:
      tokens.splice(at, 0, ` ${random.of(junk)} `);
      break;
    case 2:
      tokens[at] = random.of(junk);
      break;
    case 3:
      tokens.splice(at, 0, tokens[at]);
      break;
    default: {
      const other = random.below(tokens.length);
      [tokens[at], tokens[other]] = [tokens[other], tokens[at]];
    }
  }
  return tokens.join('');
}
