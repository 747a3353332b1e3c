/** The languages of `belfry init`. */
export const EXAMPLE_FORMATS = ["ts", "yaml", "toml", "json"] as const;
export type ExampleFormat = (typeof EXAMPLE_FORMATS)[number];

const TS = `// What \`belfry serve\` runs. \`belfry check\` says what it means, docs/config.md has every key.
import { defineConfig } from "belfry";

export default defineConfig({
  // Processes that serve; "auto" for one a core.
  workers: 1,

  // Dashboard, metrics and profiles, for this machine alone. For others it takes a token:
  // debug: { listen: "0.0.0.0:6060", token: "\${BELFRY_DEBUG_TOKEN}" },
  debug: "127.0.0.1:6060",

  services: {
    // A service listens on one address or several. Without a host it is for this machine alone.
    echo: { use: "echo", listen: ":8007", idleTimeout: "5m" },

    tokyo: { use: "clock", timeZone: "Asia/Tokyo", listen: [":8020"] },

    reverb: { use: "reverb", listen: ":8000", delay: "1s", maxConns: 100 },

    // A service of your own: a module that exports one by default, or createService(options, { name }).
    // gateway: { use: "./gateway.ts", listen: "0.0.0.0:9000", options: { greeting: "hello" } },

    // TLS: the files are read again when they change. Behind a load balancer: its PROXY protocol header.
    // secure: {
    //   use: "echo",
    //   listen: "0.0.0.0:8443",
    //   tls: { cert: "cert.pem", key: "key.pem" },
    //   proxy: { trust: ["10.0.0.0/8"] },
    // },

    // Files by FTP. Passwords come from the environment.
    // ftp: {
    //   use: "ftp",
    //   listen: "0.0.0.0:2121",
    //   root: "files",
    //   users: [{ name: "ann", password: "\${ANN_PASSWORD}" }],
    //   passivePorts: "50000-50100",
    // },
  },
});
`;

const YAML = `# What \`belfry serve\` runs. \`belfry check\` says what it means, docs/config.md has every key.
# yaml-language-server: $schema=node_modules/belfry/schema/belfry.config.schema.json

# Processes that serve; auto for one a core.
workers: 1

# Dashboard, metrics and profiles, for this machine alone. For others it takes a token:
# debug: { listen: "0.0.0.0:6060", token: "\${BELFRY_DEBUG_TOKEN}" }
debug: 127.0.0.1:6060

services:
  # A service listens on one address or several. Without a host it is for this machine alone.
  echo:
    use: echo
    listen: :8007
    idleTimeout: 5m

  tokyo:
    use: clock
    timeZone: Asia/Tokyo
    listen: [":8020"]

  reverb:
    use: reverb
    listen: :8000
    delay: 1s
    maxConns: 100

  # A service of your own: a module that exports one by default, or createService(options, { name }).
  # gateway:
  #   use: ./gateway.ts
  #   listen: 0.0.0.0:9000
  #   options: { greeting: hello }

  # TLS: the files are read again when they change. Behind a load balancer: its PROXY protocol header.
  # secure:
  #   use: echo
  #   listen: 0.0.0.0:8443
  #   tls: { cert: cert.pem, key: key.pem }
  #   proxy: { trust: [10.0.0.0/8] }

  # Files by FTP. Passwords come from the environment.
  # ftp:
  #   use: ftp
  #   listen: 0.0.0.0:2121
  #   root: files
  #   users:
  #     - { name: ann, password: "\${ANN_PASSWORD}" }
  #   passivePorts: 50000-50100
`;

const TOML = `#:schema node_modules/belfry/schema/belfry.config.schema.json
# What \`belfry serve\` runs. \`belfry check\` says what it means, docs/config.md has every key.

# Processes that serve; "auto" for one a core.
workers = 1

# Dashboard, metrics and profiles, for this machine alone. For others it takes a token:
# debug = { listen = "0.0.0.0:6060", token = "\${BELFRY_DEBUG_TOKEN}" }
debug = "127.0.0.1:6060"

# A service listens on one address or several. Without a host it is for this machine alone.
[services.echo]
use = "echo"
listen = ":8007"
idleTimeout = "5m"

[services.tokyo]
use = "clock"
timeZone = "Asia/Tokyo"
listen = [":8020"]

[services.reverb]
use = "reverb"
listen = ":8000"
delay = "1s"
maxConns = 100

# A service of your own: a module that exports one by default, or createService(options, { name }).
# [services.gateway]
# use = "./gateway.ts"
# listen = "0.0.0.0:9000"
# options = { greeting = "hello" }

# TLS: the files are read again when they change. Behind a load balancer: its PROXY protocol header.
# [services.secure]
# use = "echo"
# listen = "0.0.0.0:8443"
# tls = { cert = "cert.pem", key = "key.pem" }
# proxy = { trust = ["10.0.0.0/8"] }

# Files by FTP. Passwords come from the environment.
# [services.ftp]
# use = "ftp"
# listen = "0.0.0.0:2121"
# root = "files"
# users = [{ name = "ann", password = "\${ANN_PASSWORD}" }]
# passivePorts = "50000-50100"
`;

const JSON_TEXT = `{
  // What \`belfry serve\` runs. \`belfry check\` says what it means, docs/config.md has every key. Comments are allowed.
  "$schema": "./node_modules/belfry/schema/belfry.config.schema.json",

  // Processes that serve; "auto" for one a core.
  "workers": 1,

  // Dashboard, metrics and profiles, for this machine alone. For others it takes a token:
  // "debug": { "listen": "0.0.0.0:6060", "token": "\${BELFRY_DEBUG_TOKEN}" },
  "debug": "127.0.0.1:6060",

  "services": {
    // A service listens on one address or several. Without a host it is for this machine alone.
    "echo": { "use": "echo", "listen": ":8007", "idleTimeout": "5m" },

    "tokyo": { "use": "clock", "timeZone": "Asia/Tokyo", "listen": [":8020"] },

    "reverb": { "use": "reverb", "listen": ":8000", "delay": "1s", "maxConns": 100 },

    // A service of your own: a module that exports one by default, or createService(options, { name }).
    // "gateway": { "use": "./gateway.ts", "listen": "0.0.0.0:9000", "options": { "greeting": "hello" } },

    // TLS: the files are read again when they change. Behind a load balancer: its PROXY protocol header.
    // "secure": {
    //   "use": "echo",
    //   "listen": "0.0.0.0:8443",
    //   "tls": { "cert": "cert.pem", "key": "key.pem" },
    //   "proxy": { "trust": ["10.0.0.0/8"] },
    // },

    // Files by FTP. Passwords come from the environment.
    // "ftp": {
    //   "use": "ftp",
    //   "listen": "0.0.0.0:2121",
    //   "root": "files",
    //   "users": [{ "name": "ann", "password": "\${ANN_PASSWORD}" }],
    //   "passivePorts": "50000-50100",
    // },
  },
}
`;

/** What `belfry init` writes: it passes `belfry check` as it stands. */
export const EXAMPLES: Readonly<Record<ExampleFormat, string>> = { ts: TS, yaml: YAML, toml: TOML, json: JSON_TEXT };
