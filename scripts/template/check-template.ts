import { isIntrinsic, knownOf, type Rule } from './rule.ts';
import { RULES } from './rules.ts';
import { CheckedTemplate } from './template.ts';
import { wholeTemplateProblems } from './whole-template.ts';

/** @returns what AWS would refuse of a template: each names resource, property, value, limit and source. */
export function templateProblems(json: unknown): readonly string[] {
  const template = CheckedTemplate.parse(json);
  return [
    ...wholeTemplateProblems(template, Buffer.byteLength(JSON.stringify(json))),
    ...Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
      resourceProblems(id, Type, Properties),
    ),
  ];
}

function resourceProblems(id: string, type: string, properties: Readonly<Record<string, unknown>>): string[] {
  // Custom resources are held to what their functions take.
  if (type.startsWith('Custom::')) return [];
  const rules = RULES[type];
  if (rules === undefined) {
    return [
      `${id} (${type}): no rules are known for this type; add its limits, or why there are none, to scripts/template/rules.ts`,
    ];
  }
  if ('none' in rules) return [];
  return [...Object.entries(rules.properties), ...TAGS].flatMap(([path, list]) =>
    valuesAt(properties, path.split('.'), '').flatMap(({ place, value }) =>
      list.flatMap((rule) =>
        holds(rule, value)
          ? []
          : [
              `${id} (${type}): ${place} must be ${rule.says}, and is ${short(value)} (${place.startsWith('Tags') ? TAG_SOURCE : rules.source})`,
            ],
      ),
    ),
  );
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG_SOURCE = 'https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html';
const TAG_KEY: readonly Rule[] = [
  {
    says: 'at most 128 characters, not aws: first',
    holds: (_, { text }) => /^(?!aws:)[\s\S]{1,128}$/i.test(text),
  },
];
const TAG_VALUE: readonly Rule[] = [
  { says: 'at most 256 characters', holds: (_, { text }) => text.length <= 256 },
];
const FIFTY: readonly Rule[] = [
  {
    says: 'at most 50 tags',
    holds: (value) => typeof value !== 'object' || value === null || Object.keys(value).length <= 50,
  },
];
const TAGS: readonly (readonly [string, readonly Rule[]])[] = [
  ['Tags', FIFTY],
  ['Tags.*.Key', TAG_KEY],
  ['Tags.*.Value', TAG_VALUE],
];

function holds(rule: Rule, value: unknown): boolean {
  return rule.holds(value, knownOf(value));
}

interface Found {
  readonly place: string;
  readonly value: unknown;
}

/** Every value at a path; none where the template says it with a call, or not at all. */
function valuesAt(value: unknown, path: readonly string[], place: string): readonly Found[] {
  const [step, ...rest] = path;
  if (step === undefined) return value === undefined ? [] : [{ place, value }];
  if (typeof value !== 'object' || value === null || isIntrinsic(value)) return [];
  const all = Object.entries(value);
  if (step === '#') return all.map(([name]) => ({ place: `a name in ${place}`, value: name }));
  const chosen = step === '*' ? all : all.filter(([name]) => name === step);
  return chosen.flatMap(([name, entry]) => valuesAt(entry, rest, place === '' ? name : `${place}.${name}`));
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}… (${text.length} characters)` : text;
}
