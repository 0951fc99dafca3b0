// Two posts side by side as a person approves them: the caption word by word and the fields with the tested ones marked; and two briefs, field by field.
import { applyPatch, type Brief, type Content, type ContentField, contentFields, fieldsUnderTest, readField } from "../domain/index.ts";
import { contentsOf } from "./contents.ts";
import { contentDifference } from "./difference.ts";
import { renderCaption } from "./render.ts";
import { type WordChange, wordDiff } from "./wordDiff.ts";

export interface FieldRow {
  readonly field: ContentField;
  /** Whether the variable under test owns it. */
  readonly tested: boolean;
  readonly differs: boolean;
  readonly one: unknown;
  readonly other: unknown;
}

export interface ContentComparison {
  readonly pair: readonly [string, string];
  readonly caption: readonly WordChange[];
  /** Fields that one of the two has. */
  readonly fields: readonly FieldRow[];
}

type Contents = Pick<Brief, "control" | "testVariants" | "variableUnderTest" | "blueprintFields">;

/** Control against each test. */
export function compareVariants(brief: Contents): ContentComparison[] {
  const { id, content } = brief.control;
  return brief.testVariants.map((test) => comparison(brief, [id, test.id], content, applyPatch(content, test.patch)));
}

export interface BriefComparison {
  /** Fields of the briefs that differ, variants aside, by path; undefined where one has none. */
  readonly fields: readonly { readonly path: string; readonly one?: unknown; readonly other?: unknown }[];
  /** Variants that both have, by id. */
  readonly variants: readonly ContentComparison[];
  readonly onlyInOne: readonly string[];
  readonly onlyInOther: readonly string[];
}

/** Two briefs, or two versions of one. Fields of either variable under test are marked. */
export function compareBriefs(one: Brief, other: Brief): BriefComparison {
  const [a, b] = [contentById(one), contentById(other)];
  const { control: _, testVariants: __, ...plainOne } = one;
  const { control: ___, testVariants: ____, ...plainOther } = other;
  const [left, right] = [leaves(plainOne), leaves(plainOther)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].filter((path) => left.get(path) !== right.get(path));
  return {
    fields: paths.map((path) => ({
      path,
      ...(left.has(path) && { one: left.get(path) }),
      ...(right.has(path) && { other: right.get(path) }),
    })),
    variants: [...a].flatMap(([id, content]) => (b.has(id) ? [comparison(other, [id, id], content, b.get(id)!)] : [])),
    onlyInOne: [...a.keys()].filter((id) => !b.has(id)),
    onlyInOther: [...b.keys()].filter((id) => !a.has(id)),
  };
}

function comparison(brief: Contents, pair: readonly [string, string], one: Content, other: Content): ContentComparison {
  const own = fieldsUnderTest(brief.variableUnderTest, brief.blueprintFields);
  const differing = contentDifference(one, other);
  const isEmpty = (value: unknown) =>
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return {
    pair,
    caption: wordDiff(renderCaption(one), renderCaption(other)),
    fields: contentFields
      .map((field) => ({
        field,
        tested: own.includes(field),
        differs: differing.includes(field),
        one: readField(one, field),
        other: readField(other, field),
      }))
      .filter((row) => row.differs || !isEmpty(row.one)),
  };
}

function contentById(brief: Brief): Map<string, Content> {
  return new Map(contentsOf(brief).map(({ variantId, content }) => [variantId, content]));
}

/** Every value that is not an object or list, by its path. */
function leaves(value: unknown, path = "", into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value !== "object" || value === null) into.set(path, value);
  else if (Array.isArray(value)) value.forEach((item, at) => leaves(item, `${path}[${at}]`, into));
  else for (const [key, item] of Object.entries(value)) leaves(item, path === "" ? key : `${path}.${key}`, into);
  return into;
}
