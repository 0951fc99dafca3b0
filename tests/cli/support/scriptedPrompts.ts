// A person who answers each question as written down, and fails the test over a question or an answer nobody expected.
import type { Prompts } from "../../../src/cli/create/prompts.ts";

export type Script = readonly (readonly [question: string | RegExp, answer: string | boolean])[];

export interface ScriptedPrompts extends Prompts {
  /** Answers that were refused, with what was said about them. */
  readonly refused: readonly string[];
  /** Questions of the script that were never asked. */
  left(): number;
}

export function scriptedPrompts(script: Script): ScriptedPrompts {
  const queue = [...script];
  const refused: string[] = [];
  const next = (message: string): string | boolean => {
    const [question, answer] = queue.shift() ?? ["nothing", ""];
    if (typeof question === "string" ? !message.startsWith(question) : !question.test(message))
      throw new Error(`asked "${message}", expected "${String(question)}"`);
    return answer;
  };
  return {
    refused,
    left: () => queue.length,
    async text({ message, initial, check }) {
      for (;;) {
        const given = String(next(message));
        const answer = given === "<enter>" ? (initial ?? "") : given;
        const fault = check?.(answer);
        if (fault === undefined) return answer;
        refused.push(fault);
      }
    },
    async select({ message, options }) {
      const answer = next(message);
      const option = options.find(({ value }) => value === answer);
      if (option === undefined) throw new Error(`"${String(answer)}" is not an option of "${message}"`);
      return option.value;
    },
    async confirm({ message }) {
      const answer = next(message);
      if (typeof answer !== "boolean") throw new Error(`"${message}" wants yes or no`);
      return answer;
    },
    note() {},
  };
}
