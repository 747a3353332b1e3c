import type { BelfryConfig } from "../types/config.js";

/**
 * What runs where there is no config file, on this machine alone: the clocks of three cities, echo, reverb, the working directory by FTP, to be
 * read, and the debug server.
 */
export const DEFAULT_CONFIG: BelfryConfig = {
  debug: "127.0.0.1:6060",
  services: {
    "New York": { use: "clock", listen: "127.0.0.1:8010", timeZone: "America/New_York" },
    Tokyo: { use: "clock", listen: "127.0.0.1:8020", timeZone: "Asia/Tokyo" },
    London: { use: "clock", listen: "127.0.0.1:8030", timeZone: "Europe/London" },
    echo: { use: "echo", listen: "127.0.0.1:8007" },
    reverb: { use: "reverb", listen: "127.0.0.1:8000" },
    ftp: { use: "ftp", listen: "127.0.0.1:2121" },
  },
};
