import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { z } from "zod";
import type { BelfryConfig, ModuleServiceConfig, ServiceConfig } from "../../../src/config/types/config.js";
import { defineConfig } from "../../../src/config/types/define-config.js";
import type { FTP } from "../../../src/config/schema/ftp-schema.js";
import type { BUILT_IN, HOST } from "../../../src/config/schema/schema.js";
import type { MODULE } from "../../../src/config/schema/service-schemas.js";

/** Compiles when both have the same keys. */
type SameKeys<A, B> = [keyof A, keyof B] extends [keyof B, keyof A]
  ? true
  : { missing: Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A> };

type Kind<K extends keyof typeof BUILT_IN> = Extract<ServiceConfig, { readonly use: K }>;

// The types that users see, and the schema that is checked, know the same keys.
const _sameKeys: readonly true[] = [
  true satisfies SameKeys<BelfryConfig, z.input<typeof HOST>>,
  true satisfies SameKeys<Kind<"clock">, z.input<(typeof BUILT_IN)["clock"]>>,
  true satisfies SameKeys<Kind<"echo">, z.input<(typeof BUILT_IN)["echo"]>>,
  true satisfies SameKeys<Kind<"reverb">, z.input<(typeof BUILT_IN)["reverb"]>>,
  true satisfies SameKeys<Kind<"ftp">, z.input<typeof FTP>>,
  true satisfies SameKeys<NonNullable<Kind<"ftp">["tls"]>, NonNullable<z.input<typeof FTP>["tls"]>>,
  true satisfies SameKeys<NonNullable<Kind<"ftp">["users"]>[number], NonNullable<z.input<typeof FTP>["users"]>[number]>,
  true satisfies SameKeys<NonNullable<Kind<"echo">["tls"]>, NonNullable<z.input<(typeof BUILT_IN)["echo"]>["tls"]>>,
  true satisfies SameKeys<NonNullable<Kind<"echo">["proxy"]>, NonNullable<z.input<(typeof BUILT_IN)["echo"]>["proxy"]>>,
  true satisfies SameKeys<ModuleServiceConfig, z.input<typeof MODULE>>,
];

describe("defineConfig()", () => {
  it("returns what it is given", () => {
    const config: BelfryConfig = { services: { echo: { use: "echo", listen: ":8007" } } };
    assert.equal(defineConfig(config), config);
  });

  it("takes every kind of service, by what it uses", () => {
    defineConfig({
      workers: "auto",
      debug: { listen: "127.0.0.1:6060", token: "t" },
      control: false,
      log: { format: "json", level: "warn" },
      services: {
        clock: { use: "clock", listen: ":8010", timeZone: "Asia/Tokyo" },
        echo: { use: "echo", listen: [":8007", { path: "echo.sock", mode: "0660" }], tls: { cert: "c.pem" } },
        reverb: { use: "reverb", listen: "fd:3", delay: 500, sequential: true, proxy: { trust: ["::1"] } },
        ftp: {
          use: "ftp",
          listen: ":2121",
          tls: { cert: "c.pem", implicit: true },
          users: [{ name: "a", password: "b" }],
        },
        module: { use: "./gateway.ts", listen: "systemd:gate", options: { anything: true } },
        inline: { use: (conn) => conn.write("hi"), listen: ":9000", banner: "220\n" },
      },
    });
  });

  it("refuses wrong keys and values when it is compiled", () => {
    const listen = ":8000";
    // @ts-expect-error a key of another kind of service
    defineConfig({ services: { a: { use: "echo", listen, timeZone: "UTC" } } });
    // @ts-expect-error a key that is none
    defineConfig({ services: { a: { use: "clock", listen, maxCons: 3 } } });
    // @ts-expect-error nothing says where it listens
    defineConfig({ services: { a: { use: "clock" } } });
    // @ts-expect-error neither built in nor a path
    defineConfig({ services: { a: { use: "clok", listen } } });
    // @ts-expect-error a key of ftp's TLS alone
    defineConfig({ services: { a: { use: "echo", listen, tls: { cert: "c", implicit: true } } } });
    // @ts-expect-error options are a module's
    defineConfig({ services: { a: { use: "reverb", listen, options: {} } } });
    // @ts-expect-error no such key of the host
    defineConfig({ worker: 2, services: {} });
    // @ts-expect-error no such level
    defineConfig({ log: { level: "verbose" }, services: {} });
    assert.ok(_sameKeys.every((isSame) => isSame));
  });
});
