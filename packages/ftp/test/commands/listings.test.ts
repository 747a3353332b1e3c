import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FileInfo, InfoField, ListOptions } from "../../src/storage/storage.js";
import { FakeSession } from "./fake-session.js";
import { AbleStorage } from "./fake-storage.js";

const FILES = {
  "/-x": "",
  "/a b": "12345",
  '/q"q': "",
  "/d": null,
  "/d/one.c": "1",
  "/d/two.c": "22",
  "/d/three.h": "333",
  "/d/[x].c": "4444",
  "/empty": null,
};

function names(listing: string): readonly string[] {
  return listing.split("\r\n").slice(0, -1);
}

/** The names in a long listing. */
function longNames(listing: string): readonly string[] {
  return names(listing).map((line) => /\S+ +\d+ \S+ +\S+ +\d+ \w+ +\d+ +[\d:]+ (.*)$/.exec(line)?.[1] ?? line);
}

describe("LIST", () => {
  const list = async (argument: string, session = new FakeSession(new AbleStorage(FILES))) => {
    const [code, received] = await session.fetch(argument === "" ? "LIST" : `LIST ${argument}`);
    assert.equal(session.storage.open, 0);
    return [code, ...longNames(received)];
  };

  it("lists a directory as ls -l does, in any type", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "12345" }));
    for (const type of ["A", "I"]) {
      await session.command(`TYPE ${type}`);
      const [code, received] = await session.fetch("LIST");
      assert.equal(code, 226);
      assert.match(received, /^-rw-r--r-- .* 5 Sep {2}9 {2}2001 a\r\n$/);
    }
  });

  it("lists nothing for an empty directory", async () => {
    assert.deepEqual(await new FakeSession(new AbleStorage(FILES)).fetch("LIST empty"), [226, ""]);
  });

  it("answers 550 to what is not there, before 150", async () => {
    const session = new FakeSession(new AbleStorage(FILES));
    assert.deepEqual(await session.fetch("LIST nothing"), [550, ""]);
    assert.equal(session.plan, null);
  });

  it("passes over switches ahead of a path", async () => {
    assert.deepEqual(await list("-la d"), [226, "[x].c", "one.c", "three.h", "two.c"]);
    assert.deepEqual(await list("-l -a /empty"), [226]);
  });

  it("lists names that begin with a dash, hold spaces or quotes", async () => {
    assert.deepEqual(await list("-x"), [226, "-x"]);
    assert.deepEqual(await list("-la -- -x"), [226, "-x"]);
    assert.deepEqual(await list("a b"), [226, "a b"]);
    assert.deepEqual(await list('q"q'), [226, 'q"q']);
  });

  it("lists a file, and with -d a directory itself", async () => {
    assert.deepEqual(await list("d/one.c"), [226, "one.c"]);
    assert.deepEqual(await list("-d d"), [226, "d"]);
  });

  it("lists what a pattern matches", async () => {
    assert.deepEqual(await list("d/*.c"), [226, "[x].c", "one.c", "two.c"]);
    assert.deepEqual(await list("d/*.z"), [550]);
    assert.deepEqual(await list("nothing/*.c"), [550]);
  });

  it("takes a name for itself before it takes it for a pattern", async () => {
    assert.deepEqual(await list("d/[x].c"), [226, "[x].c"]);
  });

  it("refuses a pattern with stars enough to be expensive", async () => {
    assert.deepEqual(await list(`d/${"*a".repeat(9)}`), [501]);
  });

  it("shows no control character of a name", async () => {
    const session = new FakeSession(new AbleStorage({ "/ev\r\n226 x": "" }));
    assert.deepEqual(await list("", session), [226, "ev??226 x"]);
    assert.deepEqual(await session.fetch("NLST"), [226, "ev??226 x\r\n"]);
    const [, facts] = await session.fetch("MLSD");
    assert.match(facts, /; ev\?\?226 x\r\n$/);
  });

  it("spends the restart marker and begins at the start", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "12345" }));
    await session.codes("TYPE I", "REST 3");
    assert.deepEqual(await list("", session), [226, "a"]);
    assert.deepEqual(await session.fetch("RETR a"), [226, "12345"]);
  });
});

describe("NLST", () => {
  const list = async (line: string): Promise<readonly [number, ...string[]]> => {
    const [code, received] = await new FakeSession(new AbleStorage(FILES)).fetch(line);
    return [code, ...names(received)];
  };

  it("lists names that other commands take", async () => {
    assert.deepEqual(await list("NLST"), [226, "-x", "a b", "d", "empty", 'q"q']);
    assert.deepEqual(await list("NLST ."), [226, "-x", "a b", "d", "empty", 'q"q']);
    assert.deepEqual(await list("NLST d"), [226, "d/[x].c", "d/one.c", "d/three.h", "d/two.c"]);
    assert.deepEqual(await list("NLST /d/"), [226, "/d/[x].c", "/d/one.c", "/d/three.h", "/d/two.c"]);
    assert.deepEqual(await list("NLST ../d/*.h"), [226, "../d/three.h"]);
    assert.deepEqual(await list("NLST d/one.c"), [226, "d/one.c"]);
  });

  it("lists long with -l", async () => {
    const [code, line] = await list("NLST -l d/one.c");
    assert.equal(code, 226);
    assert.match(line ?? "", /^-rw-.* one\.c$/);
  });

  it("sends names that are no UTF-8 as they are", async () => {
    const session = new FakeSession(new AbleStorage({ "/\udcff": "" }));
    assert.deepEqual(await session.fetch("NLST"), [226, "\xff\r\n"]);
  });
});

