import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SupervisorMessage } from "../../src/supervisor/messages.js";
import { Questions } from "../../src/supervisor/questions.js";

function questions(): { questions: Questions; sent: SupervisorMessage[] } {
  const sent: SupervisorMessage[] = [];
  return { questions: new Questions((message) => void sent.push(message)), sent };
}

describe("Questions", () => {
  it("matches answers to questions, in any order", async () => {
    const { questions: asked } = questions();
    const [first, second] = [asked.ask("status", {}, { timeout: 1000 }), asked.ask("tasks", {}, { timeout: 1000 })];
    asked.answer(2, "tasks");
    asked.answer(1, "status");
    assert.deepEqual(await Promise.all([first, second]), ["status", "tasks"]);
  });

  it("rejects with the kind and the words of a refusal", async () => {
    const { questions: asked } = questions();
    const answer = asked.ask("connections", {}, { timeout: 1000 });
    asked.refuse(1, { name: "RangeError", message: "Cannot list 0 connections" });
    await assert.rejects(answer, RangeError);
  });

  it("gives up after its time and tells the worker, and takes no late answer amiss", async () => {
    const { questions: asked, sent } = questions();
    await assert.rejects(asked.ask("status", {}, { timeout: 1 }), /no answer in 1 ms/);
    assert.deepEqual(sent.at(-1), { type: "cancel", id: 1 });
    asked.answer(1, "late");
  });

  it("passes on an abort, and ends with the reason", async () => {
    const { questions: asked, sent } = questions();
    const controller = new AbortController();
    const answer = asked.ask("cpuProfile", {}, { timeout: 1000, signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(answer, /enough/);
    assert.deepEqual(sent.at(-1), { type: "cancel", id: 1 });
  });

  it("rejects what is open when the worker ends", async () => {
    const { questions: asked } = questions();
    const answer = asked.ask("status", {}, { timeout: 1000 });
    asked.close(new Error("Worker 1 has ended"));
    await assert.rejects(answer, /Worker 1 has ended/);
  });
});
