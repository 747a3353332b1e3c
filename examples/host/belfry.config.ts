// The four services Belfry brings, and one of our own, on two processes:
//
//   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN=localhost
//   mkdir files
//   npx belfry check
//   npx belfry serve
//
// With it running, edit gateway.ts and run `npx belfry reload`: devices that call from then on get the new code.

import { defineConfig } from "belfry";
import type { GatewayOptions } from "./gateway.ts";

const options: GatewayOptions = { journal: process.env["JOURNAL"] ?? "readings.log" };

export default defineConfig({
  workers: 2,
  debug: "${DEBUG:-127.0.0.1:6060}",
  shutdownTimeout: "20s",
  services: {
    clock: { use: "clock", timeZone: "Europe/Vienna", listen: "${HOST:-127.0.0.1}:${CLOCK_PORT:-8000}" },
    reverb: { use: "reverb", listen: "${HOST:-127.0.0.1}:${REVERB_PORT:-8001}", maxConnsPerAddress: 1000 },
    // Only with TLS. A renewed certificate is served without a reload.
    echo: {
      use: "echo",
      listen: "${HOST:-127.0.0.1}:${ECHO_PORT:-8443}",
      tls: { cert: "${CERT:-cert.pem}", key: "${KEY:-key.pem}" },
      idleTimeout: "5m",
    },
    files: {
      use: "ftp",
      listen: "${HOST:-127.0.0.1}:${FTP_PORT:-2121}",
      root: "${FTP_ROOT:-files}",
      users: [{ name: "ann", password: "${ANN_PASSWORD:-secret}" }],
      readOnly: true,
    },
    // Devices call a load balancer, which says in a PROXY protocol header who called it.
    gateway: {
      use: "./gateway.ts",
      options,
      listen: "${HOST:-127.0.0.1}:${GATEWAY_PORT:-9000}",
      proxy: { trust: ["127.0.0.1"] },
      maxConns: 5000,
      idleTimeout: "2m",
    },
  },
});