describe("MLSD", () => {
  it("lists facts", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "12345", "/d": null }));
    await session.command("OPTS MLST type;size;perm;unique;");
    const [code, received] = await session.fetch("MLSD");
    assert.equal(code, 226);
    assert.deepEqual(names(received), [
      "type=file;size=5;perm=adfrw;unique=u/a; a",
      "type=dir;perm=cdeflmp;unique=u/d; d",
    ]);
  });

  it("answers 501 to a file and 550 to what is not there", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "12345" }));
    assert.deepEqual(await session.fetch("MLSD a"), [501, ""]);
    assert.deepEqual(await session.fetch("MLSD b"), [550, ""]);
  });
});

describe("what is asked of the storage", () => {
  /** Remembers what was wanted. */
  class Asked extends AbleStorage {
    fields: readonly InfoField[] | undefined;

    override list(path: string, options?: ListOptions): AsyncGenerator<readonly FileInfo[]> {
      this.fields = options?.fields;
      return super.list(path);
    }
  }

  const fieldsFor = async (...lines: readonly string[]): Promise<readonly InfoField[] | undefined> => {
    const storage = new Asked(FILES);
    const session = new FakeSession(storage);
    for (const line of lines) await session.fetch(line);
    return storage.fields;
  };

  it("is nothing but the names for NLST", async () => {
    assert.deepEqual(await fieldsFor("NLST"), []);
    assert.deepEqual(await fieldsFor("NLST d/*.c"), []);
  });

  it("is what a long line is made from for LIST, STAT and NLST -l", async () => {
    for (const line of ["LIST", "LIST d/*.c", "STAT d", "NLST -l"]) {
      assert.deepEqual(await fieldsFor(line), ["size", "modified", "mode", "owner", "group", "links"]);
    }
  });

  it("is what the facts chosen are made from for MLSD", async () => {
    assert.deepEqual(await fieldsFor("OPTS MLST type;size;modify;", "MLSD"), ["size", "modified"]);
    assert.deepEqual(await fieldsFor("OPTS MLST type;perm;", "MLSD"), []);
  });
});

describe("MLST", () => {
  it("tells the facts of one path, the working directory's without one", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null, "/d/a": "12345" }));
    await session.codes("OPTS MLST type;size;", "CWD d");
    assert.deepEqual(await session.command("MLST a"), {
      code: 250,
      text: "Listing\ntype=file;size=5; /d/a\nEnd",
    });
    assert.equal((await session.command("MLST")).text, "Listing\ntype=dir; /d\nEnd");
    assert.equal((await session.command("MLST none")).code, 550);
  });

  it("tells a name alone where no fact is chosen", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "1" }));
    await session.command("OPTS MLST");
    assert.equal((await session.command("MLST a")).text, "Listing\n /a\nEnd");
  });
});

describe("STAT", () => {
  it("tells the session's state, and the transfer under way", async () => {
    const session = new FakeSession(new AbleStorage({ "/a": "1" }));
    const idle = await session.command("STAT");
    assert.equal(idle.code, 211);
    assert.match(idle.text, /Logged in as u\nWorking directory \/\n[^]*TYPE A, MODE S, STRU F\nNo transfer under way/);
    await session.fetch("RETR a");
    assert.ok(session.plan !== null);
    session.transfer = { plan: session.plan, progress: { signal: session.signal, bytes: 3 }, since: Date.now() };
    assert.match((await session.command("STAT")).text, /\nRETR \/a: 3 bytes in \d+\.\d s\n/);
  });

  it("lists a directory with 212 and a file with 213", async () => {
    const session = new FakeSession(new AbleStorage({ "/d": null, "/d/a": "1" }));
    const directory = await session.command("STAT -l d");
    const file = await session.command("STAT d/a");
    assert.deepEqual([directory.code, file.code, (await session.command("STAT x")).code], [212, 213, 550]);
    assert.match(directory.text, /^Status\n-rw-.* a\nEnd$/);
    assert.equal(directory.text, file.text);
  });

  it("shows so many entries of a large directory and no more", async () => {
    const files = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`/f${i}`, ""]));
    const session = new FakeSession(new AbleStorage(files));
    const { text } = await session.command("STAT .");
    assert.equal(text.split("\n").length, 1002);
    assert.match(text, /there are more/);
    assert.equal(session.storage.open, 0);
  });
});
