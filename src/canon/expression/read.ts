// Reading values without running anybody's code: own data properties only, and coercion of primitives only. A getter, a `toString` or a `valueOf`
// of the context never runs. (A Proxy's traps are the embedder's own code and cannot be told apart; what they throw is caught.)
import { expressionLimits, isForbiddenName, type MethodName } from "./limits.ts";

/** A refusal at run time; the compiler adds the position. */
export class Unreadable extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** An own data property, `undefined` for anything inherited; text and arrays have `length` and indices. */
export function readProperty(holder: unknown, key: string | number): unknown {
  if ((typeof holder === "object" && holder !== null) || typeof holder === "function") {
    const property = Object.getOwnPropertyDescriptor(holder, key);
    if (property === undefined) return undefined;
    // Only data properties have `writable`.
    if (property.writable !== undefined) return property.value;
    throw new Unreadable(`${JSON.stringify(key)} is a getter, and only plain data is read`, "Pass plain data in the context.");
  }
  if (holder === undefined || holder === null)
    throw new Unreadable(`cannot read ${JSON.stringify(key)} of ${String(holder)}`, "Use ?. where a value may be absent.");
  if (typeof holder === "string") return key === "length" ? holder.length : characterAt(holder, key);
  return undefined;
}

function characterAt(text: string, key: string | number): string | undefined {
  return Object.getOwnPropertyDescriptor(text, key)?.value as string | undefined;
}

/** A bracket key, checked again at run time: `context['__pro' + 'to__']` is refused here. */
export function readKey(holder: unknown, key: unknown): unknown {
  if (typeof key !== "string" && typeof key !== "number")
    throw new Unreadable("a bracket key must be a string or a number", "Use a string or a number between the brackets.");
  if (typeof key === "string" && isForbiddenName(key)) throw new Unreadable(`the name ${key} is never read`, "Read another property.");
  return readProperty(holder, key);
}

/** `key in array`, over the array's own entries. */
export function hasEntry(key: unknown, holder: unknown): boolean {
  if (!Array.isArray(holder)) throw new Unreadable("`in` works on arrays", "Use ?. and === undefined to ask whether a property is there.");
  if (typeof key !== "string" && typeof key !== "number")
    throw new Unreadable("the left side of `in` must be a string or a number", "Use an index.");
  return Object.hasOwn(holder, key);
}

/** `includes` of texts and arrays, `startsWith` and `endsWith` of texts. */
export function callMethod(name: MethodName, holder: unknown, argument: unknown): boolean {
  if (typeof holder === "string") {
    if (typeof argument !== "string") throw new Unreadable(`${name} on a text needs a text`, "Pass a string.");
    return name === "includes"
      ? holder.includes(argument)
      : name === "startsWith"
        ? holder.startsWith(argument)
        : holder.endsWith(argument);
  }
  if (name !== "includes" || !Array.isArray(holder))
    throw new Unreadable(
      `${name} works on ${name === "includes" ? "texts and arrays" : "texts"}`,
      holder === undefined || holder === null ? "Use ?. where a value may be absent." : "Call it on a string.",
    );
  if (holder.length > expressionLimits.arrayLengthMax)
    throw new Unreadable(`the array has more than ${expressionLimits.arrayLengthMax} entries`, "Pass a shorter array.");
  for (let index = 0; index < holder.length; index++) if (sameValueZero(readProperty(holder, index), argument)) return true;
  return false;
}

function sameValueZero(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Arithmetic coerces, so it takes numbers, texts, booleans, null and undefined. */
export function toNumber(value: unknown): number {
  if (isCoercible(value)) return Number(value);
  throw new Unreadable(`arithmetic on ${nameOf(value)}`, "Use numbers.");
}

/** `+` joins two texts or adds two numbers; it never turns one into the other. */
export function add(left: unknown, right: unknown): string | number {
  if (typeof left === "number" && typeof right === "number") return left + right;
  if (typeof left === "string" && typeof right === "string") return left + right;
  throw new Unreadable(`+ on ${nameOf(left)} and ${nameOf(right)}`, "Add two numbers or join two strings.");
}

export function lessThan(left: unknown, right: unknown, operator: "<" | "<=" | ">" | ">="): boolean {
  if (!isCoercible(left) || !isCoercible(right))
    throw new Unreadable(`${operator} on ${nameOf(isCoercible(left) ? right : left)}`, "Compare numbers or strings.");
  const a = left as number;
  const b = right as number;
  return operator === "<" ? a < b : operator === "<=" ? a <= b : operator === ">" ? a > b : a >= b;
}

/** `==` where nothing but primitives is turned into something else; two objects, or an object and null, are compared as they are. */
export function looselyEqual(left: unknown, right: unknown): boolean {
  if (left === undefined || left === null) return right === undefined || right === null;
  if (right === undefined || right === null) return false;
  if (isCoercible(left) && isCoercible(right)) {
    // oxlint-disable-next-line eqeqeq -- the language has JavaScript's ==
    return left == right;
  }
  if (isCoercible(left) || isCoercible(right))
    throw new Unreadable(`== on ${nameOf(isCoercible(left) ? right : left)}`, "Compare primitives, or use ===.");
  return left === right;
}

function isCoercible(value: unknown): value is string | number | boolean | null | undefined {
  return (
    value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol" && typeof value !== "bigint")
  );
}

function nameOf(value: unknown): string {
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
