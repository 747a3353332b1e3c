import fc from "fast-check";
import { Addr } from "../../src/addr.js";
import type { ProxyHeaderOptions } from "../../src/proxy/format-proxy-header.js";

const port = fc.nat(65_535);
const v4 = fc.tuple(fc.ipV4(), port).map(([host, number]) => new Addr("tcp", host, number));
const v6 = fc
  .tuple(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), port)
  .map(([groups, number]) => new Addr("tcp", groups.map((group) => group.toString(16)).join(":"), number));
const path = fc
  .string({ maxLength: 27, unit: "grapheme" })
  .filter((text) => !text.includes("\0") && Buffer.byteLength(text) <= 108)
  .map((text) => new Addr("unix", "", 0, text));
const text = fc.string({ maxLength: 60, unit: "grapheme" });

/** Two ends of one family. */
const ips = fc.oneof(fc.tuple(v4, v4), fc.tuple(v6, v6));
const paths = fc.tuple(path, path);

/** All that version 2 can tell. */
const details = fc.record(
  {
    authority: text,
    alpn: text,
    uniqueId: fc.uint8Array({ maxLength: 128 }),
    namespace: text,
    tls: fc.record(
      { isTls: fc.boolean(), hasCertificate: fc.boolean(), version: text, commonName: text, cipher: text },
      { requiredKeys: ["isTls", "hasCertificate"] },
    ),
  },
  { requiredKeys: [] },
);

/** Anything that can be formatted. */
export const headers = fc
  .tuple(fc.oneof(ips, paths), details, fc.constantFrom(1 as const, 2 as const))
  .map(([[remoteAddr, localAddr], { tls, ...rest }, version]): ProxyHeaderOptions => ({
    version,
    remoteAddr,
    localAddr,
    ...rest,
    ...(tls !== undefined && { tls: { ...tls, isVerified: tls.hasCertificate } }),
  }));
