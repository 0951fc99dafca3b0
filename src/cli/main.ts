#!/usr/bin/env node
// The entry of `expos`: turns the compile cache on before anything else is loaded, then runs the program.
import * as nodeModule from "node:module";

nodeModule.enableCompileCache?.();
const { run } = await import("./program.ts");
await run(process.argv);
