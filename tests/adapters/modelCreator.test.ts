// A real HTTP server on this machine plays the endpoint, well and badly.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { modelCreator, type ModelCreatorOptions } from "../../src/adapters/index.ts";
import { brandKitSchema, compliancePolicySchema, createVariants } from "../../src/intake/index.ts";
import { exampleBrief } from "../support/briefs.ts";
import { refusalOf, refusalOfAsync } from "../support/refusal.ts";

const brief = exampleBrief();

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    messages: { role: string; content: string }[];
    response_format?: { type: string; json_schema?: { schema: unknown } };
    seed?: number;
  };
}

type Answer = { status?: number; headers?: Record<string, string>; body: unknown; afterMs?: number };

/** An endpoint that gives these answers in turn, the last one for ever. */
async function endpoint(...answers: readonly Answer[]): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { status = 200, headers = {}, body, afterMs = 0 } = answers[Math.min(seen.length, answers.length - 1)]!;
      seen.push({ headers: request.headers, body: JSON.parse(text) as Seen["body"] });
      const timer = setTimeout(() => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      }, afterMs);
      request.on("close", () => undefined);
      response.on("close", () => clearTimeout(timer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

const said = (content: string, more: object = {}, finish_reason = "stop"): Answer => ({
  body: {
    id: "c1",
    object: "chat.completion",
    created: 0,
    model: "m",
    choices: [{ index: 0, finish_reason, message: { role: "assistant", content, ...more } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  },
});
const patch = (value: unknown): Answer => said(JSON.stringify(value));
const good = patch({ parts: { hook: "Is your milk too hot?" } });

const create = (baseUrl: string, options: Partial<ModelCreatorOptions> = {}, guides = {}) =>
  createVariants(brief, "e1", modelCreator({ baseUrl, model: "m", retryDelayMs: 1, ...options }), { seed: "7", guides });

describe("the model creator", () => {
  test("asks for the fields under test alone, and makes a variant of the answer", async () => {
    const { baseUrl, seen } = await endpoint(good);
    const { variants, differences } = await create(baseUrl);
    expect(variants[1]).toMatchObject({
      content: { parts: { hook: "Is your milk too hot?", body: brief.control.content.parts.body } },
      patch: { parts: { hook: "Is your milk too hot?" } },
      provenance: { generator: "model:m", promptVersion: "1", seed: "7/question" },
    });
    expect(differences).toMatchObject([{ fields: ["parts.hook"], verdict: "pass" }]);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.body.response_format).toMatchObject({
      type: "json_schema",
      json_schema: {
        schema: { properties: { parts: { properties: { hook: { type: "string" } }, required: ["hook"], additionalProperties: false } } },
      },
    });
    expect(seen[0]!.body.messages.map(({ content }) => content).join("\n")).toContain(brief.hypothesis);
    expect(seen[0]!.headers.authorization).toBeUndefined();
  });

  test("the same seed asks the same", async () => {
    const { baseUrl, seen } = await endpoint(good);
    await create(baseUrl);
    await create(baseUrl);
    expect(seen[0]!.body).toEqual(seen[1]!.body);
    expect(seen[0]!.body.seed).toBeTypeOf("number");
  });

  test("L4: is refused with the diff when the model touches another field, at once", async () => {
    const { baseUrl, seen } = await endpoint(patch({ parts: { hook: "New", cta: "Buy now" } }));
    const refused = await refusalOfAsync(() => create(baseUrl));
    expect(refused).toMatchObject({ code: "not-single-variable", path: "variants.question.parts.cta" });
    expect(refused.message).toContain('parts.cta "Save this for your next free morning." -> "Buy now"');
    expect(seen).toHaveLength(1);
  });

  test("tells brand kit and compliance policy, and refuses what breaks them", async () => {
    const guides = {
      brandKit: brandKitSchema.parse({ version: "2", brand: "Aurora", language: "en", voice: "Warm.", avoid: ["cheap"] }),
      compliancePolicy: compliancePolicySchema.parse({ version: "1", forbidden: ["guaranteed"] }),
    };
    const fine = await endpoint(good);
    const { variants } = await create(fine.baseUrl, {}, guides);
    expect(variants[1]!.provenance.brandKitVersion).toBe("2");
    const told = fine.seen[0]!.body.messages.map(({ content }) => content).join("\n");
    expect(told).toContain('"voice":"Warm."');
    expect(told).toContain('"forbidden":["guaranteed"]');
    const bad = await endpoint(patch({ parts: { hook: "Guaranteed foam" } }));
    expect(await refusalOfAsync(() => create(bad.baseUrl, {}, guides))).toMatchObject({ code: "guide-broken", value: '"guaranteed"' });
  });

  test("asks again after an answer that is no patch, says why, and takes a good one", async () => {
    const { baseUrl, seen } = await endpoint(said("Sure! {"), patch({ parts: { hook: 7 } }), good);
    expect((await create(baseUrl)).variants[1]!.content.parts.hook).toBe("Is your milk too hot?");
    expect(seen).toHaveLength(3);
    expect(JSON.stringify(seen[1]!.body.messages)).toContain("not the JSON");
    expect(JSON.stringify(seen[2]!.body.messages)).toContain("expected string");
  });

  test.each([
    ["malformed JSON", [said("{{")], "model-answer-invalid", 2],
    ["an empty answer", [said("")], "model-answer-invalid", 2],
    ["another shape", [patch({ colour: "blue" })], "model-answer-invalid", 2],
    ["a body that is not a completion", [{ body: "<html>" }], "model-unreachable", 1],
    ["a refusal", [said("", { refusal: "I cannot help with that." })], "model-refused", 1],
    ["a content filter", [said("no", {}, "content_filter")], "model-refused", 1],
    ["a wrong key", [{ status: 401, body: { error: { message: "bad key" } } }], "model-rejected", 1],
    ["a busy endpoint", [{ status: 429, body: { error: { message: "slow down" } } }], "model-rejected", 2],
    ["a broken endpoint", [{ status: 500, body: { error: { message: "oops" } } }], "model-unreachable", 2],
  ] as const)("gives up on %s with a typed refusal and bounded attempts", async (_, answers, code, attempts) => {
    const { baseUrl, seen } = await endpoint(...answers);
    const refused = await refusalOfAsync(() => create(baseUrl, { attemptsMax: 2 }));
    expect(refused).toMatchObject({ code, path: "creator" });
    expect(seen).toHaveLength(attempts);
  });

  test("gives up on a slow answer, and on an endpoint that is not there", async () => {
    const slow = await endpoint({ ...good, afterMs: 5_000 });
    expect(await refusalOfAsync(() => create(slow.baseUrl, { timeoutMs: 60, attemptsMax: 2 }))).toMatchObject({ code: "model-timeout" });
    expect(slow.seen).toHaveLength(2);
    expect(await refusalOfAsync(() => create("http://127.0.0.1:1/v1", { attemptsMax: 1 }))).toMatchObject({ code: "model-unreachable" });
  });

  test("recovers when the endpoint does", async () => {
    const { baseUrl, seen } = await endpoint({ status: 503, body: {} }, good);
    await create(baseUrl);
    expect(seen).toHaveLength(2);
  });

  test("sends the key of the environment and shows it nowhere", async () => {
    vi.stubEnv("EXPOS_TEST_KEY", "sk-secret-1234");
    onTestFinished(() => void vi.unstubAllEnvs());
    const said = ["log", "warn", "error", "info"].map((word) => vi.spyOn(console, word as "log").mockImplementation(() => undefined));
    const { baseUrl, seen } = await endpoint({ status: 401, body: { error: { message: "key sk-secret-1234 is wrong" } } });
    const refused = await refusalOfAsync(() => create(baseUrl, { apiKeyEnv: "EXPOS_TEST_KEY" }));
    expect(seen[0]!.headers.authorization).toBe("Bearer sk-secret-1234");
    expect(`${JSON.stringify(refused)} ${String(refused.stack)} ${String(refused.cause)}`).not.toContain("sk-secret");
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
    expect(await refusalOfAsync(() => create(baseUrl, { apiKeyEnv: "EXPOS_NO_SUCH_KEY" }))).toMatchObject({ code: "model-key-missing" });
  });

  test("works with endpoints that know plain JSON only", async () => {
    const { baseUrl, seen } = await endpoint(good);
    await create(baseUrl, { structuredOutputs: false });
    expect(seen[0]!.body.response_format).toEqual({ type: "json_object" });
    expect(JSON.stringify(seen[0]!.body.messages)).toContain("Its JSON schema");
  });

  test("refuses what a model cannot write, and options that are none", async () => {
    const lanes = exampleBrief("lane-reliability");
    const { baseUrl, seen } = await endpoint(good);
    expect(await refusalOfAsync(() => createVariants(lanes, "e1", modelCreator({ baseUrl, model: "m" }), { seed: "7" }))).toMatchObject({
      code: "model-cannot-write",
    });
    expect(seen).toHaveLength(0);
    expect(refusalOf(() => modelCreator({ baseUrl: "ftp://x", model: "m" }))).toMatchObject({ code: "model-options-invalid" });
  });
});
