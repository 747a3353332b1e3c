import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatTasks } from "../../../src/inspect/pprof/format-tasks.js";
import { task } from "../inspected.js";

const tasks = [
  task(1, "reverb", { group: "servers", age: 3_723_000, waitingFor: "Listener.accept 127.0.0.1:8000" }),
  task(2, "reverb#1", { group: "reverb", parent: 1, parentGroup: "servers", age: 125_000 }),
  task(3, "echo 1", { group: "reverb#1 echoes", parent: 2, age: 1250, waitingFor: "timer 1000 ms" }),
  task(4, "echo 2", { group: "reverb#1 echoes", parent: 2, age: 1240, waitingFor: "timer 1000 ms" }),
];

describe("formatTasks()", () => {
  it("counts tasks that are alike, the most first", () => {
    assert.equal(
      formatTasks(tasks, 1),
      [
        "task profile: total 4\n",
        "2 @\n#\ttimer 1000 ms\n#\techo *\n#\treverb#*\n#\treverb\n#\tservers\n",
        "1 @\n#\tListener.accept\n#\treverb\n#\tservers\n",
        "1 @\n#\t(waiting)\n#\treverb#*\n#\treverb\n#\tservers\n",
      ].join("\n"),
    );
  });

  it("tells of each task with its parents", () => {
    assert.equal(
      formatTasks(tasks.slice(0, 3), 2),
      [
        "task 1 [Listener.accept 127.0.0.1:8000], 1h 02m old:\nreverb (group servers)\n",
        "task 2 [waiting], 2m 05s old:\nreverb#1 (group reverb)\nstarted by task 1 reverb (group servers)\n",
        "task 3 [timer 1000 ms], 1s old:\necho 1 (group reverb#1 echoes)\n" +
          "started by task 2 reverb#1 (group reverb)\nstarted by task 1 reverb (group servers)\n",
      ].join("\n"),
    );
  });

  it("names the worker, and the group of a parent that has ended", () => {
    assert.equal(
      formatTasks([task(7, "echo#2-1", { group: "echo", parent: 1, parentGroup: "servers", worker: 2 })], 2),
      "task 7 of worker 2 [waiting], 0s old:\necho#2-1 (group echo)\nstarted in group servers\n",
    );
  });

  it("has a text for no tasks", () => {
    assert.equal(formatTasks([], 1), "task profile: total 0\n");
    assert.equal(formatTasks([], 2), "no tasks\n");
    assert.equal(formatTasks([], 2, [1, 2]), "workers 1, 2 do not answer; not shown\n\nno tasks\n");
  });
});
