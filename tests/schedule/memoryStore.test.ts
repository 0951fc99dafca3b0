import { createMemoryStore } from "../../src/schedule/index.ts";
import { storeContract } from "../support/storeContract.ts";

storeContract("memory", { fresh: () => Promise.resolve(createMemoryStore()) });
