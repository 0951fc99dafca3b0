import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { openFileStore } from "../../src/adapters/index.ts";
import { run as approve } from "../../src/cli/commands/approve.ts";
import { run as layers } from "../../src/cli/commands/layers.ts";
import { run as plan } from "../../src/cli/commands/plan.ts";
import { run as reject } from "../../src/cli/commands/reject.ts";
import { edited, writtenBrief } from "../domain/briefs.ts";
import { cleanInput } from "./support/cleanInput.ts";
import { testFolder } from "../support/folder.ts";
import { documentOf, printed } from "../support/printed.ts";

const nowMs = Date.parse("2027-02-25T09:00Z");
const hook = "aurora-coffee/instagram.reels/hook";

interface Word {
  readonly state: string;
  readonly approval: { readonly status: string; readonly reasons: readonly string[] };
}

/** A planned experiment in a store of its own; `changes` edit the brief. */
async function planned(folder: string, seed = "7", changes: [(string | number)[], unknown][] = []): Promise<string> {
  const brief = changes.reduce((document, [path, value]) => edited(document, path, value), writtenBrief("batch-hook"));
  const file = testFolder().file("brief.yaml", stringify(brief));
  return (await documentOf<{ experimentId: string }>(() => plan({ file, seed, store: folder }))).experimentId;
}
const ana = (experimentId: string, store: string) => ({ experimentId, by: "Ana", role: "operator", store });
const client = (experimentId: string, store: string) => ({ experimentId, by: "Rita", role: "client", store });

describe("expos approve", () => {
  test("reserves the layer and schedules the posts with the last approval that was needed", async () => {
    const { path } = testFolder();
    const id = await planned(path);
    const word = await documentOf<Word>(() => approve(ana(id, path), nowMs));
    expect(word).toMatchObject({
      experimentId: id,
      state: "scheduled",
      decision: "approve",
      approval: { status: "approved", reasons: [] },
    });
    const store = openFileStore(path);
    expect((await store.get("layer", hook))!.value.holds).toEqual([{ experimentId: id, ranges: [{ from: 0, to: 1 }], sinceMs: nowMs }]);
    const posts = (await store.list("post")).map(({ value }) => value);
    expect(posts).toHaveLength(16);
    expect(new Set(posts.map(({ status }) => status))).toEqual(new Set(["scheduled"]));
    expect((await store.list("approval")).map(({ value }) => value.approver)).toEqual(["Ana"]);
  });

  test("L3: refuses the second experiment of a layer, and writes nothing of it", async () => {
    const { path } = testFolder();
    const [first, second] = [await planned(path, "7"), await planned(path, "8")];
    await documentOf(() => approve(ana(first, path), nowMs));
    expect(await documentOf(() => approve(ana(second, path), nowMs), 1)).toMatchObject({
      error: { code: "layer-overlap", path: hook, message: expect.stringContaining(first), fix: expect.stringContaining("Wait until") },
    });
    const store = openFileStore(path);
    expect(await store.list("approval")).toHaveLength(1);
    expect((await store.get("experiment", second))!.value.state).toBe("approval");
    await store.close();
    await documentOf(() => reject({ ...ana(first, path), comment: "Another season." }, nowMs + 1));
    expect(await documentOf<Word>(() => approve(ana(second, path), nowMs + 2))).toMatchObject({ state: "scheduled" });
  });

  test("asks for each variant on its own where the level is manual", async () => {
    const { path } = testFolder();
    const id = await planned(path, "7", [[["approvalLevel"], "manual"]]);
    expect(await documentOf<Word>(() => approve(ana(id, path), nowMs))).toMatchObject({
      state: "approval",
      approval: { status: "waiting" },
    });
    await documentOf(() => approve({ ...ana(id, path), variants: ["control"] }, nowMs + 1));
    const last = await documentOf<Word>(() => approve({ ...ana(id, path), variants: ["question"] }, nowMs + 2));
    expect(last).toMatchObject({ state: "scheduled", approval: { status: "approved" } });
  });

  test("a rule may approve what nobody has to look at, and nothing else", async () => {
    const { path } = testFolder();
    const rule = (id: string) => ({ experimentId: id, by: "auto", role: "rule", store: path });
    const review = await planned(path);
    expect(await documentOf<Word>(() => approve(rule(review), nowMs))).toMatchObject({
      state: "approval",
      approval: { status: "waiting" },
    });
    const keep = (file: string) => documentOf<{ experimentId: string }>(() => plan({ file, seed: "7", store: path }));
    const unread = await keep("examples/briefs/micro-hook.yaml");
    expect(await documentOf<Word>(() => approve(rule(unread.experimentId), nowMs))).toMatchObject({
      state: "approval",
      approval: { status: "waiting", level: "review", reasons: ["a guard found what only a person can judge"] },
    });
    const clean = await keep(testFolder().file("clean.json", JSON.stringify(cleanInput("A plain opening."))));
    expect(await documentOf<Word>(() => approve(rule(clean.experimentId), nowMs))).toMatchObject({ state: "scheduled" });
  });

  test("L1: refuses a plan whose slots are at other instants under the zone rules of now", async () => {
    const { path } = testFolder();
    const id = await planned(path);
    const store = openFileStore(path);
    const { rev, value } = (await store.get("plan", id))!;
    const [first, ...others] = value.posts;
    expect(first!.slot.tzdbVersion).toBe(process.versions.tz);
    // As if Lisbon had moved its clock by an hour since.
    const moved = { ...first!, slot: { ...first!.slot, startMs: first!.slot.startMs - 3_600_000, tzdbVersion: "2020a" } };
    await store.commit([{ kind: "plan", id, rev, value: { ...value, posts: [moved, ...others] } }]);
    await store.close();
    expect(await documentOf(() => approve(ana(id, path), nowMs), 1)).toMatchObject({
      error: { code: "zone-rules-changed", path: `posts.${first!.postId}.slot`, fix: expect.stringContaining("Plan again") },
    });
  });

  test("L1: an edit of the brief is another experiment, which nobody has approved", async () => {
    const { path } = testFolder();
    const before = await planned(path);
    await documentOf(() => approve(ana(before, path), nowMs));
    const after = await planned(path, "7", [[["testVariants", 0, "patch", "parts", "hook"], "Does your flat white taste of paper?"]]);
    expect(after).not.toBe(before);
    const store = openFileStore(path);
    expect((await store.get("experiment", after))!.value.state).toBe("approval");
  });

  test.each<[string, (id: string, store: string) => Promise<unknown>, string]>([
    ["an experiment nobody planned", (_, store) => documentOf(() => approve(ana("ghost", store), nowMs), 1), "experiment-unknown"],
    [
      "a variant nobody planned",
      (id, store) => documentOf(() => approve({ ...ana(id, store), variants: ["ghost"] }, nowMs), 1),
      "variant-unknown",
    ],
    [
      "an expiry that is no instant",
      (id, store) => documentOf(() => approve({ ...ana(id, store), expires: "soon" }, nowMs), 1),
      "instant-invalid",
    ],
    [
      "an expiry before now",
      (id, store) => documentOf(() => approve({ ...ana(id, store), expires: "2027-01-01T00:00Z" }, nowMs), 1),
      "approval-invalid",
    ],
    ["a window that is over", (id, store) => documentOf(() => approve(ana(id, store), nowMs + 1e10), 1), "approval-invalid"],
    ["a rejection without a reason", (id, store) => documentOf(() => reject(ana(id, store), nowMs), 1), "approval-invalid"],
  ])("refuses %s, and writes nothing", async (_, command, code) => {
    const { path } = testFolder();
    const id = await planned(path);
    expect(await command(id, path)).toMatchObject({ error: { code, fix: expect.any(String) } });
    expect(await openFileStore(path).list("approval")).toEqual([]);
  });
});

