// Safe expressions over one `context` (assignment note 2.5): acorn parses, a whitelist of node types becomes closures, everything else is refused
// with its position. No code is generated, so it works under a content security policy without `unsafe-eval`.
import { parseExpressionAt, type AnyNode } from "acorn";
import { ExpressionError } from "./error.ts";
import { expressionLimits, isForbiddenName, methodNames, rootName, type MethodName } from "./limits.ts";
import { add, callMethod, hasEntry, lessThan, looselyEqual, readKey, readProperty, toNumber, Unreadable } from "./read.ts";

export interface CompiledExpression {
  readonly source: string;
  /**
   * Runs it; changes nothing and runs no code of the context.
   * @throws ExpressionError `expression-failed` with the position: the caller treats it as no match.
   */
  evaluate(context: unknown): unknown;
}

type Step = (context: unknown) => unknown;

/**
 * Compiles an expression. O(source length), once; evaluation allocates next to nothing.
 * @throws ExpressionError `expression-refused` with the position and a fix.
 */
export function compileExpression(source: string): CompiledExpression {
  if (typeof source !== "string" || source.length > expressionLimits.sourceLengthMax)
    throw new ExpressionError({
      code: "expression-refused",
      source: shownSource(source),
      position: 0,
      message: typeof source === "string" ? `the expression has ${source.length} characters` : "the expression is not a text",
      fix: `Write an expression of at most ${expressionLimits.sourceLengthMax} characters.`,
    });
  const step = new Compiler(source).compile(parse(source), 1);
  const evaluate: Step = (context) => {
    try {
      return step(context);
    } catch (error) {
      throw error instanceof ExpressionError ? error : failed(source, 0, error);
    }
  };
  return { source, evaluate };
}

function shownSource(source: unknown): string {
  return typeof source === "string" ? source : typeof source;
}

function parse(source: string): AnyNode {
  let tree: AnyNode;
  try {
    tree = parseExpressionAt(source, 0, { ecmaVersion: 2022, sourceType: "module", preserveParens: true });
  } catch (error) {
    const { pos = 0, message } = error as { pos?: number; message: string };
    throw refusal(source, pos, message.replace(/ \(\d+:\d+\)$/, "").toLowerCase(), "Write one expression.", error);
  }
  const rest = source.slice(tree.end);
  if (rest.trim() !== "")
    throw refusal(
      source,
      tree.end + rest.length - rest.trimStart().length,
      "something follows the expression",
      "Write one expression and nothing after it.",
    );
  return tree;
}

/** What a chain yields from the moment a `?.` meets nothing; the end of the chain turns it into undefined. */
const shortCircuit = Symbol("short circuit");

class Compiler {
  readonly #source: string;
  #nodeCount = 0;

  constructor(source: string) {
    this.#source = source;
  }

  compile(node: AnyNode, depth: number): Step {
    if (node.type === "ParenthesizedExpression") return this.compile(node.expression, depth);
    this.#count(node, depth);
    switch (node.type) {
      case "Literal":
        if ((node.bigint ?? node.regex) != null) throw this.#refuse(node, node.regex ? "a regular expression" : "a BigInt");
        return constant(node.value);
      case "Identifier":
        if (node.name === rootName) return (context) => context;
        if (node.name === "undefined") return constant(undefined);
        throw this.#refuse(node, `the name ${node.name}`, `Start from ${rootName}, the only name there is.`);
      case "MemberExpression":
      case "CallExpression":
        return this.#link(node, depth);
      case "ChainExpression": {
        const chain = this.#link(node.expression, depth);
        return (context) => {
          const value = chain(context);
          return value === shortCircuit ? undefined : value;
        };
      }
      case "UnaryExpression":
        return this.#unary(node, depth);
      case "BinaryExpression":
        return this.#binary(node, depth);
      case "LogicalExpression": {
        const left = this.compile(node.left, depth + 1);
        const right = this.compile(node.right, depth + 1);
        if (node.operator === "&&") return (context) => left(context) && right(context);
        if (node.operator === "||") return (context) => left(context) || right(context);
        return (context) => left(context) ?? right(context);
      }
      case "ConditionalExpression": {
        const test = this.compile(node.test, depth + 1);
        const yes = this.compile(node.consequent, depth + 1);
        const no = this.compile(node.alternate, depth + 1);
        return (context) => (test(context) ? yes(context) : no(context));
      }
      case "ArrayExpression": {
        const entries = node.elements.map((element) => {
          if (element === null) throw this.#refuse(node, "a hole in an array", "Write undefined where an entry is missing.");
          return this.compile(element, depth + 1);
        });
        return (context) => entries.map((entry) => entry(context));
      }
      default:
        throw this.#refuse(node, nodeWords[node.type] ?? node.type);
    }
  }

