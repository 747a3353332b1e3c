import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { describe, it } from "node:test";
import { createProcessInspector } from "../../src/inspect/create-process-inspector.js";
import { answerQuestion } from "../../src/supervisor/answer-question.js";
import type { ServedConfig } from "../../src/supervisor/serve-config.js";

describe("answerQuestion()", () => {
  it("leaves no snapshot of the heap behind that nobody waits for any more", async (t) => {
    const inspector = createProcessInspector({ worker: 1, services: () => [], isInspected: false });
    t.after(() => inspector.close());
    const served = { inspector } as unknown as ServedConfig;
    const ask = async (signal: AbortSignal): Promise<string> => {
      const answer = (await answerQuestion({ served, signal }, "heapSnapshot", {})) as { readonly path: string };
      return answer.path;
    };
    const wanted = await ask(new AbortController().signal);
    t.after(() => rmSync(wanted));
    assert.ok(existsSync(wanted));
    assert.ok(!existsSync(await ask(AbortSignal.abort())));
  });
});
