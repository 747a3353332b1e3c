import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock, withoutLeaks } from "@belfry/testkit";
import { NoAnswerError } from "../../src/inspect/no-answer-error.js";
import { LoginQuestions } from "../../src/supervisor/login-questions.js";
import type { WorkerMessage } from "../../src/supervisor/messages.js";

const RULES = { kind: "address", attempts: 2, window: 60_000, banTime: 60_000 } as const;
const QUESTION = { name: "fail", key: "192.0.2.1", rules: RULES } as const;
const ENTER = { name: "enter", account: "ann", max: 1 } as const;

function create(): { questions: LoginQuestions; sent: WorkerMessage[] } {
  const sent: WorkerMessage[] = [];
  return { questions: new LoginQuestions((message) => sent.push(message)), sent };
}

describe("LoginQuestions", () => {
  it("asks, and hands each answer to whom it is for", () =>
    withoutLeaks(async () => {
      const { questions, sent } = create();
      const answers = [questions.ask("ftp", QUESTION), questions.ask("files", ENTER)];
      questions.tell("ftp", { name: "left", account: "bob" });
      assert.deepEqual(sent, [
        { type: "loginQuestion", id: 1, service: "ftp", question: QUESTION },
        { type: "loginQuestion", id: 2, service: "files", question: ENTER },
        { type: "loginNote", service: "ftp", note: { name: "left", account: "bob" } },
      ]);
      questions.answer(2, true);
      questions.answer(1, null);
      assert.deepEqual(await Promise.all(answers), [null, true]);
    }));

  it("gives up on a supervisor that says nothing, and asks it nothing more until it does", async (t) => {
    const clock = fakeClock(t);
    const { questions, sent } = create();
    const late: unknown[] = [];
    const asked = assert.rejects(
      questions.ask("ftp", ENTER, (answer) => late.push(answer)),
      (error) => error instanceof NoAnswerError && error.message === "Cannot ask the supervisor: no answer in 3000 ms",
    );
    await clock.advance(2999, 1);
    const second = questions.ask("ftp", QUESTION);
    await clock.advance(1);
    await asked;
    await assert.rejects(questions.ask("ftp", QUESTION), NoAnswerError);
    assert.equal(sent.length, 2);
    questions.answer(1, true);
    assert.deepEqual(late, [true]);
    questions.answer(2, null);
    assert.equal(await second, null);
    const third = questions.ask("ftp", QUESTION);
    questions.answer(3, 1);
    assert.equal(await third, 1);
  });

  it("takes an answer that came in time and is read late, for it was this process that was held up", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { questions } = create();
    const asked = questions.ask("ftp", ENTER);
    t.mock.timers.tick(3000);
    questions.answer(1, true);
    assert.equal(await asked, true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(questions.obstacle, null);
  });

  it("rejects once nobody is left to answer, for who waits and who still comes", () =>
    withoutLeaks(async () => {
      const { questions, sent } = create();
      const gone = { name: "NoAnswerError", message: "Cannot ask the supervisor: it has ended" };
      const waiting = assert.rejects(questions.ask("ftp", QUESTION), gone);
      questions.close();
      await waiting;
      await assert.rejects(questions.ask("ftp", QUESTION), gone);
      assert.equal(sent.length, 1);
    }));
});
