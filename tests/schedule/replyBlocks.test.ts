import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng, permutation } from "../../src/random/index.ts";
import { dealReply } from "../../src/schedule/index.ts";
import { assertProperty } from "../support/property.ts";

const arms = ["thanks", "question", "joke"];
const block = { experimentId: "e1", postId: "p1", date: "2027-03-01" };

test("comments of a post and day get every arm once in each round, whoever asks and how often", () =>
  assertProperty(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 12 }), (seed, comments) => {
      const dealt = Array.from({ length: comments }, (_, at) => dealReply(createRng(seed), block, arms, at));
      expect(dealt.map((_, at) => dealReply(createRng(seed), block, arms, at))).toEqual(dealt);
      const counts = arms.map((arm) => dealt.filter(({ variantId }) => variantId === arm).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  ));

test("L10: every arm is equally likely at every position, as logged, and the key restarts the draw", () => {
  const keys = 3000;
  const counts = new Map<string, number>();
  for (let key = 0; key < keys; key++)
    for (let at = 0; at < 6; at++) {
      const { variantId, assignment } = dealReply(createRng(`key ${key}`), block, arms, at);
      expect(assignment.probabilities).toEqual({ thanks: 1 / 3, question: 1 / 3, joke: 1 / 3 });
      expect(arms[permutation(createRng(assignment.key), 3)[at % 3]!]).toBe(variantId);
      counts.set(`${at} ${variantId}`, (counts.get(`${at} ${variantId}`) ?? 0) + 1);
    }
  for (const seen of counts.values()) expect(Math.abs(seen / keys - 1 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / keys));
});

test("another post, day or experiment is dealt anew", () => {
  const order = (change: Partial<typeof block>) =>
    Array.from({ length: 9 }, (_, at) => dealReply(createRng("7"), { ...block, ...change }, arms, at).variantId).join();
  const orders = [{}, { postId: "p2" }, { date: "2027-03-02" }, { experimentId: "e2" }].map(order);
  expect(new Set(orders).size).toBe(orders.length);
});
