import { z } from "zod";
import { LOG_FORMATS, LOG_LEVELS } from "../../log/log.js";
import { parseToken, TOKEN_FORM } from "../../options/debug-target.js";
import { FTP } from "./ftp-schema.js";
import { anyText, duration, literal, oneOf, readBy, text, wholeNumber } from "./leaf.js";
import { parseTarget } from "./listen-target.js";
import { TCP_PATTERN, TOKEN_PATTERN } from "./patterns.js";
import { either, optional, required, section } from "./section.js";
import { CLOCK, ECHO, MODULE, REVERB } from "./service-schemas.js";

/** What `use` may name, and what a service of that kind may say. */
export const BUILT_IN = { clock: CLOCK, echo: ECHO, reverb: REVERB, ftp: FTP } as const;
export type BuiltIn = keyof typeof BUILT_IN;

/** The processes a machine may be asked for. */
const MAX_WORKERS = 1024;

const DEBUG_ADDRESS = readBy({
  expected: "HOST:PORT, such as 127.0.0.1:6060",
  read(given) {
    const target = parseTarget(given);
    if (target.kind !== "tcp") throw new RangeError("expected HOST:PORT, such as 127.0.0.1:6060");
    return { host: target.host, port: target.port };
  },
  pattern: TCP_PATTERN,
});

const DEBUG = either(
  [
    DEBUG_ADDRESS,
    section(
      {
        listen: required(DEBUG_ADDRESS, { description: "HOST:PORT." }),
        token: optional(readBy({ expected: TOKEN_FORM, read: parseToken, pattern: TOKEN_PATTERN }), {
          description:
            "What requests have to bring, as a bearer token or as a password. Needed unless it is on loopback.",
          absent: "none",
        }),
      },
      "an object with listen and token",
    ),
  ],
  '"HOST:PORT" or an object with listen and token',
);

const LOG = section(
  {
    format: optional(oneOf(LOG_FORMATS), { description: "text for people, json for machines.", default: "text" }),
    level: optional(oneOf(LOG_LEVELS), { description: "How much to log.", default: "info" }),
  },
  "an object with format and level",
);

const HOST_KEYS = {
  $schema: optional(anyText(), {
    description: "Where editors find this schema; Belfry does not read it.",
  }),
  workers: optional(
    either([wholeNumber(1, MAX_WORKERS), literal("auto")], `a whole number from 1 to ${MAX_WORKERS}, or "auto"`),
    {
      description: "Processes that serve; auto for one a core.",
      default: 1,
    },
  ),
  debug: optional(DEBUG, {
    description: "The debug server with dashboard and metrics: HOST:PORT, or an object.",
    absent: "none",
  }),
  control: optional(either([literal(false), text("the path of a socket")], "the path of a socket, or false"), {
    description: "The path of the control socket; false for none.",
    absent: "one in the user's runtime directory",
  }),
  log: optional(LOG, { description: "What is logged, and how.", absent: "as below" }),
  shutdownTimeout: optional(duration(), {
    description: "How long a drain may take; 0 for as long as it takes.",
    default: "10s",
  }),
  drainDelay: optional(duration(), {
    description: "How long readiness is false before accepting stops, so that load balancers look away.",
    default: "0",
  }),
  reloadGrace: optional(duration(), {
    description: "How long connections of the old configuration go on after a reload before they are drained.",
    default: "1m",
  }),
};

/** A name of a service: no control characters, and no `#`, which parts it from a connection's number. */
const SERVICE_NAME = /^[^#\p{Cc}\p{Zl}\p{Zp}]{1,64}$/u;

const NAME = z
  .string()
  .regex(SERVICE_NAME, { error: "expected a name of 1 to 64 characters without # and control characters" });

const SERVICES = {
  description: "The services, by the names that logs, listings and commands call them.",
};

/** The configuration, with its services left to be looked at one by one. */
export const HOST = section(
  { ...HOST_KEYS, services: required(services(z.unknown()), SERVICES) },
  "an object with services",
);

/** All of it, as editors are told. */
export const WHOLE = section(
  { ...HOST_KEYS, services: required(services(z.union([CLOCK, ECHO, REVERB, FTP, MODULE])), SERVICES) },
  "an object with services",
);

export type HostSettings = z.output<typeof HOST>;
export type ServiceSettings = z.output<typeof CLOCK | typeof ECHO | typeof REVERB | typeof FTP | typeof MODULE>;

function services<T extends z.ZodType>(each: T) {
  return z.record(NAME, each, { error: "expected an object with services by their names" });
}
