// docs/experiment-specs.md, run as it stands there: files are written and type-checked, commands are run in order and print what the page says.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { lintRules } from "../../src/spec/index.ts";
import { testProject } from "../support/project.ts";

const page = readFileSync("docs/experiment-specs.md", "utf8");

describe("docs/experiment-specs.md", () => {
  test("shows commands and programs that print what it says", () => {
    const project = testProject();
    symlinkSync(join(process.cwd(), "node_modules/@openfeature"), join(project.path, "node_modules/@openfeature"), "dir");
    const files = [...page.matchAll(/<!-- file: (\S+) -->\n```\w+\n([^]*?)```/g)].map(([, name, text]) => ({ name: name!, text: text! }));
    for (const { name, text } of files) {
      mkdirSync(dirname(join(project.path, name)), { recursive: true });
      project.file(name, text);
    }
    const commands = [...page.matchAll(/```console\n([^]*?)```/g)].flatMap(([, block]) =>
      [...block!.matchAll(/^\$ (.*)\n([^]*?)(?=^\$ |$(?![^]))/gm)].map(([, command, output]) => ({ command: command!, output: output! })),
    );
    expect(commands.length).toBeGreaterThan(8);
    expect(files.length).toBeGreaterThan(4);
    const [create, ...rest] = commands;
    const print = ({ command, output }: (typeof commands)[number]): void => {
      const [program, ...parameters] = wordsOf(command);
      const { err, out } = program === "expos" ? project.expos(parameters) : spawned(project.path, parameters);
      expect({ command, err, out }).toEqual({ command, err: "", out: output });
    };
    print(create!);
    expect(project.typeErrors(files.map(({ name }) => name).filter((name) => name.endsWith(".ts")))).toBe("");
    rest.forEach(print);
  });

  test("lists every lint rule with its severity and meaning", () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (error|warn|info) \| (.*) \|$/gm)].map(([, id, severity, meaning]) => ({
      id,
      severity,
      meaning,
    }));
    expect(rows).toEqual(lintRules.map(({ id, severity, meaning }) => ({ id, severity, meaning })));
  });
});

/** A command line as words; double quotes hold a word together. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

function spawned(cwd: string, parameters: readonly string[]): { out: string; err: string } {
  const { stdout, stderr } = spawnSync(process.execPath, parameters, { cwd, encoding: "utf8" });
  return { out: stdout, err: stderr };
}