  /** A member or method call; `shortCircuit` from its object passes through untouched. */
  #link(node: AnyNode, depth: number): Step {
    if (node.type === "CallExpression") return this.#call(node, depth);
    if (node.type !== "MemberExpression") return this.compile(node, depth);
    const object = this.#object(node.object, depth + 1);
    const { optional } = node;
    if (node.computed) {
      const key = this.compile(node.property, depth + 1);
      if (isLiteralText(node.property)) this.#checkName(node.property, node.property.value);
      return this.#guarded(node.property, object, optional, (holder, context) => readKey(holder, key(context)));
    }
    if (node.property.type !== "Identifier") throw this.#refuse(node.property, "a private name");
    const { name } = node.property;
    this.#checkName(node.property, name);
    // The link that stands in every expression: one closure, not two.
    const fail = this.#failure(node.property);
    return (context) => {
      const holder = object(context);
      if (holder === shortCircuit || (optional && (holder === undefined || holder === null))) return shortCircuit;
      try {
        return readProperty(holder, name);
      } catch (error) {
        return fail(error);
      }
    };
  }

  #call(node: Extract<AnyNode, { type: "CallExpression" }>, depth: number): Step {
    const { callee, arguments: given } = node;
    const argumentNode = given[0];
    const name =
      callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier" ? callee.property.name : "";
    if (callee.type !== "MemberExpression" || node.optional || !isMethodName(name))
      throw this.#refuse(node, "this call", `Call only ${methodNames.join(", ")}, directly on a value.`);
    if (given.length !== 1 || argumentNode === undefined || argumentNode.type === "SpreadElement")
      throw this.#refuse(
        node,
        `${name} with ${given.length === 1 ? "a spread" : `${given.length} arguments`}`,
        "Pass exactly one argument.",
      );
    this.#count(callee, depth + 1);
    const object = this.#object(callee.object, depth + 2);
    const argument = this.compile(argumentNode, depth + 1);
    return this.#guarded(callee.property, object, callee.optional, (holder, context) => callMethod(name, holder, argument(context)));
  }

  /** The object of a link: further links of the same chain are not closed off from its short circuit. */
  #object(node: AnyNode, depth: number): Step {
    if (node.type !== "MemberExpression" && node.type !== "CallExpression") return this.compile(node, depth);
    this.#count(node, depth);
    return this.#link(node, depth);
  }

  #guarded(at: AnyNode, object: Step, optional: boolean, read: (holder: unknown, context: unknown) => unknown): Step {
    const fail = this.#failure(at);
    return (context) => {
      const holder = object(context);
      if (holder === shortCircuit || (optional && (holder === undefined || holder === null))) return shortCircuit;
      try {
        return read(holder, context);
      } catch (error) {
        return fail(error);
      }
    };
  }

  #unary(node: Extract<AnyNode, { type: "UnaryExpression" }>, depth: number): Step {
    if (node.operator !== "!" && node.operator !== "-") throw this.#refuse(node, `the operator ${node.operator}`);
    const argument = this.compile(node.argument, depth + 1);
    if (node.operator === "!") return (context) => !argument(context);
    const fail = this.#failure(node);
    return (context) => {
      const value = argument(context);
      try {
        return -toNumber(value);
      } catch (error) {
        return fail(error);
      }
    };
  }

  #binary(node: Extract<AnyNode, { type: "BinaryExpression" }>, depth: number): Step {
    const operate = operators[node.operator];
    if (operate === undefined) throw this.#refuse(node, `the operator ${node.operator}`);
    const left = this.compile(node.left, depth + 1);
    const right = this.compile(node.right, depth + 1);
    if (node.operator === "===") return (context) => left(context) === right(context);
    if (node.operator === "!==") return (context) => left(context) !== right(context);
    const fail = this.#failure(node);
    return (context) => {
      const a = left(context);
      const b = right(context);
      try {
        return operate(a, b);
      } catch (error) {
        return fail(error);
      }
    };
  }

  #count(node: AnyNode, depth: number): void {
    this.#nodeCount++;
    if (this.#nodeCount > expressionLimits.nodesMax)
      throw this.#refuse(node, `more than ${expressionLimits.nodesMax} nodes`, "Split it into several rules.");
    if (depth > expressionLimits.depthMax)
      throw this.#refuse(node, `nesting deeper than ${expressionLimits.depthMax}`, "Split it into several rules.");
  }

  #checkName(node: AnyNode, name: string): void {
    if (isForbiddenName(name)) throw this.#refuse(node, `the name ${name}`, "Read another property; this one leads out of the data.");
  }

  #refuse(
    node: AnyNode,
    what: string,
    fix = "Use comparisons, && || ! ?? ?:, arithmetic, property reads and the three methods.",
  ): ExpressionError {
    return refusal(this.#source, node.start, `${what} is not part of the expression language`, fix);
  }

  /** Gives a run-time error the position of a node; the innermost position stands. */
  #failure(node: AnyNode): (error: unknown) => never {
    return (error) => {
      throw error instanceof ExpressionError ? error : failed(this.#source, node.start, error);
    };
  }
}

