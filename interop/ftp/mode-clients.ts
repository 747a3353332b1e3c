import { BELFRY, missing } from "../tools.js";
import { PASSWORD, type Site, USER } from "./site.js";

/** Who dials data connections, over which IP. */
export type Mode = "active over IPv4" | "passive over IPv6" | "active over IPv6";

/** A client as a test of data connections sees it. */
export interface ModeClient {
  readonly name: string;
  readonly skip: string | false;
  readonly modes: readonly Mode[];
  /** What makes it put `up.bin`, where it can, list the directory, and get `down.bin`. */
  readonly commands: (site: Site, isActive: boolean) => readonly (readonly string[])[];
  /** What it reads from standard input. */
  readonly input?: (site: Site) => string;
  /** It only downloads. */
  readonly isReader?: true;
}

const PYTHON = `
import ftplib, sys
ftp = ftplib.FTP(timeout=10)
ftp.connect(sys.argv[1], int(sys.argv[2]))
ftp.login(sys.argv[3], sys.argv[4])
ftp.set_pasv(sys.argv[5] == "passive")
ftp.storbinary("STOR up.bin", open("up.bin", "rb"))
ftp.dir()
ftp.retrbinary("RETR down.bin", open("down.bin", "wb").write)
ftp.quit()
`;

const ALL = ["active over IPv4", "passive over IPv6", "active over IPv6"] as const;

function script({ host, port }: Site): string {
  const lines = [`open ${host} ${port}`, `user ${USER} ${PASSWORD}`, "binary", "put up.bin", "dir", "get down.bin"];
  return `${lines.join("\n")}\nquit\n`;
}

/** The clients of which each mode is asked that they have. */
export const MODE_CLIENTS: readonly ModeClient[] = [
  {
    name: "curl",
    skip: missing("curl"),
    modes: ALL,
    commands: (site, isActive) => {
      const curl = ["curl", "-sS", "-g", ...(isActive ? ["-P", "-"] : [])];
      return [
        [...curl, "-T", "up.bin", site.url("")],
        [...curl, site.url("")],
        [...curl, "-O", site.url("down.bin")],
      ];
    },
  },
  {
    name: "wget",
    skip: missing("wget"),
    modes: ALL,
    commands: (site, isActive) => {
      const wget = ["wget", "-q", "-t", "1", "-T", "10", ...(isActive ? ["--no-passive-ftp"] : [])];
      return [
        [...wget, "-O", "-", site.url("")],
        [...wget, site.url("down.bin")],
      ];
    },
    isReader: true,
  },
  {
    name: "lftp",
    skip: missing("lftp"),
    // Its EPRT names the address ::, which is not its own; it goes over to passive mode then.
    modes: ["active over IPv4", "passive over IPv6"],
    commands: (site, isActive) => {
      const settings = `set cmd:fail-exit yes; set net:max-retries 1; set ftp:passive-mode ${isActive ? "no" : "yes"}`;
      return [["lftp", "--norc", "-c", `${settings}; open ${site.url("")}; put up.bin; ls; get down.bin`]];
    },
  },
  {
    name: "ncftp",
    skip: missing("ncftpput"),
    modes: ["active over IPv4"],
    commands: ({ host, port }) => {
      const at = ["-E", "-u", USER, "-p", PASSWORD, "-P", `${port}`];
      return [
        ["ncftpput", "-V", ...at, host, "/", "up.bin"],
        ["ncftpls", "-l", ...at, `ftp://${host}/`],
        ["ncftpget", "-V", ...at, host, ".", "/down.bin"],
      ];
    },
  },
  {
    name: "tnftp",
    skip: missing("tnftp"),
    modes: ALL,
    commands: (_, isActive) => [["tnftp", "-n", "-v", ...(isActive ? ["-A"] : ["-p"])]],
    input: script,
  },
  {
    name: "inetutils-ftp",
    skip: missing("inetutils-ftp"),
    modes: ALL,
    commands: (_, isActive) => [["inetutils-ftp", "-n", "-v", ...(isActive ? ["-A"] : ["-p"])]],
    input: script,
  },
  {
    name: "Python's ftplib",
    skip: missing("python3"),
    modes: ALL,
    commands: ({ host, port }, isActive) => [
      ["python3", "-c", PYTHON, host, `${port}`, USER, PASSWORD, isActive ? "active" : "passive"],
    ],
  },
  {
    name: "belfry ftp",
    skip: false,
    modes: ["passive over IPv6"],
    commands: (site) => [[...BELFRY, "ftp", "-n", site.url(""), "-c", "put up.bin; dir; get down.bin"]],
  },
];
