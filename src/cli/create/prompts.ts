// What the wizard asks with, as a port: a terminal in use, a list of answers in tests.
import { DomainError } from "../../domain/index.ts";

export interface Prompts {
  /** @param question.check says what is wrong with an answer, or nothing. */
  text(question: {
    message: string;
    placeholder?: string;
    initial?: string;
    check?: (answer: string) => string | undefined;
  }): Promise<string>;
  select<Value extends string>(question: {
    message: string;
    options: readonly { value: Value; hint?: string }[];
    initial?: Value;
  }): Promise<Value>;
  confirm(question: { message: string; initial: boolean }): Promise<boolean>;
  /** Shows a text between questions. */
  note(title: string, text: string): void;
}

/** Prompts on the terminal of this process. Asking where there is none would hang or draw into a pipe: see `isTerminal`. */
export async function terminalPrompts(): Promise<Prompts> {
  const clack = await import("@clack/prompts");
  const given = <T>(answer: T): Exclude<T, symbol> => {
    if (typeof answer !== "symbol") return answer as Exclude<T, symbol>;
    clack.cancel("Nothing was written.");
    throw new DomainError({ code: "cancelled", path: "", message: "the wizard was left", fix: "Run it again, or pass flags: see --help." });
  };
  return {
    async text({ message, placeholder, initial, check }) {
      const answer = await clack.text({
        message,
        ...(placeholder !== undefined && { placeholder }),
        ...(initial !== undefined && { initialValue: initial }),
        validate: (value) => check?.((value ?? "").trim()),
      });
      // An empty answer arrives as undefined.
      return (given<string | symbol | undefined>(answer) ?? "").trim();
    },
    async select({ message, options, initial }) {
      const answer = await clack.select<string>({
        message,
        options: options.map(({ value, hint }) => ({ value, label: value, ...(hint !== undefined && { hint }) })),
        ...(initial !== undefined && { initialValue: initial }),
      });
      return given(answer) as (typeof options)[number]["value"];
    },
    async confirm({ message, initial }) {
      return given(await clack.confirm({ message, initialValue: initial }));
    },
    note(title, text) {
      clack.note(text, title);
    },
  };
}

/** Whether a person can be asked. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}