const operators: Partial<Record<string, (left: unknown, right: unknown) => unknown>> = {
  "===": (left, right) => left === right,
  "!==": (left, right) => left !== right,
  "==": looselyEqual,
  "!=": (left, right) => !looselyEqual(left, right),
  "<": (left, right) => lessThan(left, right, "<"),
  "<=": (left, right) => lessThan(left, right, "<="),
  ">": (left, right) => lessThan(left, right, ">"),
  ">=": (left, right) => lessThan(left, right, ">="),
  "+": add,
  "-": (left, right) => toNumber(left) - toNumber(right),
  "*": (left, right) => toNumber(left) * toNumber(right),
  "/": (left, right) => toNumber(left) / toNumber(right),
  "%": (left, right) => toNumber(left) % toNumber(right),
  in: hasEntry,
};

/** Words for the refusals that authors meet most. */
const nodeWords: Partial<Record<string, string>> = {
  ArrowFunctionExpression: "a function",
  AssignmentExpression: "an assignment",
  ClassExpression: "a class",
  FunctionExpression: "a function",
  ImportExpression: "an import",
  MetaProperty: "import.meta",
  NewExpression: "new",
  ObjectExpression: "an object literal",
  PrivateIdentifier: "a private name",
  SequenceExpression: "a comma sequence",
  SpreadElement: "a spread",
  Super: "super",
  TaggedTemplateExpression: "a template",
  TemplateLiteral: "a template",
  ThisExpression: "this",
  UpdateExpression: "an assignment",
};

function constant(value: unknown): Step {
  return () => value;
}

function isMethodName(name: string): name is MethodName {
  return methodNames.some((method) => method === name);
}

function isLiteralText(node: AnyNode): node is Extract<AnyNode, { type: "Literal" }> & { value: string } {
  return node.type === "Literal" && typeof node.value === "string";
}

function refusal(source: string, position: number, message: string, fix: string, cause?: unknown): ExpressionError {
  return new ExpressionError({ code: "expression-refused", source, position, message, fix }, cause === undefined ? undefined : { cause });
}

function failed(source: string, position: number, error: unknown): ExpressionError {
  const { message, fix } =
    error instanceof Unreadable ? error : { message: "reading the context failed", fix: "Pass plain data in the context." };
  return new ExpressionError({ code: "expression-failed", source, position, message, fix }, { cause: error });
}