describe("expos reject", () => {
  test("with a hold stops scheduled posts and keeps the layer, until the same person approves", async () => {
    const { path } = testFolder();
    const id = await planned(path);
    await documentOf(() => approve(ana(id, path), nowMs));
    const held = await documentOf<Word>(() => reject({ ...client(id, path), hold: true }, nowMs + 1));
    expect(held).toMatchObject({ state: "scheduled", decision: "hold", approval: { status: "held", reasons: ["Rita holds it"] } });
    const statuses = async () => new Set((await openFileStore(path).list("post")).map(({ value }) => value.status));
    expect(await statuses()).toEqual(new Set(["held"]));
    expect((await openFileStore(path).get("layer", hook))!.value.holds).toHaveLength(1);
    expect(await documentOf<Word>(() => approve(ana(id, path), nowMs + 2))).toMatchObject({ approval: { status: "held" } });
    expect(await documentOf<Word>(() => approve(client(id, path), nowMs + 3))).toMatchObject({ approval: { status: "approved" } });
    expect(await statuses()).toEqual(new Set(["scheduled"]));
  });

  test("ends the experiment and frees its layer; asking for changes only sends it back", async () => {
    const { path } = testFolder();
    const id = await planned(path);
    await documentOf(() => approve(ana(id, path), nowMs));
    const changes = await documentOf<Word>(() => reject({ ...client(id, path), changes: true, comment: "Warmer, please." }, nowMs + 1));
    expect(changes).toMatchObject({
      state: "approval",
      approval: { status: "changesRequested", reasons: ["Rita asks for changes: Warmer, please."] },
    });
    expect((await openFileStore(path).get("layer", hook))!.value.holds).toEqual([]);
    const ended = await documentOf<Word>(() => reject({ ...client(id, path), comment: "No." }, nowMs + 2));
    expect(ended).toMatchObject({ state: "stopped", approval: { status: "rejected" } });
    expect(await documentOf(() => approve(client(id, path), nowMs + 3), 1)).toMatchObject({ error: { code: "experiment-launched" } });
  });
});

describe("expos layers", () => {
  test("names holders, those who wait and collisions", async () => {
    const { path } = testFolder();
    expect(await documentOf(() => layers(path))).toEqual({ layers: [], collisions: [], approvals: [] });
    const [first, second] = [await planned(path, "7"), await planned(path, "8")];
    await documentOf(() => approve(ana(first, path), nowMs));
    expect(await documentOf(() => layers(path))).toEqual({
      layers: [{ layerId: hook, holders: [{ experimentId: first, share: 1, sinceMs: nowMs }], waiting: [second], collides: true }],
      collisions: [hook],
      approvals: [
        {
          experimentId: second,
          level: "review",
          status: "waiting",
          reasons: ["the brief asks for a review before launch", "a guard found what only a person can judge"],
        },
      ],
    });
    const { out } = await printed(() => layers(path), false);
    expect(out).toContain(`${hook}  COLLISION`);
    expect(out).toContain(`held by Question or promise as the first line (${first}) since 2027-02-25T09:00:00.000Z`);
    expect(out).toContain("1 layer is wanted twice.");
  });
});
