import { z } from "zod";
import type { ModuleServiceConfig } from "../types/config.js";
import { LISTEN } from "./listen-schema.js";
import { duration, flag, literal, network, oneOf, text, wholeNumber, anyText, leaf } from "./leaf.js";
import { listOf, optional, required, section } from "./section.js";

const TLS_KEYS = {
  cert: required(text("the path of a file"), {
    description: "The certificate in PEM, and those between it and the root behind it. Read anew when it changes.",
  }),
  key: optional(text("the path of a file"), { description: "Its key in PEM.", absent: "in the certificate's file" }),
  clientCa: optional(text("the path of a file"), {
    description: "Clients must show a certificate signed by one of these.",
    absent: "clients show none",
  }),
  minVersion: optional(oneOf(["TLSv1.2", "TLSv1.3"]), { description: "The least version of TLS.", default: "TLSv1.2" }),
  alpnProtocols: optional(listOf(text(), "a list of protocol names"), {
    description: "Protocols offered by ALPN, most wanted first.",
    absent: "none",
  }),
};

const TLS = section(TLS_KEYS, "an object with cert and key");

/** The same with what FTP has besides. */
export const FTP_TLS = section(
  {
    ...TLS_KEYS,
    require: optional(oneOf(["none", "login", "data"]), {
      description: "What must be under TLS: nothing, the login, or data connections too.",
      default: "none",
    }),
    implicit: optional(flag(), {
      description: "TLS from the first byte, without AUTH, as on port 990.",
      default: false,
    }),
    requireSessionReuse: optional(flag(), {
      description: "Data connections must resume the TLS session of their control connection.",
      default: false,
    }),
  },
  "an object with cert and key",
);

const TRUSTED = "a list of addresses and networks, at least one";

const PROXY = section(
  {
    // With none each connection would be reset.
    trust: required(listOf(network(), TRUSTED).min(1, { error: `expected ${TRUSTED}` }), {
      description: "Addresses and networks whose connections bring a PROXY protocol header, version 1 or 2.",
    }),
    timeout: optional(duration(), { description: "How long the header may take.", default: "5s" }),
    untrusted: optional(oneOf(["refuse", "serve"]), {
      description: "What becomes of connections from elsewhere: reset, or served without a header.",
      default: "refuse",
    }),
  },
  "an object with trust",
);

/** The keys all services have. */
export const COMMON_KEYS = {
  listen: required(LISTEN, {
    description:
      "Where it listens, one or several: HOST:PORT, :PORT for this machine alone, unix:PATH, { path, mode }, fd:NUMBER for an inherited descriptor, systemd:NAME for those of a systemd socket unit.",
  }),
  proxy: optional(PROXY, {
    description: "The PROXY protocol, which load balancers tell a client's address by.",
    absent: "no header is looked for",
  }),
  maxConns: optional(wholeNumber(1), {
    description: "Connections served at a time, over all workers; further ones wait; of ftp they are told 421.",
    default: 10_000,
  }),
  maxWaiting: optional(wholeNumber(0), {
    description: "Connections of a worker that wait for their turn; further ones are reset.",
    default: 1024,
  }),
  maxConnsPerAddress: optional(wholeNumber(1), {
    description: "Connections of one remote address, over all workers.",
    absent: "no limit",
  }),
  handshakeTimeout: optional(duration(), { description: "How long a TLS handshake may take.", default: "5s" }),
  closeTimeout: optional(duration(), {
    description: "How long closing a connection may take to flush what was written.",
    default: "30s",
  }),
  backlog: optional(wholeNumber(1, 2 ** 31 - 1), {
    description: "Connections the kernel holds before they are accepted.",
    default: 4096,
  }),
  allow: optional(listOf(network(), "a list of addresses and networks"), {
    description: "Only clients of these addresses and networks are served.",
    absent: "all",
  }),
  refuse: optional(listOf(network(), "a list of addresses and networks"), {
    description: "Clients of these addresses and networks are reset, though `allow` names them.",
    absent: "none",
  }),
};

const TLS_KEY = {
  tls: optional(TLS, { description: "TLS from the first byte.", absent: "in the clear" }),
};

const BANNER_KEY = {
  banner: optional(anyText(), { description: "Text that is sent first, as it stands.", absent: "none" }),
};

const IDLE_TIMEOUT = "How long a client may send nothing; 0 for ever.";
const IDLE_KEY = { idleTimeout: optional(duration(), { description: IDLE_TIMEOUT, default: "0" }) };

const kind = <const T extends string>(name: T, description: string) => required(literal(name), { description });

export const CLOCK = section(
  {
    use: kind("clock", "The time of day, a line a second."),
    ...COMMON_KEYS,
    ...TLS_KEY,
    ...IDLE_KEY,
    ...BANNER_KEY,
    timeZone: optional(text("an IANA time zone such as Asia/Tokyo"), {
      description: "An IANA time zone such as Asia/Tokyo.",
      absent: "TZ, else the system's",
    }),
  },
  "an object with use and listen",
);

export const ECHO = section(
  { use: kind("echo", "Bytes back as they came."), ...COMMON_KEYS, ...TLS_KEY, ...IDLE_KEY, ...BANNER_KEY },
  "an object with use and listen",
);

export const REVERB = section(
  {
    use: kind("reverb", "Each line three times, ever more quietly."),
    ...COMMON_KEYS,
    ...TLS_KEY,
    idleTimeout: optional(duration(), {
      description: "How long a client may send no line; 0 for ever.",
      default: "5m",
    }),
    ...BANNER_KEY,
    delay: optional(duration(), { description: "Between the three sounds of an echo.", default: "1s" }),
    sequential: optional(flag(), { description: "One echo after the other, not beside each other.", default: false }),
    maxPending: optional(wholeNumber(1), {
      description: "Echoes under way on a connection; the next line waits.",
      default: 1000,
    }),
    maxLength: optional(wholeNumber(1, 2 ** 30), { description: "The longest line in bytes.", default: 65_536 }),
  },
  "an object with use and listen",
);

/** A module by its path, or the service itself. */
type ModuleUse = ModuleServiceConfig["use"];

const USE_MODULE = leaf<ModuleUse>({
  expected: "a path that begins with ./, ../ or /",
  json: { type: "string", pattern: "^(\\.{1,2}/|/|[A-Za-z]:[\\\\/])" },
  parse(value) {
    if (typeof value === "function" || (typeof value === "string" && isModulePath(value))) return value as ModuleUse;
    throw new Error("no module");
  },
});

/** Whether `use` names a module rather than what is built in. */
export function isModulePath(use: string): boolean {
  return /^(?:\.{1,2}\/|\/|[A-Za-z]:[\\/])/.test(use);
}

export const MODULE = section(
  {
    use: required(USE_MODULE, {
      description: "The path of a module that exports a service by default, or createService(options, { name }).",
    }),
    ...COMMON_KEYS,
    ...TLS_KEY,
    ...IDLE_KEY,
    ...BANNER_KEY,
    options: optional(z.unknown(), {
      description: "Given to the module's createService, as it stands.",
      absent: "nothing",
    }),
  },
  "an object with use and listen",
);
