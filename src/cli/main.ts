#!/usr/bin/env node
// The entry of `expos`: turns the compile cache on before anything else is loaded, then runs the program.
import * as nodeModule from "node:module";

nodeModule.enableCompileCache?.();
// A reader that has seen enough (`expos ... | head`) closes the pipe: that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
const { run } = await import("./program.ts");
await run(process.argv);
