import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { accepts } from "../../src/debug/metrics/accepts.js";
import { Exposition, METRICS } from "../../src/debug/metrics/exposition.js";
import { withSupervisor } from "../../src/debug/processes.js";
import { withSite } from "./debug-site.js";
import { hostStatus, serviceStatus } from "./host-status.js";

function write(status = hostStatus(), exposition = new Exposition()): Promise<string> {
  return exposition.write(status, "text");
}

function readPage(): string {
  return readFileSync(new URL("../../../../docs/metrics.md", import.meta.url), "utf8");
}

function byName(one: string, other: string): number {
  return one.localeCompare(other);
}

describe("Exposition", () => {
  it("writes what a status says, with labels", async () => {
    const text = await write();
    for (const line of [
      'belfry_build_info{version="1.2.3",node="v20.20.0"} 1',
      "belfry_ready 1",
      "belfry_config_generation 2",
      'belfry_reloads_total{result="failed"} 2',
      "belfry_last_reload_successful 0",
      "belfry_last_reload_timestamp_seconds 1700000060",
      "belfry_worker_crashes_total 3",
      "belfry_worker_start_failures_total 2",
      'belfry_workers{state="serving"} 2',
      'belfry_workers{state="draining"} 0',
      'belfry_service_info{service="echo",kind="echo",tls="false",proxy="true"} 1',
      'belfry_service_serving{service="echo"} 1',
      'belfry_connections_limit{service="echo"} 500',
      'belfry_connections_accepted_total{service="echo"} 100',
      'belfry_connections_refused_total{service="echo",reason="full"} 4',
      'belfry_connections_closed_total{service="echo",reason="broken"} 6',
      'belfry_read_bytes_total{service="echo"} 1000',
      'process_cpu_time_seconds_total{worker="2",cpu_mode="system"} 0.5',
      'process_memory_usage_bytes{worker="1"} 100',
      'nodejs_eventloop_delay_p99_seconds{worker="2"} 0.008',
      'nodejs_eventloop_utilization_ratio{worker="1"} 0.25',
      'v8js_memory_heap_used_bytes{worker="1"} 40',
    ]) {
      assert.ok(text.split("\n").includes(line), line);
    }
  });

  it("leaves out what there is none of: a limit, a reload", async () => {
    const text = await write(
      hostStatus({
        services: [serviceStatus({ maxConns: null })],
        reloads: { succeeded: 0, failed: 0, lastAt: null, lastError: null },
      }),
    );
    assert.doesNotMatch(text, /connections_limit|last_reload/);
  });

  it("has the supervisor beside its workers, where this process is it", async () => {
    const text = await write(withSupervisor(hostStatus({ pid: process.pid })));
    assert.match(text, /process_memory_usage_bytes\{worker="supervisor"\} \d+/);
    const single = { ...hostStatus().workers[0], number: 0, pid: process.pid } as never;
    const alone = await write(withSupervisor(hostStatus({ pid: process.pid, workers: [single] })));
    assert.doesNotMatch(alone, /supervisor/);
  });

  it("lets no counter fall, and forgets a service that has gone", async () => {
    const exposition = new Exposition();
    const counters = { ...serviceStatus().counters, read_bytes_total: 400 };
    const less = hostStatus({ services: [serviceStatus({ counters })] });
    await write(hostStatus(), exposition);
    assert.match(await write(less, exposition), /belfry_read_bytes_total\{service="echo"\} 1000\n/);
    assert.doesNotMatch(await write(hostStatus({ services: [] }), exposition), /echo/);
    assert.match(await write(less, exposition), /belfry_read_bytes_total\{service="echo"\} 400\n/);
  });

  it("writes names that a label cannot hold as they are", async () => {
    const text = await write(hostStatus({ services: [serviceStatus({ name: 'a"b\\c\nd' })] }));
    assert.ok(text.includes('belfry_connections_open{service="a\\"b\\\\c\\nd"} 7'));
  });

  it("writes OpenMetrics, again and again, and the text format after it", async () => {
    const exposition = new Exposition();
    for (let round = 0; round < 2; round += 1) {
      const text = await exposition.write(hostStatus(), "openMetrics");
      assert.match(text, /^# TYPE belfry_read_bytes counter$/m);
      assert.match(text, /^belfry_read_bytes_total\{service="echo"\} 1000$/m);
      assert.ok(text.endsWith("# EOF\n"));
    }
    assert.match(await write(hostStatus(), exposition), /^# TYPE belfry_read_bytes_total counter$/m);
  });

  it("has names that differ, and that say what they are", () => {
    assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
    for (const { name, type } of METRICS) {
      assert.match(name, /^(belfry|process|nodejs|v8js)_[a-z0-9_]+$/);
      assert.equal(name.endsWith("_total"), type === "counter", name);
    }
  });

  it("is what docs/metrics.md says", () => {
    const rows = [...readPage().matchAll(/^\| `([a-z0-9_]+)` *\| (counter|gauge) *\| (.*?) *\|/gm)].map(
      ([, name = "", type = "", labels = ""]) => ({ name, type, labels: labels.match(/\w+/g) ?? [] }),
    );
    assert.deepEqual(
      rows,
      METRICS.map(({ name, type, labels }) => ({ name, type, labels: [...labels] })),
    );
  });
});

describe("/metrics", () => {
  it("has every reason that docs/metrics.md explains, and no other", () =>
    withSite(async ({ view }) => {
      const [refusals = "", ends = ""] = readPage().split("### ").slice(1);
      const explained = (section: string): string[] => {
        return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, reason = ""]) => reason).sort(byName);
      };
      const [service] = (await view.status()).services;
      const { connections_refused_total, connections_closed_total } = service?.counters ?? serviceStatus().counters;
      assert.deepEqual(explained(refusals), Object.keys(connections_refused_total).sort(byName));
      const [reasons = ""] = ends.split("## ");
      assert.deepEqual(explained(reasons), Object.keys(connections_closed_total).sort(byName));
    }));

  it("is text for a browser, and OpenMetrics for who asks for it", () =>
    withSite(async ({ ask }) => {
      const type = async (accept?: string): Promise<unknown> => {
        const { headers } = await ask("/metrics", accept === undefined ? {} : { headers: { accept } });
        return headers["content-type"];
      };
      const text = "text/plain; version=0.0.4; charset=utf-8";
      const openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
      assert.equal(await type(), text);
      assert.equal(await type("text/html,*/*;q=0.8"), text);
      assert.equal(
        await type("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
        openMetrics,
      );
      assert.equal(await type("text/plain, application/openmetrics-text;q=0.5"), text);
    }));
});

describe("accepts()", () => {
  it("reads qualities", () => {
    assert.equal(accepts("text/plain;q=0.5, */*;q=0.1", "text/plain", true), 0.5);
    assert.equal(accepts("*/*;q=0.1", "text/plain", true), 0.1);
    assert.equal(accepts("*/*;q=0.1", "text/plain", false), 0);
    assert.equal(accepts("TEXT/PLAIN ; Q=0.7", "text/plain", false), 0.7);
    assert.equal(accepts("text/plain;q=x", "text/plain", false), 0);
    assert.equal(accepts(undefined, "text/plain", true), 1);
  });
});
